import { unreachable } from '../../contract/assert.ts';
import type { Fact } from '../../contract/fact.ts';
import type { HoldEnd } from '../../contract/stock-fact.ts';
import type { ChannelId, ClientId, ReservationId } from '../../contract/ids.ts';
import type { DeltaEvent } from '../../contract/stock-event.ts';
import { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { readDelta, writeDelta } from './event-bytes.ts';
import {
  readLines,
  readRefusal,
  readRequest,
  readReservation,
  withCustomer,
  readUnits,
  writeLines,
  writeRefusal,
  writeRequest,
  writeReservation,
  writeUnits,
} from './reservation-bytes.ts';

// A fact as bytes: the journal's format, read by everybody who reads a journal. Facts that come by the thousand have a
// layout of their own, begun by their number; all others are JSON, whose first byte is `{`. So a journal of before, all
// JSON, is read as it is. Numbers are never used again for another layout: old journals hold them.

const JSON_BEGIN = 0x7b; // {

const LAYOUT = {
  deltaRecorded: 1,
  unitsReserved: 2,
  unitsReleased: 3,
  reservationRefused: 4,
  partHeld: 5,
  partEnded: 6,
  reservationStarted: 7,
  partAnswered: 8,
  reservationDecided: 9,
  reservationEnded: 10,
  partClosed: 11,
  /** A delta that carries out a movement of ours: its reference stands behind it. */
  movementRecorded: 12,
  /** Units reserved for a customer, whose name stands behind. */
  reservedFor: 13,
} as const;

type FactOf<Name extends Fact['fact']> = Extract<Fact, { fact: Name }>;

/** What comes by the thousand; every other fact is JSON. */
const LAID_OUT = [
  'StockRecorded',
  'UnitsReserved',
  'UnitsReleased',
  'ReservationRefused',
  'PartHeld',
  'PartEnded',
  'ReservationStarted',
  'PartAnswered',
  'ReservationDecided',
  'ReservationEnded',
  'PartClosed',
] as const;
const LAID_OUT_NAMES: ReadonlySet<string> = new Set(LAID_OUT);

function isLaidOut(fact: Fact): fact is FactOf<(typeof LAID_OUT)[number]> {
  return LAID_OUT_NAMES.has(fact.fact);
}

/** Writes the fact and nothing else: whoever reads it is given where it ends. */
export function writeFact(to: ByteWriter, fact: Fact): void {
  if (!isLaidOut(fact)) return writeJson(to, fact);
  switch (fact.fact) {
    case 'StockRecorded':
      // Few are approved: no layout.
      if (fact.event.kind !== 'delta' || fact.approvedBy !== undefined) return writeJson(to, fact);
      return writeDeltaRecorded(to, fact, fact.event);
    case 'UnitsReserved':
      return fact.reservation.kits === undefined ? writeReserved(to, fact) : writeJson(to, fact);
    case 'UnitsReleased':
      head(to, LAYOUT.unitsReleased, fact.at);
      to.text(fact.id);
      return to.text(fact.end);
    case 'ReservationRefused':
      head(to, LAYOUT.reservationRefused, fact.at);
      to.text(fact.keyDigest);
      to.text(fact.contentDigest);
      return writeRefusal(to, fact.refusal);
    case 'PartHeld':
      return writePartHeld(to, fact);
    case 'PartEnded':
      head(to, LAYOUT.partEnded, fact.at);
      to.text(fact.saga);
      to.text(fact.end);
      return to.byte(fact.forgetsKey === true ? 1 : 0);
    case 'ReservationStarted':
      return fact.kits === undefined ? writeStarted(to, fact) : writeJson(to, fact);
    case 'PartAnswered':
      return writePartAnswered(to, fact);
    case 'ReservationDecided':
      return hasKits(fact) ? writeJson(to, fact) : writeDecided(to, fact);
    case 'ReservationEnded':
      head(to, LAYOUT.reservationEnded, fact.at);
      to.text(fact.id);
      return to.text(fact.end);
    case 'PartClosed':
      head(to, LAYOUT.partClosed, fact.at);
      to.text(fact.id);
      return to.count(fact.shard);
    // Few of these come: no layout.
    default:
      return unreachable(fact);
  }
}

function head(to: ByteWriter, layout: number, at: number): void {
  to.byte(layout);
  to.f64(at);
}

function writeDeltaRecorded(
  to: ByteWriter,
  { at, units, carryMicros }: FactOf<'StockRecorded'>,
  event: Parameters<typeof writeDelta>[1],
): void {
  const { movementRef } = event;
  head(to, movementRef === undefined ? LAYOUT.deltaRecorded : LAYOUT.movementRecorded, at);
  writeDelta(to, event);
  to.number(units);
  to.byte(carryMicros === undefined ? 0 : 1);
  if (carryMicros !== undefined) to.number(carryMicros);
  if (movementRef !== undefined) to.text(movementRef);
}

function writeReserved(
  to: ByteWriter,
  { at, keyDigest, contentDigest, reservation, drawn }: FactOf<'UnitsReserved'>,
): void {
  const { customer } = reservation;
  head(to, customer === undefined ? LAYOUT.unitsReserved : LAYOUT.reservedFor, at);
  to.text(keyDigest);
  to.text(contentDigest);
  writeReservation(to, reservation);
  writeUnits(to, drawn);
  if (customer !== undefined) to.text(customer);
}

function writePartHeld(to: ByteWriter, fact: FactOf<'PartHeld'>): void {
  const { keyDigest, client, customer } = fact;
  head(to, LAYOUT.partHeld, fact.at);
  to.text(fact.saga);
  to.text(fact.channel);
  writeLines(to, fact.lines);
  writeUnits(to, fact.drawn);
  to.byte((keyDigest === undefined ? 0 : 1) | (client === undefined ? 0 : 2) | (customer === undefined ? 0 : 4));
  if (keyDigest !== undefined) to.text(keyDigest);
  if (client !== undefined) to.text(client);
  if (customer !== undefined) to.text(customer);
}

function writeStarted(to: ByteWriter, fact: FactOf<'ReservationStarted'>): void {
  head(to, LAYOUT.reservationStarted, fact.at);
  to.text(fact.id);
  to.text(fact.keyDigest);
  to.text(fact.contentDigest);
  writeRequest(to, fact.request);
  writeUnits(to, fact.shards);
}

function writePartAnswered(to: ByteWriter, { at, id, shard, outcome }: FactOf<'PartAnswered'>): void {
  head(to, LAYOUT.partAnswered, at);
  to.text(id);
  to.count(shard);
  to.byte(outcome.status === 'held' ? 1 : 0);
  if (outcome.status === 'held') writeLines(to, outcome.lines);
  else writeRefusal(to, outcome);
}

function writeDecided(to: ByteWriter, { at, id, outcome }: FactOf<'ReservationDecided'>): void {
  head(to, LAYOUT.reservationDecided, at);
  to.text(id);
  if (outcome.status === 'refused') {
    to.byte(0);
    return writeRefusal(to, outcome);
  }
  const { customer } = outcome.reservation;
  to.byte(customer === undefined ? 1 : 2);
  writeReservation(to, outcome.reservation);
  if (customer !== undefined) to.text(customer);
}

/** Reservations of kits are few: no layout. */
const hasKits = ({ outcome }: FactOf<'ReservationDecided'>): boolean =>
  outcome.status === 'reserved' && outcome.reservation.kits !== undefined;

function writeJson(to: ByteWriter, fact: Fact): void {
  const json = Buffer.from(JSON.stringify(fact));
  to.copy(json, 0, json.length);
}

const reader = new ByteReader();

export function readFact(bytes: Uint8Array): Fact {
  if (bytes[0] === JSON_BEGIN) return readJson(bytes);
  const from = reader.open(bytes);
  const layout = from.byte();
  const at = from.f64();
  switch (layout) {
    case LAYOUT.deltaRecorded:
      return readDeltaRecorded(from, at);
    case LAYOUT.movementRecorded: {
      const { event, ...fact } = readDeltaRecorded(from, at);
      return { ...fact, event: { ...event, movementRef: from.text() } as DeltaEvent };
    }
    case LAYOUT.unitsReserved:
      return readReserved(from, at);
    case LAYOUT.reservedFor: {
      const { reservation, ...fact } = readReserved(from, at);
      return { ...fact, reservation: withCustomer(reservation, from.text()) };
    }
    case LAYOUT.unitsReleased:
      return { fact: 'UnitsReleased', at, id: readId(from), end: from.name() as HoldEnd };
    case LAYOUT.reservationRefused: {
      const digests = { keyDigest: from.text(), contentDigest: from.text() };
      return { fact: 'ReservationRefused', at, ...digests, refusal: readRefusal(from) };
    }
    case LAYOUT.partHeld:
      return readPartHeld(from, at);
    case LAYOUT.partEnded: {
      const ended = { fact: 'PartEnded', at, saga: readId(from), end: from.name() as HoldEnd } as const;
      return from.byte() === 0 ? ended : { ...ended, forgetsKey: true };
    }
    case LAYOUT.reservationStarted: {
      const heads = { id: readId(from), keyDigest: from.text(), contentDigest: from.text() };
      return { fact: 'ReservationStarted', at, ...heads, request: readRequest(from), shards: readUnits(from) ?? [] };
    }
    case LAYOUT.partAnswered:
      return readPartAnswered(from, at);
    case LAYOUT.reservationDecided:
      return readDecided(from, at);
    case LAYOUT.reservationEnded:
      return { fact: 'ReservationEnded', at, id: readId(from), end: from.name() as HoldEnd };
    case LAYOUT.partClosed:
      return { fact: 'PartClosed', at, id: readId(from), shard: from.count() };
    default:
      throw new Error(
        `a fact begins with byte ${layout}, which this version cannot read; use the newer one that wrote it`,
      );
  }
}

const readId = (from: ByteReader): ReservationId => from.text() as ReservationId;

function readDeltaRecorded(from: ByteReader, at: number): FactOf<'StockRecorded'> {
  const event = readDelta(from);
  const units = from.number();
  if (from.byte() === 0) return { fact: 'StockRecorded', at, event, units };
  return { fact: 'StockRecorded', at, event, units, carryMicros: from.number() };
}

function readReserved(from: ByteReader, at: number): FactOf<'UnitsReserved'> {
  const keyDigest = from.text();
  const contentDigest = from.text();
  const reservation = readReservation(from);
  const drawn = readUnits(from);
  if (drawn === undefined) return { fact: 'UnitsReserved', at, keyDigest, contentDigest, reservation };
  return { fact: 'UnitsReserved', at, keyDigest, contentDigest, reservation, drawn };
}

function readPartHeld(from: ByteReader, at: number): Fact {
  const saga = readId(from);
  const held: { -readonly [K in keyof FactOf<'PartHeld'>]: FactOf<'PartHeld'>[K] } = {
    fact: 'PartHeld',
    at,
    saga,
    channel: from.name() as ChannelId,
    lines: readLines(from),
  };
  const drawn = readUnits(from);
  if (drawn !== undefined) held.drawn = drawn;
  const has = from.byte();
  if ((has & 1) !== 0) held.keyDigest = from.text();
  if ((has & 2) !== 0) held.client = from.name() as ClientId;
  if ((has & 4) !== 0) held.customer = from.text();
  return held;
}

function readPartAnswered(from: ByteReader, at: number): Fact {
  const id = readId(from);
  const shard = from.count();
  const isHeld = from.byte() === 1;
  const outcome = isHeld ? ({ status: 'held', lines: readLines(from) } as const) : readRefusal<never>(from);
  return { fact: 'PartAnswered', at, id, shard, outcome };
}

function readDecided(from: ByteReader, at: number): Fact {
  const id = readId(from);
  const kind = from.byte();
  if (kind === 0) return { fact: 'ReservationDecided', at, id, outcome: readRefusal<never>(from) };
  const read = readReservation(from);
  const reservation = kind === 1 ? read : withCustomer(read, from.text());
  return { fact: 'ReservationDecided', at, id, outcome: { status: 'reserved', reservation } };
}

function readJson({ buffer, byteOffset, length }: Uint8Array): Fact {
  return JSON.parse(Buffer.from(buffer, byteOffset, length).toString()) as Fact;
}
