import { expect, test } from 'vitest';
import { PUBLIC } from './caller.ts';
import { stockView, type AskedView } from './stock-view.ts';
import { STAFF_ONLY, STORE, TestEngine, WEB } from './test-engine.ts';

const NEAR = { lat: 41, lon: -93 };

function setUp() {
  const engine = new TestEngine();
  const { channels, nodes } = engine.reference;
  const epochOf = (about: Partial<AskedView> = {}): string =>
    stockView(engine.asEngine, { caller: PUBLIC, channel: channels.get(WEB)!, ...about }).e;
  return { channels, nodes, epochOf };
}

test('[ST5] views that show the same have one epoch, others have others', () => {
  const { channels, epochOf } = setUp();
  const web = channels.get(WEB)!;
  const views = [
    epochOf(),
    epochOf({ channel: { ...web, unitsPublic: false } }),
    epochOf({ channel: channels.get(STAFF_ONLY)! }),
    epochOf({ near: NEAR }),
    epochOf({ near: { ...NEAR, km: 1 } }),
  ];
  expect(new Set(views).size).toBe(views.length);
  expect(epochOf({ near: { lat: 41.001, lon: -93.001 } })).toBe(epochOf({ near: NEAR }));
  expect(epochOf({ channel: { ...web, lowAt: 9 } })).toBe(epochOf());
});

test('[ST8] a node that is renamed, moved or hands out no more makes another epoch for those who see it', () => {
  const { nodes, epochOf } = setUp();
  const store = nodes.get(STORE)!;
  const far = epochOf();
  const seen = new Set([epochOf({ near: NEAR })]);
  for (const about of [{ name: 'Another' }, { lat: 41.5 }, { capabilities: [] }, { enabled: false, name: 'Another' }]) {
    nodes.set(STORE, { ...store, ...about });
    seen.add(epochOf({ near: NEAR }));
    expect(epochOf()).toBe(far);
  }
  // Switched off or without pickup it is gone alike.
  expect(seen.size).toBe(4);
});
