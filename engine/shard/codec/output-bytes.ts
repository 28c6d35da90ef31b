import { unreachable } from '../../contract/assert.ts';
import type { Outcome } from '../../contract/command.ts';
import type { ClientId } from '../../contract/ids.ts';
import type { OpenCount } from '../../contract/machine.ts';
import type { Reservation } from '../../contract/reservation.ts';
import type { Output, Reply, Said } from '../messages.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readChange, writeChange } from './change-bytes.ts';
import { readReservation, writeReservation } from './reservation-bytes.ts';

// What a turn of a shard thread tells main, as bytes. Answers that come by the thousand have a layout; the others, every
// refusal among them, are JSON.

const SAID = { json: 0, list: 1, recorded: 2, duplicate: 3, reserved: 4, released: 5 } as const;

const writer = new ByteWriter();
const reader = new ByteReader();

/** What an output may have beside, a bit each. */
const WITH = { news: 1, orders: 2 } as const;

export function outputBytes({ replies, changes, open = [], news, orders }: Output): Uint8Array<ArrayBuffer> {
  writer.at = 0;
  writer.count(replies.length);
  for (const { call, said } of replies) {
    writer.count(call);
    writeSaid(writer, said);
  }
  writer.count(changes.length);
  for (const change of changes) writeChange(writer, change);
  writeOpen(writer, open);
  writer.byte((news === undefined ? 0 : WITH.news) + (orders === undefined ? 0 : WITH.orders));
  if (news !== undefined) writer.json(news);
  if (orders !== undefined) writer.json(orders);
  return writer.take();
}

export function readOutput(bytes: Uint8Array): Output {
  const from = reader.open(bytes);
  const replies: Reply[] = [];
  for (let left = from.count(); left > 0; left--) replies.push({ call: from.count(), said: readSaid(from) });
  const changes: Output['changes'][number][] = [];
  for (let left = from.count(); left > 0; left--) changes.push(readChange(from));
  const open = readOpen(from);
  const beside = from.byte();
  const news = (beside & WITH.news) === 0 ? undefined : (from.json() as NonNullable<Output['news']>);
  const orders = (beside & WITH.orders) === 0 ? undefined : (from.json() as NonNullable<Output['orders']>);
  return {
    replies,
    changes,
    ...(open.length > 0 && { open }),
    ...(news !== undefined && { news }),
    ...(orders !== undefined && { orders }),
  };
}

type Open = NonNullable<Output['open']>;

function writeOpen(to: ByteWriter, shards: Open): void {
  to.count(shards.length);
  for (const { shard, open } of shards) {
    to.count(shard);
    to.count(open.length);
    for (const [client, count] of open) {
      to.text(client);
      to.count(count);
    }
  }
}

function readOpen(from: ByteReader): Open {
  const shards: Open[number][] = [];
  for (let left = from.count(); left > 0; left--) {
    const shard = from.count();
    const open: OpenCount[] = [];
    for (let counts = from.count(); counts > 0; counts--) open.push([from.name() as ClientId, from.count()]);
    shards.push({ shard, open });
  }
  return shards;
}

function writeSaid(to: ByteWriter, said: Said): void {
  if (Array.isArray(said)) {
    to.byte(SAID.list);
    to.count(said.length);
    for (const each of said as readonly Outcome[]) writeOutcome(to, each);
  } else if ('status' in said) writeOutcome(to, said);
  else writeJson(to, said);
}

function writeJson(to: ByteWriter, said: Said): void {
  to.byte(SAID.json);
  to.json(said);
}

/** Its layout has no place for everything that a reservation may say. */
function isUnusual({ customer, kits }: Reservation): boolean {
  return customer !== undefined || kits !== undefined;
}

function writeOutcome(to: ByteWriter, outcome: Outcome): void {
  switch (outcome.status) {
    case 'recorded':
    case 'duplicate':
      to.byte(SAID[outcome.status]);
      return to.text(outcome.position);
    case 'reserved':
      if (isUnusual(outcome.reservation)) return writeJson(to, outcome);
      to.byte(SAID.reserved);
      to.text(outcome.position);
      return writeReservation(to, outcome.reservation);
    case 'released':
      if (isUnusual(outcome.reservation)) return writeJson(to, outcome);
      to.byte(SAID.released);
      return writeReservation(to, outcome.reservation);
    case 'allocated':
    case 'applied':
    case 'cancelled':
    case 'closed':
    case 'corrected':
    case 'extended':
    case 'kept':
    case 'moved':
    case 'repaired':
    case 'pending':
    case 'waiting':
    case 'taken':
    case 'kept-for-later':
    case 'done':
    case 'refused':
    case 'scheduled':
    case 'under-way':
      return writeJson(to, outcome);
    default:
      return unreachable(outcome);
  }
}

function readSaid(from: ByteReader): Said {
  const layout = from.byte();
  switch (layout) {
    case SAID.json:
      return from.json() as Said;
    case SAID.list: {
      const outcomes: Outcome[] = [];
      for (let left = from.count(); left > 0; left--) outcomes.push(readSaid(from) as Outcome);
      return outcomes;
    }
    case SAID.recorded:
      return { status: 'recorded', position: from.text() };
    case SAID.duplicate:
      return { status: 'duplicate', position: from.text() };
    case SAID.reserved: {
      const position = from.text();
      return { status: 'reserved', reservation: readReservation(from), position };
    }
    case SAID.released:
      return { status: 'released', reservation: readReservation(from) };
    default:
      throw new Error(`an answer begins with byte ${layout}`);
  }
}
