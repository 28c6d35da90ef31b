import { assert, unreachable } from '../contract/assert.ts';
import type { IntakeCommand, Outcome } from '../contract/command.ts';
import type { LetterContent } from '../contract/dead-letter.ts';
import { LETTERS_BYTES_MAX, LETTERS_MAX } from '../contract/dead-letter.ts';
import { digestHex } from '../contract/digest.ts';
import type { IntakeFact } from '../contract/fact.ts';
import type { Decision, Machine } from '../contract/machine.ts';
import { refuse } from '../contract/outcome.ts';
import type { Heard, IntakeAnswer, IntakeQuery } from '../contract/query.ts';
import type { HeartbeatEvent } from '../contract/stock-event.ts';
import { LetterBox, letterId } from './letter-box.ts';
import { imageOf, joinPages } from './letter-image.ts';

/** How far a source's clock may run ahead of ours, in ms (rule FD10). */
const AHEAD_MS_MAX = 5 * 60_000;
const YEAR_2000_MS = 946_684_800_000;
const YEAR_2200_MS = 7_258_118_400_000;

type Image = {
  readonly lsn: number;
  readonly sources: readonly string[];
  readonly nodes: readonly string[];
  readonly heard: readonly Heard[];
  readonly letters: ReturnType<LetterBox['image']>['index'];
};

/** What concerns sources and not skus: dead letters (rule FD9) and heartbeats (rule AV5). */
export function createIntakeMachine({
  shard,
}: {
  readonly shard: number;
}): Machine<IntakeCommand, IntakeFact, IntakeQuery, IntakeAnswer> {
  const letters = new LetterBox();
  const sources = new Set<string>();
  const nodes = new Set<string>();
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
    if (!sources.has(source)) return refuse('unknown-source', { field: 'source' });
    if (node !== undefined && !nodes.has(node)) return refuse('unknown-node', { field: 'node' });
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
    return { lsn: lastLsn, sources: [...sources], nodes: [...nodes], heard: [...heard.values()], letters: index };
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
          return { outcome: { status: 'applied' }, facts, requests: [] };
        }
        case 'tick':
          return { outcome: { status: 'applied' }, facts: [], requests: [] };
        default:
          return unreachable(command);
      }
    },
    evolve(fact, lsn) {
      assert(lsn === lastLsn + 1, () => `fact ${lsn} follows fact ${lastLsn}`);
      lastLsn = lsn;
      switch (fact.fact) {
        case 'ReferenceApplied':
          if (fact.batch.of === 'sources') for (const { id } of fact.batch.rows) sources.add(id);
          if (fact.batch.of === 'nodes') for (const { id } of fact.batch.rows) nodes.add(id);
          return;
        case 'SourceHeard': {
          const { source, node, at } = fact.event;
          heard.set(heardKey(fact.event), { source, ...(node !== undefined && { node }), at });
          return;
        }
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
    dueAt: () => Infinity,
    takeChanges: () => [],
    answer(query) {
      switch (query.ask) {
        case 'letters':
          return { answer: 'letters', letters: letters.list(query) };
        case 'letter':
          return { answer: 'letter', letter: letters.get(query.id) };
        case 'stats':
          return { answer: 'stats', stats: { open: letters.open, heard: [...heard.values()] } };
        default:
          return unreachable(query);
      }
    },
    outstanding: () => [],
    beginImage: () => imageOf(new TextEncoder().encode(JSON.stringify(header())), letters.image().contents),
    restore(bytes, pages) {
      assert(lastLsn === 0, () => 'only a new machine can be restored');
      const image = JSON.parse(new TextDecoder().decode(bytes)) as Image;
      lastLsn = image.lsn;
      for (const id of image.sources) sources.add(id);
      for (const id of image.nodes) nodes.add(id);
      for (const each of image.heard) heard.set(heardKey(each), each);
      letters.restore(image.letters, joinPages(pages));
    },
    // An id is a digest of its content, so the index stands for the letters whole.
    digest: () => digestHex(JSON.stringify(header())),
  };
}

function heardKey({ source, node }: { readonly source: string; readonly node?: string }): string {
  return `${source}\n${node ?? ''}`;
}
