import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Engine, EngineOptions } from '../api.ts';
import type { StockChange } from '../contract/change.ts';
import { openEngine } from '../engine.ts';
import type { ProcessEnd } from './failure.ts';
import { REFERENCE } from './test-fixture.ts';

export function testFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'onhand-engine-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export interface TestEngine {
  readonly engine: Engine;
  readonly changes: StockChange[];
  /** The first published change that passes, already here or still to come. */
  readonly seen: (passes: (change: StockChange) => boolean) => Promise<StockChange>;
}

/** Opened with 4 stock shards on one thread unless said otherwise, the reference applied, closed when the test ends. */
export async function openTestEngine(
  options: Partial<EngineOptions> & { dataDir: string },
  end?: ProcessEnd,
): Promise<TestEngine> {
  const changes: StockChange[] = [];
  const waiting = new Set<(change: StockChange) => void>();
  const engine = await openEngine(
    {
      threads: 1,
      stockShards: 4,
      ...options,
      publish(published) {
        changes.push(...published);
        for (const change of published) for (const look of waiting) look(change);
      },
    },
    end,
  );
  onTestFinished(() => engine.close());
  for (const batch of REFERENCE) await engine.apply(batch);
  return {
    engine,
    changes,
    seen: (passes) =>
      new Promise((resolve) => {
        const known = changes.find(passes);
        if (known !== undefined) resolve(known);
        const look = (change: StockChange): void => {
          if (!passes(change)) return;
          waiting.delete(look);
          resolve(change);
        };
        waiting.add(look);
      }),
  };
}
