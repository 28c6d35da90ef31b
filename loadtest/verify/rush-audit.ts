import type { ReservationInfo } from '../../gateway/protocol/http.ts';
import type { Answered, LoggedTry, RushLog } from './rush-client.ts';
import type { PlannedLine } from './rush-plan.ts';

// Judges every answer by the shoppers' own log, knowing nothing of the engine. What ran side by side has no order, so each
// try is judged twice: a yes must fit when only what was surely held is counted (else units were sold twice), a no must be
// right when everything possibly held is counted (else a sale was lost for nothing).

export interface StockBounds {
  /** On-hand less safety that was surely there all along, by node. */
  readonly low: ReadonlyMap<string, number>;
  /** The most that can have been there at any moment. */
  readonly high: ReadonlyMap<string, number>;
}

export interface AuditInput {
  readonly log: RushLog;
  /** By sku; a sku that is absent moved too freely to be judged. */
  readonly during: ReadonlyMap<string, StockBounds>;
  /** The same once its feed has ended. */
  readonly afterwards: ReadonlyMap<string, StockBounds>;
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly channels: ReadonlyMap<string, string>;
  /** How long the coordinator of a hold over several skus may take to end its parts, in ms. */
  readonly sagaSlackMs: number;
}

export interface Verdict {
  readonly oversold: readonly string[];
  readonly wrong: readonly string[];
  /** Answers that the log alone decides, yes and no. */
  readonly decided: number;
}

/** Ends by time are seen by the shard's next message or tick, in ms. */
const EXPIRY_SLACK_MS = 100;
/** Rounding of two clock reads, in ms. */
const CLOCK_MS = 2;

export function audit(input: AuditInput): Verdict {
  const oversold: string[] = [];
  const wrong: string[] = [];
  let decided = 0;
  const all = [...input.log.concurrent, ...input.log.sequential];
  const holds = all.map((one) => holdOf(one, input.sagaSlackMs));
  for (const [i, one] of all.entries()) {
    const bounds = i < input.log.concurrent.length ? input.during : input.afterwards;
    wrong.push(...aboutKeys(one), ...aboutRelease(one));
    const others = holds.filter((_, j) => j !== i);
    if (one.answer.is === 'reserved') {
      decided += 1;
      const world = new World(
        input,
        bounds,
        others.filter((hold) => surelyHeld(hold, one)),
        'high',
      );
      const tooMuch = world.firstTooMuch(one.plan.channel, one.answer.reservation.lines);
      if (tooMuch !== undefined) oversold.push(`${one.plan.key}: ${tooMuch}`);
      wrong.push(...aboutLines(one, one.answer.reservation));
    } else if (one.answer.code === 'units-exceed-available') {
      const world = new World(
        input,
        bounds,
        others.filter((hold) => possiblyHeld(hold, one)),
        'low',
      );
      if (!world.knows(one.plan.lines)) continue;
      const lines = one.plan.partial
        ? one.plan.lines.slice(0, 1).map((line) => ({ ...line, units: 1 }))
        : one.plan.lines;
      const tooMuch = world.firstTooMuch(one.plan.channel, lines);
      if (tooMuch === undefined)
        wrong.push(`${one.plan.key}: refused although all of it was there: ${shown(one.plan.lines)}`);
      else decided += 1;
    } else if (one.answer.code !== 'unknown-sku' || one.plan.lines.every((line) => bounds.has(line.sku))) {
      wrong.push(`${one.plan.key}: refused with ${one.answer.code}`);
    }
  }
  return { oversold, wrong, decided };
}

/** Reservations that the log says are still held at `now`. */
export function liveHolds(log: RushLog, now: number): readonly ReservationInfo[] {
  const live: ReservationInfo[] = [];
  for (const { answer, release } of [...log.concurrent, ...log.sequential]) {
    if (answer.is === 'reserved' && release?.code !== 'released' && answer.reservation.expiresAt > now) {
      live.push(answer.reservation);
    }
  }
  return live;
}

interface Hold {
  readonly lines: readonly PlannedLine[];
  readonly granted: boolean;
  readonly beginsAfter: number;
  readonly surelyFrom: number;
  readonly surelyUntil: number;
  readonly endsBefore: number;
}

function holdOf(one: LoggedTry, sagaSlackMs: number): Hold {
  const { plan, answer, release, sentAt, answeredAt } = one;
  const severalSkus = new Set(plan.lines.map((line) => line.sku)).size > 1;
  const slack = severalSkus ? sagaSlackMs : 0;
  if (answer.is === 'refused') {
    // Parts of a refused one are held for a moment in the shards that agreed.
    const endsBefore = severalSkus ? answeredAt + slack : -Infinity;
    return { lines: plan.lines, granted: false, beginsAfter: sentAt, surelyFrom: Infinity, surelyUntil: 0, endsBefore };
  }
  const { expiresAt, lines } = answer.reservation;
  const given = release?.code === 'released' ? release : undefined;
  return {
    lines,
    granted: true,
    beginsAfter: sentAt,
    surelyFrom: answeredAt,
    surelyUntil: Math.min(expiresAt, given?.sentAt ?? Infinity) - CLOCK_MS,
    endsBefore: (given?.answeredAt ?? expiresAt + EXPIRY_SLACK_MS) + slack + CLOCK_MS,
  };
}

const surelyHeld = (hold: Hold, during: LoggedTry): boolean =>
  hold.granted && hold.surelyFrom <= during.sentAt && hold.surelyUntil >= during.answeredAt;
const possiblyHeld = (hold: Hold, during: LoggedTry): boolean =>
  hold.beginsAfter <= during.answeredAt + CLOCK_MS && hold.endsBefore >= during.sentAt;

