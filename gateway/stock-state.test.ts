import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChannelStock } from '../engine/contract/change.ts';
import { stockState, stockText } from './stock-state.ts';
import { DC, STORE, TestEngine, WEB } from './test-engine.ts';

const channel = new TestEngine().reference.channels.get(WEB)!;

const stock = fc.record<ChannelStock>(
  {
    channel: fc.constant(WEB),
    ats: fc.nat(),
    unplaced: fc.nat({ max: 9 }),
    band: fc.constantFrom('in-stock', 'low-stock', 'out-of-stock', 'back-order', 'pre-order'),
    asOf: fc.constantFrom(0, 1, 1_795_486_061_200),
    silentSince: fc.nat(),
  },
  { requiredKeys: ['channel', 'ats', 'unplaced', 'band', 'asOf'] },
);
const near = fc.constantFrom(undefined, [
  { node: STORE, name: 'Store "1"', km: 1.5 },
  { node: DC, name: 'DC', km: 9 },
]);

test('the text of a state is its JSON, whatever it holds', () => {
  fc.assert(
    fc.property(fc.option(stock, { nil: undefined }), fc.boolean(), near, (known, units, pickups) => {
      const shown = { channel, units, ...(pickups !== undefined && { near: pickups }) };
      const available = () => 4;
      expect(stockText(shown, known, available)).toBe(JSON.stringify(stockState(shown, known, available)));
    }),
  );
});
