import type { CarrierRef, SourcingRef, SourcingStep } from './sourcing.ts';

// What is wrong with rules although each field is well formed: steps that can never decide, carriers that never drive there.
// Told before they are saved, in sentences.

/** What is wrong, and where: a path within the row, e.g. `steps.1`. */
export interface RuleFault {
  readonly field: string;
  readonly rule: string;
}

/** Faults of a set of rules, the first step's first; empty: none is known. */
export function validateSourcing({ steps }: SourcingRef): readonly RuleFault[] {
  return steps.flatMap((step, index) =>
    [
      ...twice(steps, step, index),
      ...contradictions(step).map((fault) => `step "${step.name}" ${fault}`),
      ...shadowed(steps, step, index),
    ].map((rule) => ({ field: `steps.${index}`, rule })),
  );
}

/** Faults of a carrier's row; empty: none is known. */
export function validateCarrier({ zones }: CarrierRef): readonly RuleFault[] {
  return zones.flatMap(({ zone, kmMax }, index) => {
    const before = zones[index - 1];
    if (before === undefined || before.kmMax < kmMax) return [];
    const rule = `zone "${zone}" ends at ${kmMax} km, "${before.zone}" before it at ${before.kmMax}: put the nearer zone first`;
    return [{ field: `zones.${index}`, rule }];
  });
}

function twice(steps: readonly SourcingStep[], { name }: SourcingStep, index: number): readonly string[] {
  const isTwice = steps.findIndex((other) => other.name === name) < index;
  return isTwice ? [`step "${name}" is there twice; explanations name steps, so each needs its own name`] : [];
}

function contradictions({ match = {}, candidates = {}, constraints = {}, rank, priorities }: SourcingStep): string[] {
  const { valueMinorMin = 0, valueMinorMax = Infinity, methods } = match;
  const { nodesMax, splitValueMinorMin } = constraints;
  const { nodes, except = [], groups } = candidates;
  const faults: string[] = [];
  if (valueMinorMax < valueMinorMin)
    faults.push(`matches no order: its lowest value ${valueMinorMin} is above its highest ${valueMinorMax}`);
  if (nodes !== undefined && groups === undefined && nodes.every((node) => except.includes(node))) {
    faults.push('has no candidates: every node it names is excepted');
  }
  if (nodesMax === 1 && splitValueMinorMin !== undefined) {
    faults.push('never splits an order (nodesMax 1), so the value to split from decides nothing');
  }
  if (splitValueMinorMin !== undefined && splitValueMinorMin > valueMinorMax) {
    faults.push(`splits only orders above ${splitValueMinorMin}, and matches none of them`);
  }
  if (rank.includes('priority') && Object.keys(priorities ?? {}).length === 0) {
    faults.push('ranks by priority and gives none');
  }
  if (!rank.includes('priority') && priorities !== undefined) faults.push('gives priorities and does not rank by them');
  if (new Set(rank).size < rank.length) faults.push('ranks by the same thing twice');
  if (methods?.every((method) => method === 'pickup') === true && candidates.kmMax !== undefined) {
    faults.push('bounds the distance of orders that are picked up, which have none');
  }
  return faults;
}

/** A step behind one that takes every such order and ends the waterfall is never reached. */
function shadowed(steps: readonly SourcingStep[], step: SourcingStep, index: number): readonly string[] {
  const by = steps.slice(0, index).find((before) => isLast(before) && covers(before, step));
  return by === undefined
    ? []
    : [`step "${step.name}" is never reached: "${by.name}" before it decides about all its orders`];
}

function isLast({ otherwise = 'next' }: SourcingStep): boolean {
  return otherwise !== 'next';
}

/** Whether every order that matches `step` matches `before` too, as far as fields alone say. */
function covers({ match: wide = {} }: SourcingStep, { match: narrow = {} }: SourcingStep): boolean {
  const lists = ['channels', 'methods', 'tags', 'countries', 'postcodes', 'departments'] as const;
  const { valueMinorMin = 0, valueMinorMax = Infinity } = narrow;
  if ((wide.valueMinorMin ?? 0) > valueMinorMin || (wide.valueMinorMax ?? Infinity) < valueMinorMax) return false;
  return lists.every((list) => {
    const allowed: readonly string[] | undefined = wide[list];
    return allowed === undefined || (narrow[list]?.every((one) => allowed.includes(one)) ?? false);
  });
}
