/**
 * How often an attack is tried: the count that `npm test` has, times ONHAND_ATTACK_SCALE (`npm run campaign` sets it).
 */
export function attackSize(count: number): number {
  const scale = Number(process.env['ONHAND_ATTACK_SCALE'] ?? 1);
  if (!(scale > 0)) throw new RangeError(`ONHAND_ATTACK_SCALE must be > 0, got ${process.env['ONHAND_ATTACK_SCALE']}`);
  return Math.max(1, Math.round(count * scale));
}

/** So many numbers below `end`, spread evenly and, unless there are not as many, all different. */
export function* spread(count: number, end: number): Generator<number> {
  for (let i = 0; i < count; i++) yield Math.floor((i * end) / count);
}
