import { FORMATS } from './formats/formats.ts';
import { cutToKeep } from './formats/text.ts';
import type { ParseReply, ParseRequest, ParseTask } from './parse-task.ts';
import type { FormatResult } from './source.ts';

/** Runs in the pool: parses one body and serves it in chunks until its port is closed (parse-task.ts). */
export default function parse(task: ParseTask): Promise<void> {
  const { port } = task;
  const answer = (reply: ParseReply): void => port.postMessage(reply);
  answer({ give: 'started' });
  let result = read(task, new Set());
  return new Promise((resolve) => {
    port.on('close', resolve);
    port.on('message', (request: ParseRequest) => {
      switch (request.want) {
        case 'reread':
          result = read(task, request.known);
          return answer(summary(result));
        case 'chunk':
          return answer({ give: 'events', events: placed(result.read, request.from, request.to) });
        case 'originals':
          return answer({ give: 'originals', texts: request.of.map((index) => originalOf(result.read, index)) });
      }
    });
    answer(summary(result));
  });
}

interface Read {
  readonly read: FormatResult;
  readonly asked: ReadonlySet<string>;
}

/** Item codes a body may ask about: the pool has no item master, so they go back to the main thread once. */
const ASKED_MAX = 200_000;

function read({ bytes, source, nodes }: ParseTask, known: ReadonlySet<string>): Read {
  const asked = new Set<string>();
  const hasItem = (sku: string): boolean => {
    if (asked.size < ASKED_MAX) asked.add(sku);
    return known.has(sku);
  };
  const byId = new Map(nodes.map((node) => [node.id as string, node]));
  return { read: FORMATS[source.format](bytes, { source, nodes: byId, hasItem }), asked };
}

function summary({ read: { events, refused, ignored, warnings }, asked }: Read): ParseReply {
  return { give: 'read', count: events.length, refused, ignored, warnings, asked: [...asked] };
}

function placed(
  result: FormatResult,
  from: number,
  to: number,
): { event: FormatResult['events'][number]['event']; place: string }[] {
  return result.events.slice(from, to).map(({ event, place }) => ({ event, place }));
}

function originalOf(result: FormatResult, index: number): string {
  return cutToKeep(result.events[index]?.original() ?? '');
}
