// Time for decide(): wall-clock ms that never run backwards and do not follow a leap of the system's clock.

/** A wall clock that moves this much against the monotonic one, in ms, was set by hand or by a bad time server. */
export const STEP_MS_MAX = 5_000;
/** A leap forward that still holds after this time, in ms, is the truth (the machine slept): it is followed, and said. */
export const STEP_TRUSTED_MS = 60_000;

export interface ClockSources {
  /** ms since the epoch. */
  readonly wallMs: () => number;
  /** ms since any moment, never set. */
  readonly monotonicMs: () => number;
  readonly log: (line: string) => void;
}

export interface Clock {
  /** ms since the epoch, whole, never less than before. */
  now(): number;
  /** Time already written down: now() never answers less. */
  notBefore(atMs: number): void;
}

/**
 * Plain Date.now() would expire every hold when somebody sets the clock an hour ahead, and date facts before their causes
 * when it is set back. So a step over STEP_MS_MAX between two looks is not followed: we go on with the monotonic clock.
 * A step back is never followed while we run; a step forward is after STEP_TRUSTED_MS, or a machine that slept would
 * call every later event `from-the-future`.
 */
export function createClock({ wallMs, monotonicMs, log }: ClockSources): Clock {
  /** Added to the wall clock: 0 unless a step is being held off. */
  let offset = 0;
  let steppedAtMono = 0;
  let lastWall = wallMs();
  let lastMono = monotonicMs();
  let latest = -Infinity;

  /** How far the wall clock moved beyond what really passed since the last look, ms. */
  function look(): { wall: number; mono: number; step: number } {
    const wall = wallMs();
    const mono = monotonicMs();
    const step = wall - lastWall - (mono - lastMono);
    lastWall = wall;
    lastMono = mono;
    return { wall, mono, step };
  }

  return {
    now() {
      const { wall, mono, step } = look();
      if (Math.abs(step) > STEP_MS_MAX) {
        offset -= step;
        steppedAtMono = mono;
        log(`clock: the system clock leapt by ${Math.round(step)} ms; held off`);
        // Leapt there and back: nothing is left to hold off.
        if (Math.abs(offset) <= STEP_MS_MAX) offset = 0;
      } else if (offset < 0 && mono - steppedAtMono >= STEP_TRUSTED_MS) {
        log(`clock: the system clock is still ${Math.round(-offset)} ms ahead; followed`);
        offset = 0;
      }
      latest = Math.max(latest, Math.floor(wall + offset));
      return latest;
    },
    notBefore(atMs) {
      latest = Math.max(latest, Math.floor(atMs));
    },
  };
}
