import { expect, test } from 'vitest';
import { engineSettings } from './engine-settings.ts';

const options = { dataDir: '', publish: () => {} };

test('[OF3] an outfeed is kept no longer than the ledger, whose rows its events are', () => {
  expect(engineSettings({ ...options, historyDays: 2, outfeedHours: 48 }).outfeedHours).toBe(48);
  expect(() => engineSettings({ ...options, historyDays: 2, outfeedHours: 49 })).toThrow(
    'outfeedHours must be a whole number 1 to 48, got 49',
  );
});

test('a ledger keeps a day at least, also when no archive is kept', () => {
  expect(engineSettings({ ...options, historyDays: 0 }).outfeedHours).toBe(24);
});
