import type { ClientId, ReservationId } from '../../contract/ids.ts';
import type { ShardRequest } from '../../contract/machine.ts';
import type { StockEvent } from '../../contract/stock-event.ts';
import type { Item, Work } from '../messages.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readDelta, writeDelta } from './event-bytes.ts';
import { readRequest, readUnits, writeRequest, writeUnits } from './reservation-bytes.ts';

// Work for a shard thread, as bytes, one item behind the other. What comes by the thousand has a layout; the rest is JSON.

const ITEM = { json: 0, events: 1, reserve: 2, release: 3 } as const;
const EVENT = { json: 0, delta: 1 } as const;

/** Appends one item; `call` names who waits. */
export function writeItem(to: ByteWriter, call: number, work: Work): void {
  // What somebody approved is rare: no layout.
  if ('events' in work && work.approvedBy === undefined) return writeEvents(to, call, work);
  if ('command' in work && work.command.do === 'reserve' && !hasKits(work.command)) {
    head(to, ITEM.reserve, call, work.shard);
    return writeReserve(to, work.command);
  }
  if ('command' in work && work.command.do === 'release') {
    head(to, ITEM.release, call, work.shard);
    to.text(work.command.id);
    return to.text(work.command.client);
  }
  to.byte(ITEM.json);
  return to.json({ call, ...work });
}

/** Few have any: no layout. */
const hasKits = (command: Reserve): boolean => 'kits' in command && command.kits !== undefined;

type Reserve = Extract<Extract<Work, { command: unknown }>['command'], { do: 'reserve' }>;

/** What others hold for the client as none, or its number and one. */
function writeReserve(to: ByteWriter, command: Reserve): void {
  writeRequest(to, command.request);
  writeUnits(to, 'shards' in command ? command.shards : undefined);
  to.count(command.heldElsewhere === undefined ? 0 : command.heldElsewhere + 1);
}

function readReserve(from: ByteReader): Reserve {
  const request = readRequest(from);
  const shards = readUnits(from);
  const held = from.count();
  const asked =
    shards === undefined ? { do: 'reserve' as const, request } : { do: 'reserve' as const, request, shards };
  return held === 0 ? asked : { ...asked, heldElsewhere: held - 1 };
}

const requestWriter = new ByteWriter();

/** A request of another shard: nobody waits for it. */
export function requestBytes({ shard, command }: ShardRequest): Uint8Array<ArrayBuffer> {
  requestWriter.byte(ITEM.json);
  requestWriter.json({ shard, request: command });
  return requestWriter.take();
}

function head(to: ByteWriter, layout: number, call: number, shard: number): void {
  to.byte(layout);
  to.count(call);
  to.count(shard);
}

function writeEvents(to: ByteWriter, call: number, work: Extract<Work, { events: unknown }>): void {
  head(to, ITEM.events, call, work.shard);
  to.f64(work.receivedAt);
  to.count(work.events.length);
  for (const event of work.events) {
    // One that carries out a movement of ours is as rare as the movement.
    if (event.kind === 'delta' && event.movementRef === undefined) {
      to.byte(EVENT.delta);
      writeDelta(to, event);
    } else {
      to.byte(EVENT.json);
      to.json(event);
    }
  }
}

const reader = new ByteReader();

/** Every item of a batch. */
export function readItems(bytes: Uint8Array): Item[] {
  const from = reader.open(bytes);
  const items: Item[] = [];
  while (!from.isAtEnd) items.push(readItem(from));
  return items;
}

function readItem(from: ByteReader): Item {
  const layout = from.byte();
  if (layout === ITEM.json) return from.json() as Item;
  const call = from.count();
  const shard = from.count();
  switch (layout) {
    case ITEM.events:
      return { call, shard, receivedAt: from.f64(), events: readEvents(from) };
    case ITEM.reserve:
      return { call, shard, command: readReserve(from) };
    case ITEM.release: {
      const id = from.text() as ReservationId;
      return { call, shard, command: { do: 'release', id, client: from.name() as ClientId } };
    }
    default:
      throw new Error(`an item begins with byte ${layout}`);
  }
}

function readEvents(from: ByteReader): StockEvent[] {
  const events: StockEvent[] = [];
  for (let left = from.count(); left > 0; left--) {
    events.push(from.byte() === EVENT.delta ? readDelta(from) : (from.json() as StockEvent));
  }
  return events;
}
