import type { SnapshotHead } from './coverage.ts';
import { DEPARTURES_MAX } from '../contract/allocation.ts';

// Expected movements (rule FD8): what we cause takes effect once, whether we say it first or the node's own system does.
// One row per position, direction and reference; the order in which its parts come does not matter:
//
//   allocated A   units an order has here        away S   units we said have left        booked B   units the owner booked
//   covered C     of S, what the newest snapshot covers
//   in transit to a position = sent there − lost − max(come by our word, booked)
//   departed  = max(0, S − max(B, C))            still allocated = max(0, A − max(0, B − S))

/** Settled rows are remembered this long, in ms: an owner that books a week late is still understood. */
const KEPT_MS = 7 * 86_400_000;
/** Rows of a shard; beyond it settled ones are forgotten before their time, the longest untouched first. */
const ROWS_MAX = 200_000;
/** Rows looked at per fact when some are to be forgotten, so that no fact takes long. */
const FORGET_LOOKS = 16;

export type Direction = 'out' | 'in';

/** A movement of the node's own system that names one of ours. */
export interface Booking {
  readonly direction: Direction;
  readonly ref: string;
  readonly units: number;
}

/** Units that left (or came) by our word. */
export interface Departed {
  readonly units: number;
  readonly at: number;
  /** A book snapshot of this time or later has it. */
  readonly postedBy: number;
}

export interface ExpectedRow {
  readonly position: number;
  readonly direction: Direction;
  readonly ref: string;
  readonly allocated: number;
  readonly away: readonly Departed[];
  readonly booked: number;
  /** Sent here from another node, the earliest due first, and what of it was lost; absent: nothing. */
  readonly sent?: readonly Sent[];
  readonly lost?: number;
  /** Of what was sent here so much is allocated here: it comes before the rest. Absent: nothing. */
  readonly kept?: number;
}

/** Units on their way from another node. */
export interface Sent {
  readonly units: number;
  readonly dueAt: number;
}

export interface ExpectedTerms {
  readonly allocated: number;
  /** What left by our word and the owner has not booked, less what came so: negative after a return. */
  readonly departed: number;
}

type Base = Pick<SnapshotHead, 'at' | 'covers'>;

export interface ExpectedSaved {
  readonly rows: readonly ExpectedRow[];
  readonly terms: readonly (readonly [number, ExpectedTerms])[];
  readonly touched: readonly (readonly [string, number])[];
}

const NOTHING: ExpectedTerms = { allocated: 0, departed: 0 };

export class ExpectedTable {
  private readonly byPosition = new Map<number, Map<string, ExpectedRow>>();
  private readonly terms = new Map<number, ExpectedTerms>();
  /** When a fact last touched each row, longest ago first. */
  private readonly touched = new Map<string, { readonly position: number; readonly key: string; atMs: number }>();

  termsAt(position: number): ExpectedTerms {
    return this.terms.get(position) ?? NOTHING;
  }

  rowsAt(position: number): Iterable<ExpectedRow> {
    return this.byPosition.get(position)?.values() ?? [];
  }

  has(position: number): boolean {
    return this.byPosition.has(position);
  }

  allocate(position: number, ref: string, units: number, atMs: number): void {
    const row = this.row(position, 'out', ref);
    this.put({ ...row, allocated: row.allocated + units }, atMs);
  }

  setAllocated(position: number, ref: string, units: number, atMs: number): void {
    this.put({ ...this.row(position, 'out', ref), allocated: units }, atMs);
  }

  /** Of so many allocated units those that come free when they are given back: what the owner has booked is gone already. */
  freedBy(position: number, ref: string, units: number): number {
    const row = this.row(position, 'out', ref);
    const rest = { ...row, allocated: row.allocated - units };
    return termsOfRow(row, undefined).allocated - termsOfRow(rest, undefined).allocated;
  }

  /** `direction`: they left the position, or came to it. */
  depart(position: number, direction: Direction, ref: string, departed: Departed, atMs: number): void {
    const row = this.row(position, direction, ref);
    this.put({ ...row, away: joinOldest([...row.away, departed]) }, atMs);
  }

