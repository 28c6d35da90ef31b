import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attackSize } from './attack-size.ts';
import { lines } from './some-records.ts';
import type { Journal } from './journal.ts';
import { caught, commit, open, wanted } from './segment-fixture.ts';
import type { Fault } from './simulated-disk.ts';
import type { Fate } from './simulated-file.ts';
import { SimulatedDisk } from './simulated-disk.ts';

// Random life of a journal: commits of any size, seals, restarts, crashes of the process, power cuts at any change of
// the disk (also inside a recovery), failing calls. Checked after each: everything acknowledged is there, and at most
// the one commit in flight beyond it, whole.

type Step =
  | { readonly kind: 'commit'; readonly count: number }
  | { readonly kind: 'seal' | 'restart' | 'crash' | 'release' }
  | { readonly kind: 'cut'; readonly after: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('commit' as const), count: fc.integer({ min: 1, max: 400 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('seal' as const, 'restart' as const, 'crash' as const, 'release' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), after: fc.nat(12) }) },
);
const life = fc.record({
  steps: fc.array(step, { minLength: 3, maxLength: 40 }),
  fates: fc.array(fc.constantFrom<Fate>('old', 'new', 'garbage'), { minLength: 1, maxLength: 17 }),
  faults: fc.array(
    fc.record<Fault>({
      call: fc.constantFrom('write', 'sync', 'syncDir', 'rename', 'open', 'remove'),
      nth: fc.integer({ min: 1, max: 60 }),
      how: fc.constantFrom('error', 'short', 'lost'),
    }),
    { maxLength: 2 },
  ),
});

test('[reliability 1] whatever the disk and the power do, a restart finds what was acknowledged', () => {
  fc.assert(
    fc.property(life, ({ steps, fates, faults }) => {
      const world = new World(fates, faults);
      for (const action of steps) world.take(action);
      world.finish();
      expect(world.wrong).toEqual([]);
    }),
    { numRuns: attackSize(500) },
  );
});

class World {
  readonly wrong: string[] = [];
  readonly #fates: readonly Fate[];
  #turn = 0;
  #disk: SimulatedDisk;
  #journal: Journal | undefined;
  #acknowledged = 0;
  #inFlight = 0;
  #released = 1;

  constructor(fates: readonly Fate[], faults: readonly Fault[]) {
    this.#fates = fates;
    this.#disk = new SimulatedDisk(faults);
  }

  take(action: Step): void {
    if (action.kind === 'cut') this.#disk.cutAfter = this.#disk.changes + action.after;
    else if (action.kind === 'crash') this.#restart(this.#disk.afterCrash());
    else if (caught(() => this.#act(action)) !== undefined) this.#restart(this.#powerCut());
  }

  /** Restarts until nothing fails any more; then everything must be there. */
  finish(): void {
    this.#restart(this.#powerCut());
    if (caught(() => this.#use()) !== undefined) this.wrong.push('a restart on a sound disk failed');
  }

  #act(action: Exclude<Step, { kind: 'cut' }>): void {
    const journal = this.#use();
    switch (action.kind) {
      case 'commit':
        this.#inFlight = action.count;
        commit(journal, action.count);
        this.#acknowledged = journal.head;
        this.#inFlight = 0;
        break;
      case 'seal':
        journal.seal();
        break;
      case 'release':
        this.#released = Math.max(this.#released, Math.floor(journal.head / 2));
        journal.releaseBefore(this.#released);
        break;
      case 'restart':
        journal.close();
        this.#journal = undefined;
        break;
      case 'crash':
        break;
    }
  }

  #use(): Journal {
    this.#journal ??= this.#recover();
    return this.#journal;
  }

  #recover(): Journal {
    const journal = open(this.#disk);
    const first = journal.first;
    const read = lines(journal.read(first));
    const most = this.#acknowledged + this.#inFlight;
    if (journal.head !== this.#acknowledged && journal.head !== most) {
      this.wrong.push(`head ${journal.head}, acknowledged ${this.#acknowledged}, in flight ${this.#inFlight}`);
    }
    if (first > this.#released) this.wrong.push(`begins at ${first}, released before ${this.#released}`);
    if (
      read.join('\n') !==
      wanted(journal.head)
        .slice(first - 1)
        .join('\n')
    )
      this.wrong.push('other records');
    this.#acknowledged = journal.head;
    this.#inFlight = 0;
    return journal;
  }

  #powerCut(): SimulatedDisk {
    return this.#disk.afterPowerCut(() => this.#fates[this.#turn++ % this.#fates.length]!);
  }

  #restart(disk: SimulatedDisk): void {
    this.#journal = undefined;
    this.#disk = disk;
  }
}
