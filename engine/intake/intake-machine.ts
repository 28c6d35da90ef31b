import { NumberGaps, type NumberGapsSaved } from './number-gaps.ts';
import { assert, unreachable } from '../contract/assert.ts';
import type { IntakeCommand, Outcome } from '../contract/command.ts';
import type { LetterContent } from '../contract/dead-letter.ts';
import { LETTERS_BYTES_MAX, LETTERS_MAX } from '../contract/dead-letter.ts';
import { digestHex } from '../contract/digest.ts';
import type { IntakeFact } from '../contract/intake-fact.ts';
import type { Decision, Machine, ShardRequest } from '../contract/machine.ts';
import { refuse } from '../contract/outcome.ts';
import type { Heard, IntakeAnswer, IntakeQuery } from '../contract/query.ts';
import type { RowsChanged, ShardPart } from '../contract/reference-change.ts';
import type { HeartbeatEvent } from '../contract/stock-event.ts';
import { answerDesk } from './answer-desk.ts';
import { bookBlocks, loadDesk, saveDesk, type DeskSaved } from './desk-image.ts';
import { evolveDesk } from './evolve-desk.ts';
import { LetterBox, letterId } from './letter-box.ts';
import { imageOf, joinPages } from '../contract/whole-image.ts';
import {
  decideAwait,
  decideCancel,
  decideChange,
  decideDue,
  decideTaken,
  deskDueAt,
  newDesk,
} from './reference-desk.ts';
import { SilenceWatch, type SilenceSaved } from './silence-watch.ts';

/** How far a source's clock may run ahead of ours, in ms (rule FD10). */
const AHEAD_MS_MAX = 5 * 60_000;
const YEAR_2000_MS = 946_684_800_000;
const YEAR_2200_MS = 7_258_118_400_000;

type Image = {
  readonly lsn: number;
  readonly silence: SilenceSaved;
  readonly heard: readonly Heard[];
  readonly gaps: NumberGapsSaved;
  readonly letters: ReturnType<LetterBox['image']>['index'];
  /** Bytes of the letters in the pages; the book's rows follow. */
  readonly letterBytes: number;
  readonly desk: DeskSaved;
};

/**
 * What concerns no sku alone: dead letters (rule FD9), numbers that are missing (rule FD5), heartbeats and who is silent
 * (rule AV5), the reference book (rule RD1).
 */
