import { FORMATS } from './formats/formats.ts';
import { cutToKeep } from './formats/text.ts';
import { orderFormats } from './orders/formats.ts';
import type { OrderReading } from './orders/source.ts';
import type { ParseReply, ParseRequest, ParseTask, ReadList } from './parse-task.ts';
import type { PlacedEvent, PlacedMessage } from './reading.ts';

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
        case 'events':
          return answer({ give: 'events', events: eventsOf(result.read, request) });
        case 'messages':
          return answer({ give: 'messages', messages: messagesOf(result.read, request) });
        case 'originals': {
          const { of, indices } = request;
          return answer({ give: 'originals', texts: indices.map((index) => originalOf(result.read, of, index)) });
        }
      }
    });
    answer(summary(result));
  });
}

interface Read {
  readonly read: OrderReading;
  readonly asked: ReadonlySet<string>;
}

/** Item codes a body may ask about: the pool has no item master, so they go back to the main thread once. */
const ASKED_MAX = 200_000;

function read({ bytes, as, nodes }: ParseTask, known: ReadonlySet<string>): Read {
  const asked = new Set<string>();
  const hasItem = (sku: string): boolean => {
    if (asked.size < ASKED_MAX) asked.add(sku);
    return known.has(sku);
  };
  const world = { nodes: new Map(nodes.map((node) => [node.id as string, node])), hasItem };
  if ('orders' in as) return { read: orderFormats[as.orders.format](bytes, { ...as.orders.about, ...world }), asked };
  return { read: { ...FORMATS[as.feed.format](bytes, { source: as.feed, ...world }), messages: [] }, asked };
}

function summary({ read: { events, messages, refused, ignored, warnings }, asked }: Read): ParseReply {
  const counts = { events: events.length, messages: messages.length };
  return { give: 'read', counts, refused, ignored, warnings, asked: [...asked] };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

// Without the originals: functions do not travel.

function eventsOf({ events }: OrderReading, { from, to }: Range): PlacedEvent[] {
  return events.slice(from, to).map(({ event, place }) => ({ event, place }));
}

function messagesOf({ messages }: OrderReading, { from, to }: Range): PlacedMessage[] {
  return messages.slice(from, to).map(({ original: _original, ...placed }) => placed);
}

function originalOf(result: OrderReading, of: ReadList, index: number): string {
  return cutToKeep(result[of][index]?.original() ?? '');
}
