import type { GroupId } from '../contract/ids.ts';
import type { SourcingDecision, SourcingRef, SourcingWorld } from '../contract/sourcing.ts';
import type { SourcingComparison, SourcingDifference } from '../contract/sourcing-trial.ts';
import { compareDecisions } from '../fulfilment/sourcing/compare-decisions.ts';
import { source } from '../fulfilment/sourcing/source.ts';
import type { TrialQuestion } from '../orders/ask-again.ts';
import { giveWay } from './give-way.ts';

giveWay();

/** The book's rows but rules. */
export type TrialBook = Omit<SourcingWorld, 'rules' | 'group'>;

export type TrialTask =
  | { readonly do: 'decide'; readonly book: TrialBook; readonly rules: SourcingRef; readonly question: TrialQuestion }
  | {
      readonly do: 'compare';
      readonly book: TrialBook;
      readonly live: SourcingRef;
      readonly tried: SourcingRef;
      readonly questions: readonly (Pick<SourcingDifference, 'order' | 'number' | 'placedAt'> & {
        readonly question: TrialQuestion;
      })[];
    };

/** Task of the pool thread. */
export default function tryRules(task: TrialTask): SourcingDecision | SourcingComparison {
  const { book } = task;
  const decide = (rules: SourcingRef, { order, group, skus, loads, atMs }: TrialQuestion): SourcingDecision =>
    source({ ...book, rules, group: nodesOf(book, group) }, order, skus, loads.map(withCapacity(book)), atMs);
  if (task.do === 'decide') return decide(task.rules, task.question);
  const { live, tried, questions } = task;
  const pairs = questions.map(({ question, ...about }) => {
    return { ...about, live: decide(live, question), tried: decide(tried, question), skus: question.skus };
  });
  return compareDecisions(pairs, { live, tried, nodes: book.nodes });
}

function nodesOf({ groups }: TrialBook, group: GroupId) {
  return groups.get(group)?.nodes ?? [];
}

/** A record says how many orders a node had, the book how many it takes. */
function withCapacity({ nodes }: TrialBook) {
  return (load: TrialQuestion['loads'][number]): TrialQuestion['loads'][number] => {
    const perDay = load.perDay ?? nodes.get(load.node)?.ordersPerDay;
    return perDay === undefined ? load : { ...load, perDay };
  };
}
