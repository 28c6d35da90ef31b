import type { ReservationInfo } from '../../gateway/protocol/reservation-bodies.ts';
import { type LoggedTry, type RushLog, sameAnswer } from './rush-client.ts';
import type { PlannedLine } from './rush-plan.ts';
import { type Geography, type StockBounds, World } from './rush-world.ts';

// Judges every answer by the shoppers' own log, knowing nothing of the engine. What ran side by side has no order, so each
// try is judged twice: a yes must fit when only what was surely held is counted (else units were sold twice), a no must be
// right when everything possibly held is counted (else a sale was lost for nothing).

export interface AuditInput extends Geography {
  readonly log: RushLog;
  /** By sku; a sku that is absent moved too freely to be judged. */
  readonly during: ReadonlyMap<string, StockBounds>;
  /** The same once its feed has ended. */
  readonly afterwards: ReadonlyMap<string, StockBounds>;
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

function shown(lines: readonly PlannedLine[]): string {
  return lines.map((line) => `${line.units} of ${line.sku} at ${line.node ?? line.group}`).join(', ');
}
