import { assert, unreachable } from '../contract/assert.ts';
import type { IntakeCommand, Outcome } from '../contract/command.ts';
import type { LetterContent } from '../contract/dead-letter.ts';
import { LETTERS_BYTES_MAX, LETTERS_MAX } from '../contract/dead-letter.ts';
import { digestHex } from '../contract/digest.ts';
import type { IntakeFact } from '../contract/fact.ts';
import type { Decision, Machine, ShardRequest } from '../contract/machine.ts';
import { refuse } from '../contract/outcome.ts';
import type { Heard, IntakeAnswer, IntakeQuery } from '../contract/query.ts';
import type { HeartbeatEvent } from '../contract/stock-event.ts';
import { LetterBox, letterId } from './letter-box.ts';
import { imageOf, joinPages } from './letter-image.ts';
import { SilenceWatch, type SilenceSaved } from './silence-watch.ts';

/** How far a source's clock may run ahead of ours, in ms (rule FD10). */
const AHEAD_MS_MAX = 5 * 60_000;
const YEAR_2000_MS = 946_684_800_000;
const YEAR_2200_MS = 7_258_118_400_000;

type Image = {
  readonly lsn: number;
  readonly silence: SilenceSaved;
  readonly heard: readonly Heard[];
  readonly letters: ReturnType<LetterBox['image']>['index'];
};

