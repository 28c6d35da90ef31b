import { isOpen, isUncertain, type DeltaTimes, type Judgement } from './coverage.ts';
import type { F64Column, U32Column, U8Column } from './columns.ts';
import type { Pages } from './pages.ts';
import type { Floors } from './windows.ts';
import { Rows, type RowsState } from './rows.ts';

// Deltas a position remembers, because a snapshot that arrives later may or may not cover them (rules FD2–FD4).
// A circular list per position, oldest arrival behind the tail:   tail ─► first ─► … ─► tail

/** Remembered deltas of a position before the oldest are merged by minute (rule FD4). */
export const REMEMBERED_MAX = 512;
const MINUTE_MS = 60_000;

export interface RememberedDelta extends DeltaTimes {
  readonly units: number;
  /** 0 changes on-hand, others move units between states (states.ts). */
  readonly effect: number;
  readonly window: number;
}

/** A position's list: tail row, and its length. */
export interface DeltaList {
  tail: number;
  count: number;
}

export class DeltaLog {
  private readonly at: F64Column;
  private readonly postedAt: F64Column;
  private readonly seq: F64Column;
  private readonly units: F64Column;
  private readonly series: U32Column;
  private readonly window: U32Column;
  private readonly next: U32Column;
  private readonly effect: U8Column;
  private readonly rows: Rows;

  constructor(pages: Pages) {
    this.at = pages.f64();
    this.postedAt = pages.f64();
    this.seq = pages.f64();
    this.units = pages.f64();
    this.series = pages.u32();
    this.window = pages.u32();
    this.next = pages.u32();
    this.effect = pages.u8();
    const columns = [this.at, this.postedAt, this.seq, this.units, this.series, this.window, this.next, this.effect];
    this.rows = new Rows(this.next, columns);
  }

  add(list: DeltaList, delta: RememberedDelta): void {
    const row = this.rows.alloc();
    this.write(row, delta);
    if (list.tail === 0) this.next.set(row, row);
    else {
      this.next.set(row, this.next.get(list.tail));
      this.next.set(list.tail, row);
    }
    list.tail = row;
    list.count++;
  }

  /** Forgets the oldest arrivals that have left their window; their effect stays, any later snapshot covers them. */
  forgetOld(list: DeltaList, floors: Floors): void {
    while (list.tail !== 0) {
      const first = this.next.get(list.tail);
      if (this.at.get(first) >= floors.floorOf(this.window.get(first))) return;
      this.unlinkFirst(list, first);
    }
  }

  /** Hands on what `judge` leaves open among the effects that count; true when one was judged by source time alone. */
  sumOpen(
    list: DeltaList,
    floors: Floors,
    counts: (effect: number) => boolean,
    judge: (delta: DeltaTimes) => Judgement,
    add: (effect: number, units: number) => void,
  ): boolean {
    let uncertain = false;
    for (const delta of this.of(list)) {
      if (!counts(delta.effect) || delta.at < floors.floorOf(delta.window)) continue;
      const judgement = judge(delta);
      if (isOpen(judgement)) add(delta.effect, delta.units);
      if (isUncertain(judgement)) uncertain = true;
    }
    return uncertain;
  }

  *of(list: DeltaList): Generator<RememberedDelta> {
    let row = list.tail;
    for (let i = 0; i < list.count; i++) {
      row = this.next.get(row);
      yield this.read(row);
    }
  }

  /** Merges the oldest until `keep` remain or nothing more falls into one minute. */
  merge(list: DeltaList, keep: number): void {
    const merged = mergeByMinute([...this.of(list)], keep);
    while (list.tail !== 0) this.unlinkFirst(list, this.next.get(list.tail));
    for (const delta of merged) this.add(list, delta);
  }

  private unlinkFirst(list: DeltaList, first: number): void {
    if (first === list.tail) list.tail = 0;
    else this.next.set(list.tail, this.next.get(first));
    this.rows.release(first);
    list.count--;
  }

  private read(row: number): RememberedDelta {
    return {
      at: this.at.get(row),
      postedAt: this.postedAt.get(row),
      seq: this.seq.get(row),
      units: this.units.get(row),
      series: this.series.get(row),
      window: this.window.get(row),
      effect: this.effect.get(row),
    };
  }

  private write(row: number, delta: RememberedDelta): void {
    this.at.set(row, delta.at);
    this.postedAt.set(row, delta.postedAt);
    this.seq.set(row, delta.seq);
    this.units.set(row, delta.units);
    this.series.set(row, delta.series);
    this.window.set(row, delta.window);
    this.effect.set(row, delta.effect);
  }

  save(): RowsState {
    return this.rows.save();
  }

  load(state: RowsState): void {
    this.rows.load(state);
  }
}

/** End of the minute a time falls into; a whole minute ends itself, so a snapshot taken at one is judged exactly. */
const minuteEnd = (atMs: number): number => (atMs < 0 ? atMs : Math.ceil(atMs / MINUTE_MS) * MINUTE_MS);

/** Oldest first by source time; merges equals in minute, effect, window and series until at most `keep` remain. */
function mergeByMinute(deltas: readonly RememberedDelta[], keep: number): RememberedDelta[] {
  const ordered = [...deltas].sort((a, b) => a.at - b.at || a.postedAt - b.postedAt || a.seq - b.seq);
  const merged = new Map<string, RememberedDelta>();
  let left = ordered.length;
  let i = 0;
  for (; i < ordered.length && left > keep; i++) {
    const delta = ordered[i] as RememberedDelta;
    const minute = { at: minuteEnd(delta.at), postedAt: minuteEnd(delta.postedAt) };
    const key = `${minute.at} ${minute.postedAt} ${delta.effect} ${delta.window} ${delta.series}`;
    const same = merged.get(key);
    if (same !== undefined) left--;
    merged.set(
      key,
      same === undefined
        ? { ...delta, ...minute }
        : { ...same, units: same.units + delta.units, seq: Math.max(same.seq, delta.seq) },
    );
  }
  return [...merged.values(), ...ordered.slice(i)];
}
