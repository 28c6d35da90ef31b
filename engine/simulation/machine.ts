import { PowerCut, SimulatedDisk } from '../journal/simulated-disk.ts';
import type { Fate } from '../journal/simulated-file.ts';
import type { Chance } from './chance.ts';
import { ScheduledDisk } from './scheduled-disk.ts';
import { rollFaults, type Swarm } from './swarm.ts';

/** The machine a process runs on, as far as it can fail: its disk and its power. */
export class Machine {
  disk: SimulatedDisk;
  scheduled: ScheduledDisk;
  readonly #chance: Chance;
  readonly #swarm: Swarm;

  constructor(chance: Chance, swarm: Swarm) {
    this.#chance = chance;
    this.#swarm = swarm;
    this.disk = new SimulatedDisk(rollFaults(chance, swarm));
    this.scheduled = new ScheduledDisk(this.disk);
  }

  /** The process is gone: what it had asked of the disk and was not done is never done. */
  restart(how: 'kill' | 'power-cut', calm: boolean): void {
    this.scheduled.end();
    const faults = calm ? [] : rollFaults(this.#chance, this.#swarm);
    this.disk = how === 'kill' ? this.disk.afterCrash(faults) : this.disk.afterPowerCut(() => this.#fate(), faults);
    this.scheduled = new ScheduledDisk(this.disk);
    if (!calm && this.#chance.yes(this.#swarm.startCuts)) this.cutSoon();
  }

  /** The power ends at one of the next changes of the disk, between two of them or inside a recovery. */
  cutSoon(): void {
    this.disk.cutAfter = this.disk.changes + this.#chance.below(12);
  }

  #fate(): Fate {
    return this.#chance.pick<Fate>(['old', 'new', 'garbage']);
  }
}

/** Whether an error comes from a fault we put in, at whatever depth it is wrapped. */
export function isInjected(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof PowerCut || /^EIO: |^short write: /.test(cause.message)) return true;
  }
  return false;
}