/** What concerns sources and not skus: dead letters (rule FD9), heartbeats, and who is silent (rule AV5). */
export function createIntakeMachine({
  shard,
  stockShards,
}: {
  readonly shard: number;
  readonly stockShards: number;
}): Machine<IntakeCommand, IntakeFact, IntakeQuery, IntakeAnswer> {
  const letters = new LetterBox();
  const silence = new SilenceWatch(stockShards);
  const heard = new Map<string, Heard>();
  let lastLsn = 0;

  function hear(event: HeartbeatEvent, at: number): Decision<IntakeFact> {
    const refusal = refusalOf(event, at);
    if (refusal !== undefined) return { outcome: refusal, facts: [], requests: [] };
    const position = `${shard}.${lastLsn + 1}`;
    const known = heard.get(heardKey(event));
    if (known !== undefined && known.at >= event.at) {
      return { outcome: { status: 'duplicate', position: `${shard}.${lastLsn}` }, facts: [], requests: [] };
    }
    return { outcome: { status: 'recorded', position }, facts: [{ fact: 'SourceHeard', at, event }], requests: [] };
  }

  /** In the order of EVENT_REFUSALS, as far as they concern a heartbeat. */
  function refusalOf({ source, node, at: saidAt }: HeartbeatEvent, at: number): Outcome | undefined {
    if (!silence.hasSource(source)) return refuse('unknown-source', { field: 'source' });
    if (node !== undefined && !silence.hasNode(node)) return refuse('unknown-node', { field: 'node' });
    if (!(saidAt >= YEAR_2000_MS && saidAt < YEAR_2200_MS)) return refuse('malformed-time', { field: 'at' });
    if (saidAt > at + AHEAD_MS_MAX) return refuse('from-the-future', { field: 'at' });
    return undefined;
  }

  function keep(contents: readonly LetterContent[], at: number): Decision<IntakeFact> {
    const facts: IntakeFact[] = [];
    const ids: string[] = [];
    const fresh = new Map<string, number>();
    for (const content of contents) {
      const id = letterId(content);
      ids.push(id);
      const status = letters.statusOf(id);
      if (status?.state === 'open' || fresh.has(id)) {
        facts.push({ fact: 'LetterRepeated', at, id });
        continue;
      }
      fresh.set(id, LetterBox.bytesOf(content));
      facts.push({
        fact: 'LetterKept',
        at,
        letter: { ...content, id, state: 'open', times: (status?.times ?? 0) + 1 },
      });
    }
    const bytes = [...fresh.values()].reduce((sum, each) => sum + each, letters.bytes);
    if (letters.open + fresh.size > LETTERS_MAX || (fresh.size > 0 && bytes > LETTERS_BYTES_MAX)) {
      return { outcome: { status: 'refused', code: 'too-many-letters' }, facts: [], requests: [] };
    }
    return { outcome: { status: 'kept', ids }, facts, requests: [] };
  }

  function close(command: Extract<IntakeCommand, { do: 'close-letter' }>, at: number): Decision<IntakeFact> {
    const { id, as, by } = command;
    const status = letters.statusOf(id);
    const no = (code: 'unknown-letter' | 'letter-not-open'): Decision<IntakeFact> => ({
      outcome: { status: 'refused', code },
      facts: [],
      requests: [],
    });
    if (status === undefined) return no('unknown-letter');
    if (status.state !== 'open') return no('letter-not-open');
    return { outcome: { status: 'closed' }, facts: [{ fact: 'LetterClosed', at, id, as, by }], requests: [] };
  }

  function header(): Image {
    const { index } = letters.image();
    return { lsn: lastLsn, silence: silence.save(), heard: [...heard.values()], letters: index };
  }

  return {
    decide(command, atMs) {
      switch (command.do) {
        case 'hear':
          return hear(command.event, atMs);
        case 'keep-letters':
          return keep(command.letters, atMs);
        case 'close-letter':
          return close(command, atMs);
        case 'apply': {
          const { of } = command.batch;
          const concerns = of === 'sources' || of === 'nodes';
          const facts: IntakeFact[] = concerns ? [{ fact: 'ReferenceApplied', at: atMs, batch: command.batch }] : [];
          return applied(facts);
        }
        case 'owner-heard': {
          const { node, heardAt } = command;
          // Threads read their clocks apart.
          const heard = Math.min(heardAt, atMs);
          return applied(silence.isNews(command) ? [{ fact: 'OwnerHeard', at: atMs, node, heardAt: heard }] : []);
        }
        case 'silence-told': {
          const { node, number, shard: from } = command;
          const isNew = silence.isToldNow(command);
          return applied(isNew ? [{ fact: 'SilenceTold', at: atMs, node, number, shard: from }] : []);
        }
        case 'tick': {
          const facts = silence.turned(atMs, lastLsn + 1);
          return applied(facts, silence.requestsOf(facts, shard));
        }
        default:
          return unreachable(command);
      }
    },
    evolve(fact, lsn) {
      assert(lsn === lastLsn + 1, () => `fact ${lsn} follows fact ${lastLsn}`);
      lastLsn = lsn;
      switch (fact.fact) {
        case 'ReferenceApplied':
          if (fact.batch.of === 'sources') silence.applySources(fact.batch.rows, fact.at);
          if (fact.batch.of === 'nodes') silence.applyNodes(fact.batch.rows, fact.at);
          return;
        case 'SourceHeard': {
          const { source, node, at } = fact.event;
          heard.set(heardKey(fact.event), { source, ...(node !== undefined && { node }), at });
          return silence.hear(source, node, fact.at, fact.at);
        }
        case 'OwnerHeard':
          return silence.hearOwner(fact.node, fact.heardAt, fact.at);
        case 'NodeWentStale':
        case 'SilenceStepReached':
        case 'NodeCameBack':
          return silence.turn(fact);
        case 'SilenceTold':
          return silence.tell(fact.node, fact.shard);
        case 'LetterKept':
          return letters.keep(fact.letter);
        case 'LetterRepeated':
          return letters.repeat(fact.id);
        case 'LetterClosed':
          return letters.close(fact.id, fact.as, fact.by, fact.at);
        default:
          return unreachable(fact);
      }
    },
    dueAt: () => silence.dueAt(),
    takeChanges: () => [],
    takeOpen: () => [],
    answer(query) {
      switch (query.ask) {
        case 'letters':
          return { answer: 'letters', letters: letters.list(query) };
        case 'letter':
          return { answer: 'letter', letter: letters.get(query.id) };
        case 'stats':
          return { answer: 'stats', stats: { open: letters.open, silent: silence.silent, heard: [...heard.values()] } };
        default:
          return unreachable(query);
      }
    },
    outstanding: () => silence.requests(shard),
    beginImage: () => imageOf(new TextEncoder().encode(JSON.stringify(header())), letters.image().contents),
    restore(bytes, pages) {
      assert(lastLsn === 0, () => 'only a new machine can be restored');
      const image = JSON.parse(new TextDecoder().decode(bytes)) as Image;
      lastLsn = image.lsn;
      silence.load(image.silence);
      for (const each of image.heard) heard.set(heardKey(each), each);
      letters.restore(image.letters, joinPages(pages));
    },
    // An id is a digest of its content, so the index stands for the letters whole.
    digest: () => digestHex(JSON.stringify(header())),
  };
}

function applied(facts: readonly IntakeFact[], requests: readonly ShardRequest[] = []): Decision<IntakeFact> {
  return { outcome: { status: 'applied' }, facts, requests };
}

function heardKey({ source, node }: { readonly source: string; readonly node?: string }): string {
  return `${source}\n${node ?? ''}`;
}
