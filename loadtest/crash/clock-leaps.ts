import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ReservationInfo } from '../../gateway/protocol/reservation-bodies.ts';
import type { StaffStock } from '../../gateway/protocol/stock-bodies.ts';
import { debianPackage } from '../debian-package.ts';
import { sameAnswer } from '../verify/rush-client.ts';
import { release, reserve } from './asking.ts';
import { checkData } from './check-data.ts';
import { Findings } from './findings.ts';
import { planHolds, type PlannedHold } from './plan-holds.ts';
import { CONTESTED_SKUS } from './retailer.ts';
import { type CrashResult, resultOf } from './result.ts';
import { Run } from './run.ts';
import type { Wire } from './wire.ts';

// Somebody sets the clock while holds run out, and again while the server is dead. libfaketime changes what the process
// reads as the time of day; its monotonic clock stays, as with a real clock that is set.
//
//   start ─► holds, short and long ─► the clock leaps ─► short ones end at their time, long ones are held
//         ─► kill -9 ─► start, the leap still there ─► what had ended stays ended; a long one has ended only if the
//            clock says so, and never because it was set back ─► the same keys, the same answers; the sums fit

export interface ClockLeapsOptions {
  readonly cycles: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';
const HOUR_MS = 3_600_000;
/** Below and above what the engine holds off (5 s), up to what ends an hour's hold. */
const LEAPS_MS = [2_000, 7_000, 90_000, HOUR_MS, 3 * HOUR_MS, -2_000, -7_000, -HOUR_MS, -24 * HOUR_MS] as const;
/** A leap below the engine's 5 s is followed at once: a hold may end so much earlier. */
const FOLLOWED_MS = 5_000;
/** A hold over several shards is ended by its coordinator's next tick; beyond this, in ms, it is late. */
const LATE_MS_MAX = 10_000;
const POLL_MS = 40;
/** Between what the server's clock says and what we think it says, ms. */
const GREY_MS = 5_000;

interface Held {
  readonly planned: PlannedHold;
  readonly reservation: ReservationInfo;
  /** Monotonic, ms: before it was asked for, and after it was answered. */
  readonly askedAt: number;
  readonly answeredAt: number;
}

export function clockLeapsMissing(say: (line: string) => void): string | undefined {
  return debianPackage('faketime', { isThere: () => existsSync(LIBRARY), purpose: 'setting the clock', say });
}

export async function runClockLeaps({ cycles, seed, say }: ClockLeapsOptions): Promise<CrashResult> {
  const findings = new Findings(say);
  const clockFile = (folder: string): string => join(folder, 'clock');
  const run = new Run({
    seed,
    findings,
    env: (folder) => ({
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: clockFile(folder),
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    }),
  });
  const setClock = (aheadMs: number): void =>
    writeFileSync(clockFile(run.folder), `${aheadMs >= 0 ? '+' : ''}${aheadMs / 1_000}`);
  let done = 0;
  try {
    // The server's time never runs backwards, so each cycle begins where the furthest one left it.
    for (let aheadMs = 0; done < cycles; done++) {
      const leapMs = run.chance.pick(LEAPS_MS);
      setClock(aheadMs);
      await new Cycle(run, findings, done).run(leapMs, aheadMs + leapMs, () => setClock(aheadMs + leapMs));
      aheadMs += Math.max(0, leapMs);
    }
    for (const fault of checkData(run.dataDir)) findings.add('unexpected', fault);
  } catch (error) {
    findings.add('unexpected', `cycle ${done + 1} stopped: ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    await run.remove();
  }
  return resultOf({ cycles: done, findings, runs: [run] });
}

class Cycle {
  readonly #run: Run;
  readonly #findings: Findings;
  readonly #name: string;

  constructor(run: Run, findings: Findings, number: number) {
    this.#run = run;
    this.#findings = findings;
    this.#name = `leap-${number}`;
  }

  async run(leapMs: number, aheadMs: number, leap: () => void): Promise<void> {
    const { host } = this.#run;
    const { child, wire } = await host.start();
    await this.#run.open(wire);
    const held = await this.#hold(wire);
    leap();
    const [short, long] = [held.filter(({ planned }) => planned.short), held.filter(({ planned }) => !planned.short)];
    await Promise.all(short.map((each) => this.#watch(wire, each, leapMs)));
    for (const each of long) await this.#expect(wire, each, ['held'], `after a leap of ${leapMs} ms`);
    await wire.close();
    await host.kill(child);
    await this.#afterRestart({ short, long, leapMs, aheadMs });
  }

  async #hold(wire: Wire): Promise<Held[]> {
    const held: Held[] = [];
    for (const planned of planHolds(this.#run.chance, this.#name)) {
      const askedAt = performance.now();
      const answer = await reserve(wire, planned);
      if (answer === undefined) this.#findings.add('unexpected', `${planned.key} was not answered`);
      if (answer?.is !== 'reserved') continue;
      this.#run.log.acked += 1;
      held.push({ planned, reservation: answer.reservation, askedAt, answeredAt: performance.now() });
    }
    return held;
  }

  /** Held until its time is over by a clock that nobody set, then ended. */
  async #watch(wire: Wire, { planned, reservation, askedAt, answeredAt }: Held, leapMs: number): Promise<void> {
    const earliest = askedAt + planned.holdMs - (leapMs > 0 && leapMs <= FOLLOWED_MS ? leapMs : 0);
    const latest = answeredAt + planned.holdMs + LATE_MS_MAX;
    for (;;) {
      const lookedAt = performance.now();
      const state = await stateOf(wire, reservation.id);
      if (state === 'expired') {
        if (performance.now() < earliest)
          this.#findings.add('ackedLost', `${planned.key} ended early, leap ${leapMs} ms`);
        return;
      }
      if (state !== 'held' || lookedAt > latest) {
        this.#findings.add('unexpected', `${planned.key} is ${state} past its time, leap ${leapMs} ms`);
        return;
      }
      await wait(POLL_MS);
    }
  }

  async #afterRestart(was: {
    readonly short: readonly Held[];
    readonly long: readonly Held[];
    readonly leapMs: number;
    readonly aheadMs: number;
  }): Promise<void> {
    const { child, wire } = await this.#run.host.start();
    const when = `after a restart with the clock set by ${was.leapMs} ms`;
    for (const each of was.short) await this.#expect(wire, each, ['expired'], when);
    for (const each of was.long) {
      const over = Date.now() + was.aheadMs - each.reservation.expiresAt;
      const right = was.leapMs < 0 || over < -GREY_MS ? ['held'] : over > GREY_MS ? ['expired'] : ['held', 'expired'];
      await this.#expect(wire, each, right, when);
    }
    await this.#expectSameAnswers(wire, [...was.short, ...was.long]);
    await this.#expectSums(wire, was.long);
    for (const { reservation } of was.long) await release(wire, reservation.id);
    await wire.close();
    await this.#run.host.kill(child);
  }

  async #expect(wire: Wire, { planned, reservation }: Held, states: readonly string[], when: string): Promise<void> {
    const until = performance.now() + LATE_MS_MAX;
    let state = await stateOf(wire, reservation.id);
    while (!states.includes(state) && state === 'held' && performance.now() < until) {
      await wait(POLL_MS);
      state = await stateOf(wire, reservation.id);
    }
    if (!states.includes(state)) {
      this.#findings.add('ackedLost', `${planned.key} is ${state} ${when}, should be ${states.join(' or ')}`);
    }
  }

  async #expectSameAnswers(wire: Wire, held: readonly Held[]): Promise<void> {
    for (const { planned, reservation } of held) {
      const again = await reserve(wire, planned);
      if (again === undefined || !sameAnswer({ is: 'reserved', reservation }, again)) {
        this.#findings.add('doubleEffects', `${planned.key}: asked again, answered ${JSON.stringify(again)}`);
      }
    }
  }

  /** What is reserved is what is still held, each unit once. */
  async #expectSums(wire: Wire, long: readonly Held[]): Promise<void> {
    const live: ReservationInfo[] = [];
    for (const { reservation } of long) {
      if ((await stateOf(wire, reservation.id)) === 'held') live.push(reservation);
    }
    for (const sku of CONTESTED_SKUS) {
      const reply = await wire.ask('GET', `/v1/stock/${sku}`);
      const stock = reply?.body as StaffStock | undefined;
      const is = (stock?.nodes ?? []).reduce((sum, { reserved }) => sum + reserved, stock?.channels[0]?.unplaced ?? 0);
      const lines = live.flatMap((each) => each.lines.filter((line) => line.sku === sku));
      const should = lines.reduce((sum, { units }) => sum + units, 0);
      if (is !== should) this.#findings.add('doubleEffects', `reserved of ${sku} is ${is}, held are ${should}`);
    }
  }
}

async function stateOf(wire: Wire, id: string): Promise<string> {
  const reply = await wire.ask('GET', `/v1/reservations/${id}`);
  return reply?.status === 200 ? (reply.body as ReservationInfo).state : `answered ${reply?.status}`;
}