  /** To the position, from another node. `keep`: for who has them allocated here. */
  send(position: number, ref: string, { keep, ...sent }: Sent & { readonly keep: boolean }, atMs: number): void {
    const row = this.row(position, 'in', ref);
    const kept = keep ? { kept: (row.kept ?? 0) + sent.units } : {};
    this.put({ ...row, ...kept, sent: joinEarliest([...(row.sent ?? []), sent]) }, atMs);
  }

  /** Allocated here and still on the way: promised, and in nobody's way until it is there. */
  onTheWay(position: number, ref: string): number {
    const coming = this.find(position, 'in', ref);
    if (coming?.kept === undefined) return 0;
    const { allocated } = termsOfRow(this.row(position, 'out', ref), undefined);
    return Math.min(allocated, Math.max(0, coming.kept - goneOf(coming)));
  }

  /** They will never come. */
  lose(position: number, ref: string, units: number, atMs: number): void {
    const row = this.row(position, 'in', ref);
    this.put({ ...row, lost: (row.lost ?? 0) + units }, atMs);
  }

  find(position: number, direction: Direction, ref: string): ExpectedRow | undefined {
    return this.byPosition.get(position)?.get(keyOf(direction, ref));
  }

  /** The owner's movement, signed as it changes on-hand; the opposite units take it back. */
  book(position: number, { direction, ref, units }: Booking, atMs: number): void {
    const row = this.row(position, direction, ref);
    this.put({ ...row, booked: row.booked + (direction === 'out' ? -units : units) }, atMs);
  }

  /** To be called after a row or the newest snapshot of the position changed. */
  refresh(position: number, base: Base | undefined): void {
    let allocated = 0;
    let departed = 0;
    for (const row of this.rowsAt(position)) {
      const terms = termsOfRow(row, base);
      allocated += terms.allocated - (row.kept === undefined ? 0 : this.onTheWay(position, row.ref));
      departed += row.direction === 'out' ? terms.departed : -terms.departed;
    }
    if (allocated === 0 && departed === 0) this.terms.delete(position);
    else this.terms.set(position, { allocated, departed });
  }

  /** Settled rows whose time is over go; returns their positions. */
  forgetOld(atMs: number, baseOf: (position: number) => Base | undefined): number[] {
    const gone: number[] = [];
    for (let looks = 0; looks < FORGET_LOOKS; looks++) {
      const oldest = this.touched.entries().next().value;
      if (oldest === undefined) break;
      const [name, { position, key, atMs: touchedAt }] = oldest;
      if (touchedAt + KEPT_MS > atMs && this.touched.size <= ROWS_MAX) break;
      this.touched.delete(name);
      const row = this.byPosition.get(position)?.get(key);
      if (row === undefined) continue;
      if (isSettled(row, baseOf(position), atMs)) {
        this.drop(row, key);
        gone.push(position);
      } else {
        this.touched.set(name, { position, key, atMs });
      }
    }
    return gone;
  }

  private row(position: number, direction: Direction, ref: string): ExpectedRow {
    const known = this.find(position, direction, ref);
    return known ?? { position, direction, ref, allocated: 0, away: [], booked: 0 };
  }

  private put(row: ExpectedRow, atMs: number): void {
    const { position, direction, ref } = row;
    const key = keyOf(direction, ref);
    let rows = this.byPosition.get(position);
    if (rows === undefined) this.byPosition.set(position, (rows = new Map()));
    rows.set(key, row);
    const name = `${position} ${key}`;
    this.touched.delete(name);
    this.touched.set(name, { position, key, atMs });
  }

  private drop({ position }: ExpectedRow, key: string): void {
    const rows = this.byPosition.get(position);
    rows?.delete(key);
    if (rows?.size === 0) this.byPosition.delete(position);
  }

  save(): ExpectedSaved {
    return {
      rows: [...this.byPosition.values()].flatMap((rows) => [...rows.values()]),
      terms: [...this.terms],
      touched: [...this.touched].map(([name, { atMs }]) => [name, atMs] as const),
    };
  }