/** Stock and promises as one try may have found them. */
class World {
  readonly #input: AuditInput;
  readonly #bounds: ReadonlyMap<string, StockBounds>;
  readonly #side: 'low' | 'high';
  /** sku → node or group → units promised. */
  readonly #promised = new Map<string, Map<string, number>>();

  constructor(
    input: AuditInput,
    bounds: ReadonlyMap<string, StockBounds>,
    holds: readonly Hold[],
    side: 'low' | 'high',
  ) {
    this.#input = input;
    this.#bounds = bounds;
    this.#side = side;
    for (const hold of holds) for (const line of hold.lines) this.#promise(line);
  }

  knows(lines: readonly PlannedLine[]): boolean {
    return lines.every((line) => this.#bounds.has(line.sku));
  }

  /** What the first line that does not fit asked for, and what was there. Lines are taken in turn, earlier ones as held. */
  firstTooMuch(channel: string, lines: readonly PlannedLine[]): string | undefined {
    for (const line of lines) {
      if (!this.#bounds.has(line.sku)) continue;
      const place = line.node === undefined ? this.#nodes(line.group ?? '') : [line.node];
      const room = Math.min(
        this.#headroom(line.sku, place),
        this.#headroom(line.sku, this.#nodes(this.#input.channels.get(channel) ?? '')),
      );
      if (line.units > room) return `${line.units} of ${line.sku} at ${line.node ?? line.group}, room for ${room}`;
      this.#promise(line);
    }
    return undefined;
  }

  #promise(line: PlannedLine): void {
    const place = line.node ?? line.group ?? '';
    const ofSku = this.#promised.get(line.sku) ?? new Map<string, number>();
    this.#promised.set(line.sku, ofSku.set(place, (ofSku.get(place) ?? 0) + line.units));
  }

  #nodes(group: string): readonly string[] {
    return this.#input.groups.get(group) ?? [];
  }

  /** Rule AV2, written out: over every choice of groups, what the nodes hold less what those groups are owed. */
  #headroom(sku: string, place: readonly string[]): number {
    const owed = [...this.#input.groups.keys()].filter((group) => (this.#promised.get(sku)?.get(group) ?? 0) > 0);
    let least = Infinity;
    for (let choice = 0; choice < 1 << owed.length; choice++) {
      const nodes = new Set(place);
      let demand = 0;
      for (const [bit, group] of owed.entries()) {
        if ((choice & (1 << bit)) === 0) continue;
        demand += this.#promised.get(sku)?.get(group) ?? 0;
        for (const node of this.#nodes(group)) nodes.add(node);
      }
      let units = 0;
      for (const node of nodes) units += this.#available(sku, node);
      least = Math.min(least, units - demand);
    }
    return Math.max(0, least);
  }

  #available(sku: string, node: string): number {
    const there = this.#bounds.get(sku)?.[this.#side].get(node) ?? 0;
    return Math.max(0, there - (this.#promised.get(sku)?.get(node) ?? 0));
  }
}

function aboutKeys({ plan, answer, second, reused }: LoggedTry): readonly string[] {
  const wrong: string[] = [];
  // A sku nobody has reported is no word about stock: it does not stick to the key (rule RS2).
  if (answer.is === 'refused' && answer.code === 'unknown-sku') return wrong;
  if (second !== undefined && !sameAnswer(answer, second)) wrong.push(`${plan.key}: sent twice, answered differently`);
  if (reused !== undefined && !(reused.is === 'refused' && reused.code === 'key-reused')) {
    wrong.push(
      `${plan.key}: the key with other content was answered ${reused.is === 'refused' ? reused.code : 'with a reservation'}`,
    );
  }
  return wrong;
}

function aboutRelease({ plan, answer, release }: LoggedTry): readonly string[] {
  if (release === undefined || answer.is === 'refused' || release.code === 'released') return [];
  if (release.code === 'already-ended' && release.answeredAt >= answer.reservation.expiresAt - CLOCK_MS) return [];
  return [`${plan.key}: giving it back was answered ${release.code}`];
}

/** What was granted is what was asked: all of it, or with `partial` no more than that and at least one unit. */
function aboutLines({ plan }: LoggedTry, { lines }: ReservationInfo): readonly string[] {
  const sums = (of: readonly PlannedLine[]): Map<string, number> => {
    const by = new Map<string, number>();
    for (const line of of) {
      const place = `${line.sku} at ${line.node ?? line.group}`;
      by.set(place, (by.get(place) ?? 0) + line.units);
    }
    return by;
  };
  const asked = sums(plan.lines);
  const granted = sums(lines);
  let units = 0;
  for (const [place, got] of granted) {
    units += got;
    if (got > (asked.get(place) ?? 0))
      return [`${plan.key}: granted ${got} of ${place}, asked ${asked.get(place) ?? 0}`];
  }
  if (units === 0) return [`${plan.key}: granted nothing`];
  if (plan.partial) return [];
  return [...asked]
    .filter(([place, wanted]) => granted.get(place) !== wanted)
    .map(([place, wanted]) => `${plan.key}: granted ${granted.get(place) ?? 0} of ${place}, asked ${wanted}`);
}

function sameAnswer(a: Answered, b: Answered): boolean {
  if (a.is === 'refused' || b.is === 'refused') return a.is === b.is && 'code' in a && 'code' in b && a.code === b.code;
  return (
    a.reservation.id === b.reservation.id && JSON.stringify(a.reservation.lines) === JSON.stringify(b.reservation.lines)
  );
}

function shown(lines: readonly PlannedLine[]): string {
  return lines.map((line) => `${line.units} of ${line.sku} at ${line.node ?? line.group}`).join(', ');
}