export function createIntakeMachine({
  shard,
  stockShards,
  split,
}: {
  readonly shard: number;
  readonly stockShards: number;
  /** Which stock shards get what of a change. */
  readonly split: (changed: RowsChanged) => readonly ShardPart[];
}): Machine<IntakeCommand, IntakeFact, IntakeQuery, IntakeAnswer> {
  const letters = new LetterBox();
  const silence = new SilenceWatch(stockShards);
  const desk = newDesk(shard, split);
  const heard = new Map<string, Heard>();
  const gaps = new NumberGaps();
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
    if (desk.book.text('sources', source) === undefined) return refuse('unknown-source', { field: 'source' });
    if (node !== undefined && desk.book.text('nodes', node) === undefined) {
      return refuse('unknown-node', { field: 'node' });
    }
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

  function noteFile({ file, digest }: Extract<IntakeCommand, { do: 'note-file' }>, at: number): Decision<IntakeFact> {
    const facts: IntakeFact[] = desk.files.get(file) === digest ? [] : [{ fact: 'FileNoted', at, file, digest }];
    return { outcome: { status: 'applied' }, facts, requests: [] };
  }

  function tick(atMs: number): Decision<IntakeFact> {
    const facts = silence.turned(atMs, lastLsn + 1);
    // One or the other: each judges by what is there, and the next tick follows at once.
    return facts.length === 0 ? decideDue(desk, atMs) : applied(facts, silence.requestsOf(facts, shard));
  }

  function header(): Image {
    const { index } = letters.image();
    const letterBytes = index.reduce((sum, [, bytes]) => sum + bytes, 0);
    return {
      lsn: lastLsn,
      silence: silence.save(),
      heard: [...heard.values()],
      gaps: gaps.save(),
      letters: index,
      letterBytes,
      desk: saveDesk(desk),
    };
  }

  return {
    decide(command, atMs) {
      switch (command.do) {
        case 'hear':
          return hear(command.event, atMs);
        case 'hear-numbers': {
          const known = command.seen.filter(({ source }) => desk.book.text('sources', source) !== undefined);
          const seen = gaps.news(known);
          return applied(seen.length === 0 ? [] : [{ fact: 'NumbersHeard', at: atMs, seen }]);
        }
        case 'keep-letters':
          return keep(command.letters, atMs);
        case 'close-letter':
          return close(command, atMs);
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
        case 'change':
          return decideChange(desk, command, atMs);
        case 'cancel-change':
          return decideCancel(desk, command, atMs);
        case 'change-taken':
          return decideTaken(desk, command, atMs);
        case 'await-changes':
          return decideAwait(desk);
        case 'note-file':
          return noteFile(command, atMs);
        case 'tick':
          return tick(atMs);
        default:
          return unreachable(command);
      }
    },
    evolve(fact, lsn) {
      assert(lsn === lastLsn + 1, () => `fact ${lsn} follows fact ${lastLsn}`);
      lastLsn = lsn;
      switch (fact.fact) {
        case 'ReferenceApplied':
          silence.apply(fact, fact.at);
          return evolveDesk(desk, fact);
        case 'FileRowsRead':
        case 'FileNoted':
        case 'ChangeScheduled':
        case 'ChangeCancelled':
        case 'ChangeFailed':
        case 'ChangeTaken':
          return evolveDesk(desk, fact);
        case 'SourceHeard': {
          const { source, node, at } = fact.event;
          heard.set(heardKey(fact.event), { source, ...(node !== undefined && { node }), at });
          return silence.hear(source, node, fact.at, fact.at);
        }
        case 'NumbersHeard':
          return gaps.hear(fact.seen, fact.at);
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
    dueAt: () => Math.min(deskDueAt(desk), silence.dueAt()),
    takeChanges: () => [],
    takeOpen: () => [],
    answer(query) {
      switch (query.ask) {
        case 'letters':
          return { answer: 'letters', letters: letters.list(query) };
        case 'letter':
          return { answer: 'letter', letter: letters.get(query.id) };
        case 'stats':
          return {
            answer: 'stats',
            stats: {
              open: letters.open,
              silent: silence.silent,
              heard: [...heard.values()],
              gaps: gaps.summary(),
            },
          };
        case 'gaps':
          return { answer: 'gaps', streams: gaps.of(query.source, query.limit) };
        case 'lsn':
          return { answer: 'lsn', lsn: lastLsn };
        case 'reference':
        case 'rows':
        case 'row':
        case 'pending':
        case 'file':
          return answerDesk(desk, query);
        default:
          return unreachable(query);
      }
    },
    outstanding: () => [...desk.deliveries.outstanding(), ...silence.requests(shard)],
    beginImage: () => {
      const contents = [...letters.image().contents, ...bookBlocks(desk)];
      return imageOf(new TextEncoder().encode(JSON.stringify(header())), contents);
    },
    restore(headerBytes, pages) {
      assert(lastLsn === 0, () => 'only a new machine can be restored');
      const image = JSON.parse(new TextDecoder().decode(headerBytes)) as Image;
      lastLsn = image.lsn;
      silence.load(image.silence);
      gaps.load(image.gaps);
      for (const each of image.heard) heard.set(heardKey(each), each);
      const bytes = joinPages(pages);
      letters.restore(image.letters, bytes.subarray(0, image.letterBytes));
      loadDesk(desk, image.desk, bytes.subarray(image.letterBytes));
    },
    // An id is a digest of its content, so the index stands for the letters whole; the book keeps its own.
    digest: () => digestHex(JSON.stringify(header())),
  };
}

function applied(facts: readonly IntakeFact[], requests: readonly ShardRequest[] = []): Decision<IntakeFact> {
  return { outcome: { status: 'applied' }, facts, requests };
}

function heardKey({ source, node }: { readonly source: string; readonly node?: string }): string {
  return `${source}\n${node ?? ''}`;
}
