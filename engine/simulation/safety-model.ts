import type { SafetyRef } from '../contract/reference.ts';
import { require } from './violation.ts';

// Rule AV1, safety rules by their sentences. They are few here, so every position looks through all of them.

export interface RulePlace {
  readonly sku: string;
  readonly node: string;
  readonly department: string | undefined;
  readonly nodeKind: string | undefined;
}

/** In the order they outweigh each other. */
const NAMED = ['sku', 'node', 'department', 'nodeKind'] as const;

/** The rule that holds at a place and a moment, or none. */
export function ruleAt(rules: Iterable<SafetyRef>, place: RulePlace, atMs: number): SafetyRef | undefined {
  let winner: SafetyRef | undefined;
  for (const rule of rules) {
    if (isOn(rule, atMs) && names(rule, place) && (winner === undefined || outweighs(rule, winner))) winner = rule;
  }
  return winner;
}

function isOn({ from, to }: SafetyRef, atMs: number): boolean {
  return (from === undefined || from <= atMs) && (to === undefined || atMs < to);
}

function names(rule: SafetyRef, place: RulePlace): boolean {
  return NAMED.every((name) => rule[name] === undefined || rule[name] === place[name]);
}

function outweighs(rule: SafetyRef, other: SafetyRef): boolean {
  for (const name of NAMED) {
    const [ours, theirs] = [rule[name] !== undefined, other[name] !== undefined];
    if (ours !== theirs) return ours;
  }
  const isDated = ({ from, to }: SafetyRef): boolean => from !== undefined || to !== undefined;
  if (isDated(rule) !== isDated(other)) return isDated(rule);
  const [began, otherBegan] = [rule.from ?? 0, other.from ?? 0];
  return began === otherBegan ? rule.id > other.id : began > otherBegan;
}

/** Whether a rule begins or ends after `since`, and by `atMs` at the latest. */
function hasDateBetween(rules: Iterable<SafetyRef>, since: number, atMs: number): boolean {
  const isBetween = (date: number | undefined): boolean => date !== undefined && date > since && date <= atMs;
  for (const { from, to } of rules) if (isBetween(from) || isBetween(to)) return true;
  return false;
}

/** A date takes effect by a fact of its own, before anything else is decided at that moment. */
export function requireDatesReached(
  model: { readonly safetyRules: ReadonlyMap<string, SafetyRef>; readonly safetyAtMs: number },
  fact: { readonly fact: string; readonly at: number },
): void {
  const isDue = hasDateBetween(model.safetyRules.values(), model.safetyAtMs, fact.at);
  const isTurn = fact.fact === 'SafetyDatesReached';
  require(isDue || !isTurn, () => `no safety rule begins or ends by ${fact.at}`);
  require(!isDue || isTurn, () => `${fact.fact} at ${fact.at}, yet a safety rule began or ended since`);
}
