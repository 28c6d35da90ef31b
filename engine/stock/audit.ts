import type { Sku } from '../contract/ids.ts';
import type { Audit } from '../contract/query.ts';
import type { SumName, WrongSum } from '../contract/repair.ts';
import { claimsOn } from './claims.ts';
import { promisedSums } from './promised-sums.ts';
import type { StockState } from './stock-state.ts';
import type { Claim } from './waiting.ts';
import { wrongSumsOf } from './wrong-sums.ts';

// The invariant watch: what is kept beside its terms is worked out from them again, sku by sku. A read; it changes nothing.

/** The next skus behind one, in the order they were first heard of. Sums all open holds once per call. */
export function auditChunk(state: StockState, after: Sku | undefined, limit: number): Audit {
  const first = after === undefined ? 1 : state.skus.names.find(after) + 1;
  const end = Math.min(state.skus.count, first + limit - 1);
  const promised = promisedSums(state);
  const found = { positions: 0, short: 0, violations: [] as string[] };
  for (let sku = first; sku <= end; sku++) {
    const name = state.skus.names.name(sku);
    found.violations.push(...wrongClaims(state, sku));
    for (const wrong of wrongSumsOf(state, sku, promised, found)) found.violations.push(`${name} ${inWords(wrong)}`);
  }
  return { ...found, ...(end < state.skus.count && { last: state.skus.names.name(end) as Sku }) };
}

/** What is set aside for those who wait is worked out anew by every fact of the sku, so a repair puts it right. */
function wrongClaims(state: StockState, sku: number): readonly string[] {
  if (state.waiting.of(sku).length === 0 && state.waiting.claims(sku).length === 0) return [];
  const said = (claims: readonly Claim[]): string =>
    claims.map(({ waiter, units }) => `${waiter.id} ${units}`).join(', ');
  const [kept, is] = [said(state.waiting.claims(sku)), said(claimsOn(state, sku))];
  return kept === is ? [] : [`${state.skus.names.name(sku)} came for those who wait (OR9): kept ${kept}, is ${is}`];
}

/** What each is called, and what gives it. */
const SUMS: Readonly<Record<SumName, readonly [what: string, terms: string]>> = {
  reserved: ['reserved', ', Σ holds (RS3)'],
  unavailable: ['unavailable', ', Σ states (AV1)'],
  'allocated-for': ['allocated', ', Σ allocations (RS3)'],
  allocated: ['allocated', ', Σ expected movements (FD8)'],
  departed: ['departed', ', Σ expected movements (FD8)'],
  available: ['available', ', Σ terms (AV1)'],
  short: ['short', ' (AV7)'],
  shortfall: ['shortfall', ' (AV7)'],
  filled: ['filled', ' (FD12)'],
  'channel-sum': ['sum of', ', Σ available (AV2)'],
  demand: ['demand on set', ', Σ holds (AV2)'],
  drawn: ['drawn of pool', ', Σ holds (AV2)'],
};

function inWords({ sum, node, ref, channel, nodes, before, after }: WrongSum): string {
  const [what, terms] = SUMS[sum];
  const place = node === undefined ? ` ${channel ?? nodes?.join(' ') ?? ''}` : ` at ${node}`;
  const isFlag = sum === 'short' || sum === 'filled';
  const said = (units: number): string => (isFlag ? String(units === 1) : String(units));
  return `${what}${place}${ref === undefined ? '' : ` for ${ref}`}${terms}: kept ${said(before)}, is ${said(after)}`;
}
