// A command: it prints.
/* oxlint-disable no-restricted-globals */
import type { CandidateRecord, PlanPart, SourcingDecision, SourcingPlan } from '../../contract/sourcing.ts';
import { realCases, type RealCase } from './real-orders.ts';
import { source } from './source.ts';

// Why the demo's orders go where they go, as a person reads it.
// Run: node engine/fulfilment/sourcing/explain-orders.ts [orders] [lines at least]

const ORDERS = Number(process.argv[2] ?? 20);
const LINES_MIN = Number(process.argv[3] ?? 2);

const cases = realCases(20_000).filter(({ order }) => order.needs.length >= LINES_MIN);
for (const one of cases.slice(0, ORDERS)) {
  const { world, order, skus, loads, atMs } = one;
  console.log(`${headOf(one)}\n${tell(source(world, order, skus, loads, atMs), one)}\n`);
}

function headOf({ id, order, names }: RealCase): string {
  const { method, channel, pickupNode, lat, lon, valueMinor } = order;
  const to = pickupNode === undefined ? `to ${lat?.toFixed(2)}, ${lon?.toFixed(2)}` : `at ${pickupNode}`;
  const lines = order.needs.map(({ sku, units }) => `  ${units} × ${names.get(sku)} (${sku})`);
  return [`${id}  ${channel}, ${method} ${to}, worth ${money(valueMinor)}`, ...lines].join('\n');
}

function tell(decision: SourcingDecision, { names }: RealCase): string {
  const { step, plan, otherwise, tried, candidates, candidatesInAll, compared, bounded } = decision;
  const passed = tried.map((each) => `  not by "${each.step}": ${each.why}`);
  const decided =
    step === undefined ? `  → ${JSON.stringify(otherwise)}` : `  by "${step}"${bounded ? ', search cut' : ''}`;
  const plans = compared.map((each, at) => `  ${at === 0 ? '→' : ' '} ${planText(each)}`);
  const chosen = (plan?.parts ?? []).flatMap((part) => partText(part, names));
  const inside = candidates.filter(({ out }) => out === undefined);
  const why = Map.groupBy(
    candidates.filter(({ out }) => out !== undefined),
    ({ out }) => out,
  );
  const outs = [...why].map(
    ([out, rows]) => `${rows.length} ${out} (${rows.slice(0, 4).map(candidateText).join(', ')})`,
  );
  const judged = `  of ${candidatesInAll} nodes ${inside.length} may serve: ${inside.slice(0, 8).map(candidateText).join(', ')}`;
  return [...passed, decided, ...plans, ...chosen, judged, `  out: ${outs.join('; ')}`].join('\n');
}

function money(minor: number): string {
  return (minor / 100).toFixed(2);
}

function planText({ parts, costMinor, splitMinor, pressureMinor, missing }: SourcingPlan): string {
  const from = parts.map(({ node, carrier = 'handed over', zone = '' }) => `${node} (${carrier} ${zone})`).join(' + ');
  const extra = `${splitMinor > 0 ? `, split ${money(splitMinor)}` : ''}${pressureMinor > 0 ? `, pressure ${money(pressureMinor)}` : ''}`;
  const open = missing.reduce((sum, { units }) => sum + units, 0);
  return `${money(costMinor)}  ${from}${extra}${open > 0 ? `, ${open} units missing` : ''}`;
}

function partText({ node, grams, leavesAt, arrivesAt, costMinor, lines }: PlanPart, names: RealCase['names']): string {
  const what = lines.map(({ sku, units }) => `${units} × ${names.get(sku)}`).join(', ');
  const dates = [leavesAt, arrivesAt].map((at = 0) => new Date(at).toISOString().slice(5, 16)).join(' → ');
  return `      ${node}: ${what}; ${grams / 1_000} kg, ${dates}, ${money(costMinor)}`;
}

function candidateText({ node, km, available = {} }: CandidateRecord): string {
  const has = Object.values(available).join('/');
  return `${node}${km === undefined ? '' : ` ${km} km`}${has === '' ? '' : ` has ${has}`}`;
}
