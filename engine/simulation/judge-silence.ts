import type { IntakeFact } from '../contract/intake-fact.ts';
import type { SilenceFact } from '../contract/stock-fact.ts';
import type { IntakeModel } from './intake-model.ts';
import { said, type ModelNode } from './silence-model.ts';
import type { StockModel } from './stock-model.ts';
import { require, requireSame } from './violation.ts';

// Whether facts about silence may be written down, and whether everybody agrees in the end (rule AV5).

/** What other shards have made durable. */
export interface KnownSilence {
  /** Newest time at which an event of the source at the node became a fact. */
  readonly spokeAt: (source: string, node: string) => number;
  readonly numberAt: (shard: number, node: string) => number;
}

export function judgeIntake(model: IntakeModel, fact: IntakeFact, known: KnownSilence): void {
  switch (fact.fact) {
    case 'NodeWentStale':
    case 'SilenceStepReached':
    case 'NodeCameBack':
      return judgeTurn(model, fact);
    case 'OwnerHeard': {
      const owner = model.silence.nodes.get(fact.node)?.ref.owner ?? '';
      const spokeAt = known.spokeAt(owner, fact.node);
      require(fact.heardAt <= Math.min(fact.at, spokeAt), () =>
        `${owner} is heard at ${fact.node} at ${fact.heardAt}, spoke at ${spokeAt}`);
      break;
    }
    case 'SilenceTold': {
      const number = known.numberAt(fact.shard, fact.node);
      require(number >= fact.number, () =>
        `shard ${fact.shard} knows word ${number} of ${fact.node}, not ${fact.number}`);
      break;
    }
    case 'ReferenceApplied':
    case 'FileRowsRead':
    case 'FileNoted':
    case 'ChangeScheduled':
    case 'ChangeCancelled':
    case 'ChangeFailed':
    case 'ChangeTaken':
    case 'SourceHeard':
    case 'NumbersHeard':
    case 'LetterKept':
    case 'LetterRepeated':
    case 'LetterClosed':
      break;
  }
  requireNoneOverdue(model, fact);
}

function judgeTurn(model: IntakeModel, fact: SilenceFact): void {
  const known = model.silence.nodes.get(fact.node);
  require(known !== undefined, () => `${fact.fact} of ${fact.node}, which nobody knows`);
  require(fact.number === model.lsn + 1, () => `${fact.fact} has number ${fact.number}, is fact ${model.lsn + 1}`);
  const should = model.silence.at(fact.node, fact.at);
  requireSame({ silence: said(fact).silence }, { silence: should }, () => `${fact.fact} of ${fact.node} at ${fact.at}`);
  const changes = JSON.stringify(should) !== JSON.stringify(known.silence);
  require(changes, () => `${fact.fact} of ${fact.node} says what is known`);
  const name = should === null ? 'NodeCameBack' : known.silence === null ? 'NodeWentStale' : 'SilenceStepReached';
  require(fact.fact === name, () => `${fact.fact} of ${fact.node} is a ${name}`);
}

/** What time alone has turned is written down before anything else is decided at that moment. */
function requireNoneOverdue(model: IntakeModel, { fact, at }: IntakeFact): void {
  for (const [node, { silence, changedAt }] of model.silence.nodes) {
    const since = model.silence.at(node, changedAt);
    if (at === changedAt || JSON.stringify(since) !== JSON.stringify(silence)) continue;
    const now = model.silence.at(node, at);
    require(JSON.stringify(now) === JSON.stringify(silence), () =>
      `${fact} at ${at}, yet ${node} is overdue: ${JSON.stringify(silence)} should be ${JSON.stringify(now)}`);
  }
}

/** A stock shard writes down what the intake shard has made durable, the newest word last. */
export function judgeNodeSilence(model: StockModel, fact: SilenceFact, told: SilenceFact | undefined): void {
  require(told !== undefined, () =>
    `${fact.fact} of ${fact.node}: the intake shard has no durable fact ${fact.number}`);
  requireSame(said(fact), said(told), () => `${fact.fact} of ${fact.node}`);
  const known = model.silences.get(fact.node);
  require(fact.number > (known?.number ?? 0), () => `${fact.node} knows word ${known?.number}, is told ${fact.number}`);
  const isStale = (known?.silence ?? null) !== null;
  const name = said(fact).silence === null ? 'NodeCameBack' : isStale ? 'SilenceStepReached' : 'NodeWentStale';
  require(fact.fact === name, () => `${fact.fact} of ${fact.node} is a ${name}`);
}

/** At rest every stock shard has the newest word about every node, and the intake shard knows that it has. */
export function requireSilenceAgreed(intake: IntakeModel, stocks: readonly StockModel[]): void {
  for (const [node, { silence, number, told }] of intake.silence.nodes as Map<string, ModelNode>) {
    if (number === 0) continue;
    require(told.size === stocks.length, () => `word ${number} of ${node} has reached ${[...told].join()} only`);
    for (const stock of stocks) {
      requireSame(stock.silences.get(node) ?? {}, { silence, number }, () => `a stock shard about ${node}`);
    }
  }
}
