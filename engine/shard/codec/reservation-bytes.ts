import type { ChannelId, ClientId, GroupId, NodeId, ReservationId, Sku } from '../../contract/ids.ts';
import type { Refused } from '../../contract/outcome.ts';
import type { Reservation, ReservationState, ReserveLine, ReserveRequest } from '../../contract/reservation.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

// What reservations are made of, as bytes: lines, requests, reservations, refusals.

const AT_NODE = 0;
const AT_GROUP = 1;

export function writeLines(to: ByteWriter, lines: readonly ReserveLine[]): void {
  to.count(lines.length);
  for (const line of lines) {
    to.text(line.sku);
    to.number(line.units);
    const atNode = 'node' in line;
    to.byte(atNode ? AT_NODE : AT_GROUP);
    to.text(atNode ? line.node : line.group);
  }
}

export function readLines(from: ByteReader): ReserveLine[] {
  const count = from.count();
  const lines: ReserveLine[] = [];
  for (let i = 0; i < count; i++) {
    const sku = from.name() as Sku;
    const units = from.number();
    if (from.byte() === AT_NODE) lines.push({ sku, units, node: from.name() as NodeId });
    else lines.push({ sku, units, group: from.name() as GroupId });
  }
  return lines;
}

export function writeRequest(to: ByteWriter, request: ReserveRequest): void {
  to.text(request.key);
  to.text(request.client);
  to.text(request.channel);
  writeLines(to, request.lines);
  to.f64(request.holdMs);
  to.byte((request.partial ? 1 : 0) | (request.customer === undefined ? 0 : 2));
  if (request.customer !== undefined) to.text(request.customer);
}

export function readRequest(from: ByteReader): ReserveRequest {
  const request = {
    key: from.text(),
    client: from.name() as ClientId,
    channel: from.name() as ChannelId,
    lines: readLines(from),
    holdMs: from.f64(),
  };
  const has = from.byte();
  const partial = (has & 1) !== 0;
  return (has & 2) === 0 ? { ...request, partial } : withCustomer({ ...request, partial }, from.text());
}

/** `extensions` as none or their number and one. A customer stands elsewhere, where the layout says there is one. */
export function writeReservation(to: ByteWriter, reservation: Reservation): void {
  to.text(reservation.id);
  to.text(reservation.client);
  to.text(reservation.channel);
  to.text(reservation.state);
  writeLines(to, reservation.lines);
  to.f64(reservation.createdAt);
  to.f64(reservation.expiresAt);
  to.count(reservation.extensions === undefined ? 0 : reservation.extensions + 1);
}

export function readReservation(from: ByteReader): Reservation {
  const reservation = {
    id: from.text() as ReservationId,
    client: from.name() as ClientId,
    channel: from.name() as ChannelId,
    state: from.name() as ReservationState,
    lines: readLines(from),
    createdAt: from.f64(),
    expiresAt: from.f64(),
  };
  const extensions = from.count();
  return extensions === 0 ? reservation : { ...reservation, extensions: extensions - 1 };
}

/** Its place among the fields is kept: digests are over them in order. */
export function withCustomer<T extends Reservation | ReserveRequest>(of: T, customer: string): T {
  const entries = Object.entries(of).flatMap((entry) =>
    entry[0] === 'client' ? [entry, ['customer', customer]] : [entry],
  );
  return Object.fromEntries(entries) as T;
}

/** `field` and `units` as none, or one byte and what they are. */
export function writeRefusal(to: ByteWriter, { code, field, units }: Refused<string>): void {
  to.text(code);
  to.byte((field === undefined ? 0 : 1) | (units === undefined ? 0 : 2));
  if (field !== undefined) to.text(field);
  if (units !== undefined) to.number(units);
}

export function readRefusal<Code extends string>(from: ByteReader): Refused<Code> {
  const refusal: { status: 'refused'; code: Code; field?: string; units?: number } = {
    status: 'refused',
    code: from.name() as Code,
  };
  const has = from.byte();
  if ((has & 1) !== 0) refusal.field = from.name();
  if ((has & 2) !== 0) refusal.units = from.number();
  return refusal;
}

/** Units per line, absent: none. */
export function writeUnits(to: ByteWriter, units: readonly number[] | undefined): void {
  to.count(units === undefined ? 0 : units.length + 1);
  if (units !== undefined) for (const each of units) to.number(each);
}

export function readUnits(from: ByteReader): number[] | undefined {
  const count = from.count();
  return count === 0 ? undefined : Array.from({ length: count - 1 }, () => from.number());
}
