import type { NodeId, Sku } from '../contract/ids.ts';
import type { SafetyRef } from '../contract/reference.ts';
import { isEffective, SafetyPlan } from './safety-plan.ts';
import type { StockState } from './stock-state.ts';

/** Safety rules as of a moment, which moves only by facts: with a row that is applied, or when a date is reached. */
export class SafetyTable {
  /** Rules are judged at this moment, ms since the epoch. */
  private asOfMs = 0;
  private rules: readonly SafetyRef[] = [];
  private effective: readonly SafetyRef[] = [];
  private plan = new SafetyPlan([]);
  private nextDate = Infinity;

  /** No rule holds: every position has its node's own figure. */
  get isEmpty(): boolean {
    return this.effective.length === 0;
  }

  /** When a rule next begins or ends, ms since the epoch; Infinity when none does. */
  get nextDateMs(): number {
    return this.nextDate;
  }

  get current(): SafetyPlan {
    return this.plan;
  }

  /** Moves to a moment, with the rules as they now are; returns those that began, ended or changed. */
  turnTo(atMs: number, rules: readonly SafetyRef[] = this.rules): readonly SafetyRef[] {
    const before = new Set(this.effective);
    this.asOfMs = Math.max(this.asOfMs, atMs);
    this.rules = rules;
    this.effective = rules.filter((rule) => isEffective(rule, this.asOfMs));
    this.plan = new SafetyPlan(this.effective);
    this.nextDate = nextDateOf(rules, this.asOfMs);
    const now = new Set(this.effective);
    return [...this.effective.filter((rule) => !before.has(rule)), ...[...before].filter((rule) => !now.has(rule))];
  }

  /** Rules as they will hold at a later moment; changes nothing. */
  planAt(atMs: number): SafetyPlan {
    return new SafetyPlan(this.rules.filter((rule) => isEffective(rule, atMs)));
  }

  /** Moments up to `untilMs` at which a rule begins or ends, earliest first. */
  datesUntil(untilMs: number): number[] {
    const dates = this.rules.flatMap(({ from, to }) => [from, to]).filter((date) => date !== undefined);
    return [...new Set(dates.filter((date) => date > this.asOfMs && date <= untilMs))].sort((a, b) => a - b);
  }

  save(): number {
    return this.asOfMs;
  }

  load(asOfMs: number, rules: readonly SafetyRef[]): void {
    this.turnTo(asOfMs, rules);
  }
}

function nextDateOf(rules: readonly SafetyRef[], asOfMs: number): number {
  let next = Infinity;
  for (const { from = 0, to = 0 } of rules) {
    for (const date of [from, to]) if (date > asOfMs && date < next) next = date;
  }
  return next;
}

/** Units kept back at a position now: the rule that holds there, else the node's own figure. */
export function safetyOf(state: StockState, sku: number, node: number): number {
  const own = state.nodes.at(node).safety;
  return state.safety.isEmpty ? own : plannedSafety(state, state.safety.current, sku, node);
}

export function plannedSafety(state: StockState, plan: SafetyPlan, sku: number, node: number): number {
  return safetyRuleOf(state, plan, sku, node)?.units ?? state.nodes.at(node).safety;
}

/** undefined: the node's own figure holds. */
export function safetyRuleOf(state: StockState, plan: SafetyPlan, sku: number, node: number): SafetyRef | undefined {
  const { reference, skus, nodes } = state;
  const name = skus.names.name(sku) as Sku;
  const at = nodes.names.name(node) as NodeId;
  const department = reference.items.get(name)?.ref.department;
  return plan.ruleFor(name, department, at, () => reference.nodes.get(at)?.kind);
}
