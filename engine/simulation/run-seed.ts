import { digestHex } from '../contract/digest.ts';
import { Chance } from './chance.ts';
import { NOTHING_PLANTED, type Planted } from './planted/planted.ts';
import { rollSwarm } from './swarm.ts';
import { World } from './world.ts';

export interface Run {
  readonly seed: number;
  readonly facts: number;
  readonly crashes: number;
  /** Recoveries in a row that were cut short, at most. */
  readonly deepest: number;
  /** Injected faults that ended a process. */
  readonly faults: number;
  /** Over every step and every fact: the same seed gives the same digest. */
  readonly digest: string;
  readonly failure?: { readonly why: string; readonly lastSteps: readonly string[] };
}

/** Steps shown of a run that failed. */
const STEPS_SHOWN = 30;

export async function runSeed(seed: number, planted: Planted = NOTHING_PLANTED): Promise<Run> {
  const chance = new Chance(seed);
  const swarm = rollSwarm(chance, seed);
  let world: World | undefined;
  try {
    world = new World(chance, swarm, planted);
    for (let step = 0; step < swarm.steps; step++) await world.step();
    await world.rest();
    return summary(seed, world);
  } catch (error) {
    // Whatever it is, a broken invariant of the engine or a difference the bookkeeper saw: the run found something.
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const lastSteps = (world?.steps ?? []).slice(-STEPS_SHOWN).map(({ name, about }) => line(name, about));
    const trace =
      error instanceof Error
        ? (error.stack ?? '')
            .split('\n')
            .filter((at) => at.includes('    at '))
            .slice(0, 4)
        : [];
    const none = { seed, facts: 0, crashes: 0, deepest: 0, faults: 0, digest: '' };
    const run = world === undefined ? none : summary(seed, world);
    return { ...run, failure: { why: [why, ...trace].join('\n'), lastSteps } };
  }
}

function summary(seed: number, { audit, crashes, deepest, faults, steps }: World): Run {
  const text = [
    ...steps.map(({ name }) => name),
    ...audit.log.map(({ shard, bytes }) => `${shard} ${bytes.toString('latin1')}`),
  ];
  return { seed, facts: audit.log.length, crashes, deepest, faults, digest: digestHex(text.join('\n')) };
}

function line(name: string, about: unknown): string {
  return about === undefined ? name : `${name} ${JSON.stringify(about)}`;
}
