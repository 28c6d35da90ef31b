import loader, { type Highs } from 'highs';
import { kmBetween } from './distance.ts';
import type { Case } from './test-network.ts';

// The cheapest plan as an integer programme, written down a second time from the contract and solved by HiGHS. It knows
// carriers, weights, handling, splits, pressure, nodesMax and wholeLines; stale nodes and dates are left to the caller.

/** Its types are those of a CommonJS module, which Node's import of its ES module is not. */
export const openHighs = loader as unknown as typeof loader.default;

/** In minor units, not rounded; undefined when there is no plan. */
export function milpOptimum(highs: Highs, { world, order, skus, loads }: Case): number | undefined {
  const { costs, steps } = world.rules;
  const { nodesMax, wholeLines } = steps[0]!.constraints ?? {};
  const to = { lat: order.lat!, lon: order.lon! };
  const grams = order.needs.reduce((sum, need) => sum + need.units * need.grams!, 0);
  const terms: string[] = [];
  const rows: string[] = [];
  const bounds: string[] = [];
  const binaries: string[] = [];
  const integers: string[] = [];
  /** Parcels may be filled with fractions of units; without parcels the optimum has none. */
  const units: string[] = [];
  const served = order.needs.map((): string[] => []);
  const used: string[] = [];
  let at = 0;
  for (const one of world.nodes.values()) {
    const have = order.needs.map(({ sku }) =>
      skus.find((row) => row.sku === sku)?.nodes.find(({ node }) => node === one.id),
    );
    const load = loads.find(({ node }) => node === one.id);
    if (have.every((row) => row === undefined)) continue;
    const share = load?.perDay === undefined ? 0 : load.today / load.perDay;
    const ways: string[] = [];
    for (const carrier of world.carriers.values()) {
      if (carrier.from?.includes(one.kind) === false) continue;
      const zone = carrier.zones.find(({ kmMax }) => kmBetween(one, to) <= kmMax);
      if (zone === undefined) continue;
      const y = `y${at}`;
      ways.push(y);
      binaries.push(y);
      const heavy = (carrier.gramsMax ?? Infinity) < grams;
      terms.push(`${(heavy ? 0 : zone.baseMinor) + costs.splitMinor + share * share * costs.pressureMinor} ${y}`);
      const weight: string[] = [];
      order.needs.forEach((need, index) => {
        const available = Math.min(need.units, have[index]?.available ?? 0);
        if (available === 0 || (wholeLines === true && available < need.units)) return;
        const x = `x${at}_${index}`;
        served[index]!.push(x);
        const unit = (need.grams! / 1_000) * zone.perKgMinor + costs.handlingMinor[one.kind];
        terms.push(`${unit} ${x}`);
        rows.push(`${x} - ${available} ${y} <= 0`);
        weight.push(`${need.grams} ${x}`);
        if (heavy) units.push(x);
        if (wholeLines === true) {
          rows.push(`${x} - ${need.units} w${at}_${index} = 0`);
          binaries.push(`w${at}_${index}`);
        }
      });
      if (heavy && weight.length > 0) {
        terms.push(`${zone.baseMinor} p${at}`);
        rows.push(`${weight.join(' + ')} - ${carrier.gramsMax} p${at} <= 0`, `p${at} - ${y} >= 0`);
        bounds.push(`p${at} <= 1000`);
        integers.push(`p${at}`);
      }
      at++;
    }
    if (ways.length > 1) rows.push(`${ways.join(' + ')} <= 1`);
    used.push(...ways);
  }
  if (served.some((by) => by.length === 0)) return undefined;
  order.needs.forEach(({ units }, index) => rows.push(`${served[index]!.join(' + ')} = ${units}`));
  if (nodesMax !== undefined) rows.push(`${used.join(' + ')} <= ${nodesMax}`);
  const textOf = (generals: readonly string[]): string =>
    [
      'Minimize',
      ` obj: ${terms.join('\n + ')}`,
      'Subject To',
      ...rows.map((row, index) => ` r${index}: ${row}`),
      'Bounds',
      ...bounds,
      'Binaries',
      ...binaries,
      ...(generals.length > 0 ? ['Generals', ...generals] : []),
      'End',
    ].join('\n');
  const solve = (generals: readonly string[]) =>
    highs.solve(textOf(generals), { output_flag: false, mip_rel_gap: 0, mip_abs_gap: 0.001 });
  // Whole units are asked for only where there would be others: that takes longer.
  const loose = solve(integers);
  const isWhole = ({ Columns }: typeof loose): boolean => units.every((x) => isInteger(Columns[x]));
  const solved = loose.Status !== 'Optimal' || isWhole(loose) ? loose : solve([...integers, ...units]);
  // The first node is no split.
  return solved.Status === 'Optimal' ? solved.ObjectiveValue - costs.splitMinor : undefined;
}

function isInteger(column: object | undefined): boolean {
  const primal = column !== undefined && 'Primal' in column ? Number(column.Primal) : 0;
  return Math.abs(primal - Math.round(primal)) < 1e-6;
}
