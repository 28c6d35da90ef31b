import type { HttpError } from '../../gateway/protocol/http-error.ts';
import type { ReservationBody, ReservationInfo } from '../../gateway/protocol/reservation-bodies.ts';
import type { Door, Reply } from './door.ts';
import type { StreamClock } from './stream-clock.ts';

// The year's online orders: each takes its units when it is placed and gives them back when the till or the warehouse has
// the goods. What was there at that moment is nobody's certain knowledge; what must hold is checked by `wrong`.

export interface Order {
  readonly key: string;
  readonly channel: string;
  readonly lines: ReservationBody['lines'];
  readonly at: number;
  readonly releaseAt: number;
}

export interface OrdersLog {
  readonly reserved: number;
  readonly refused: number;
  readonly wrong: readonly string[];
}

/** Longer than a pass takes, ms: an order ends by its release. */
const HOLD_MS = 4 * 3_600_000;

export async function runOrders(door: Door, orders: readonly Order[], clock: StreamClock): Promise<OrdersLog> {
  const log = { reserved: 0, refused: 0, wrong: [] as string[] };
  const ids = new Set<string>();
  await Promise.all(
    orders.map(async (order) => {
      await clock.reached(order.at);
      const reply = await place(door, order);
      if (reply.status === 409 && codeOf(reply) === 'units-exceed-available') {
        log.refused += 1;
        return;
      }
      if (reply.status !== 201) {
        log.wrong.push(`order ${order.key}: answered ${reply.status} ${codeOf(reply)}`);
        return;
      }
      log.reserved += 1;
      const reservation = reply.body as ReservationInfo;
      if (ids.has(reservation.id)) log.wrong.push(`order ${order.key}: ${reservation.id} was given out before`);
      ids.add(reservation.id);
      if (units(reservation.lines) !== units(order.lines)) log.wrong.push(`order ${order.key}: not what was asked`);
      await clock.reached(order.releaseAt);
      const released = await door.call('DELETE', `/v1/reservations/${reservation.id}`);
      if (released.status !== 200) log.wrong.push(`order ${order.key}: its release was answered ${codeOf(released)}`);
    }),
  );
  return log;
}

function place(door: Door, { key, channel, lines }: Order): Promise<Reply> {
  return door.call('POST', '/v1/reservations', {
    body: JSON.stringify({ channel, lines, holdMs: HOLD_MS }),
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
  });
}

function units(lines: ReservationBody['lines']): number {
  return lines.reduce((sum, line) => sum + line.units, 0);
}

function codeOf(reply: Reply): string {
  return (reply.body as HttpError | undefined)?.code ?? `http-${reply.status}`;
}