  load({ rows, terms, touched }: ExpectedSaved): void {
    for (const row of rows) this.put(row, 0);
    for (const [position, each] of terms) this.terms.set(position, each);
    // The order of the image is the order of touching; what `put` noted above is in another.
    for (const [name, atMs] of touched) {
      const known = this.touched.get(name);
      this.touched.delete(name);
      if (known !== undefined) this.touched.set(name, { ...known, atMs });
    }
  }
}

const keyOf = (direction: Direction, ref: string): string => `${direction} ${ref}`;

/** Allocated 5, away 2, booked 0 -> 5 allocated, 2 departed; then the owner books 3 -> 4 allocated, none departed. */
export function termsOfRow({ allocated, away, booked }: ExpectedRow, base: Base | undefined): ExpectedTerms {
  const left = unitsOf(away);
  const covered = coveredUnits(away, base);
  return {
    allocated: Math.max(0, allocated - Math.max(0, booked - left)),
    departed: Math.max(0, left - Math.max(booked, covered)),
  };
}

export function coveredUnits(away: readonly Departed[], base: Base | undefined): number {
  return base === undefined ? 0 : unitsOf(away.filter((departed) => covers(base, departed)));
}

/** What was counted at T did not see what had left before; a book of time T lacks what its owner had surely posted by then. */
function covers(base: Base, { at, postedBy }: Departed): boolean {
  return base.covers === 'count' ? at < base.at : postedBy <= base.at;
}

export function unitsOf(away: readonly Departed[]): number {
  let units = 0;
  for (const departed of away) units += departed.units;
  return units;
}

/** A book snapshot may still come that lacks what a count has covered: until the owner must have posted it. */
function isSettled(row: ExpectedRow, base: Base | undefined, atMs: number): boolean {
  const isPosted = unitsOf(row.away) <= row.booked || row.away.every(({ postedBy }) => postedBy <= atMs);
  return isPosted && row.allocated === 0 && termsOfRow(row, base).departed === 0 && inTransit(row).length === 0;
}

/**
 * Units that a row takes from what is there when these have left too. What an order has allocated under the reference
 * counts again once what the owner booked is known to be these.
 */
export function takenWith(row: ExpectedRow | undefined, leaving: Departed, base: Base | undefined): number {
  const { allocated = 0, booked = 0, away = [] } = row ?? {};
  const all = [...away, leaving];
  const departed = Math.max(0, unitsOf(all) - Math.max(booked, coveredUnits(all, base)));
  return departed + Math.max(0, allocated - Math.max(0, booked - unitsOf(all)));
}

/** Sent 5, lost 1, booked 2 (or come by our word) -> 2 are still on their way. What comes is taken for what was due first. */
export function inTransit(row: ExpectedRow): readonly Sent[] {
  const { sent } = row;
  if (sent === undefined) return NOT_SENT;
  let gone = goneOf(row);
  const open: Sent[] = [];
  for (const { units, dueAt } of sent) {
    const here = Math.min(gone, units);
    gone -= here;
    if (units > here) open.push({ units: units - here, dueAt });
  }
  return open;
}

/** Of what was sent: lost, come by our word, or booked. */
function goneOf({ lost = 0, away, booked }: ExpectedRow): number {
  return lost + Math.max(0, unitsOf(away), booked);
}

const NOT_SENT: readonly Sent[] = [];

/** Beyond the bound the two that are due first are due when the later of them is. */
function joinEarliest(sent: readonly Sent[]): readonly Sent[] {
  const sorted = sent.toSorted((a, b) => a.dueAt - b.dueAt);
  if (sorted.length <= DEPARTURES_MAX) return sorted;
  const [first, second, ...rest] = sorted as [Sent, Sent, ...Sent[]];
  return [{ units: first.units + second.units, dueAt: second.dueAt }, ...rest];
}

/** Beyond the bound the two oldest become one that is covered when the later of them is. */
function joinOldest(away: readonly Departed[]): readonly Departed[] {
  if (away.length <= DEPARTURES_MAX) return away;
  const [first, second, ...rest] = away.toSorted((a, b) => a.at - b.at) as [Departed, Departed, ...Departed[]];
  const postedBy = Math.max(first.postedBy, second.postedBy);
  return [{ units: first.units + second.units, at: second.at, postedBy }, ...rest];
}
