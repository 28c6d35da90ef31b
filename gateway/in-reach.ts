import type { DeadLetter } from '../engine/contract/dead-letter.ts';
import type { Explanation } from '../engine/contract/explain.ts';
import type { Reservation } from '../engine/contract/reservation.ts';
import { reaches, type Caller, type Thing } from './caller.ts';
import type { StaffStock } from './protocol/stock-bodies.ts';

// What a limited key gets to see of answers that are about more than its own nodes and channels. Sums over all nodes are
// shown only to who may see all nodes.

export function stockInReach(caller: Caller, stock: StaffStock): StaffStock {
  const { channels, nodes, inbound } = stock;
  return {
    ...stock,
    channels: channels.filter(({ channel }) => seesSum(caller, channel)),
    nodes: nodes.filter(({ node }) => reaches(caller, { node })),
    inbound: inbound.filter(({ node }) => reaches(caller, { node })),
  };
}

export function explanationInReach(caller: Caller, explained: Omit<Explanation, 'revision'>) {
  const { nodes, channels, demand, kit, ...rest } = explained;
  // Who sees some channels gets no places in a list of which parts are left out: all of it, or none.
  const seesDemand = reaches(caller, { node: undefined });
  const seesPools = reaches(caller, { channel: undefined });
  return {
    ...rest,
    nodes: nodes.filter(({ node }) => reaches(caller, { node })),
    channels: channels.filter(({ channel }) => seesSum(caller, channel)),
    demand: seesDemand && seesPools ? demand : [],
    ...(kit !== undefined && {
      kit: { ...kit, channels: kit.channels.filter(({ channel }) => seesSum(caller, channel)) },
    }),
  };
}

function seesSum(caller: Caller, channel: string): boolean {
  return reaches(caller, { channel, node: undefined });
}

/** Of its channels, and with a line at its nodes. */
export function seesReservation(caller: Caller, { channel, lines }: Reservation): boolean {
  return reaches(caller, { channel }) && (reaches(caller, { node: undefined }) || lines.some(isLineFor(caller)));
}

/** To change a reservation, all of it must be in reach. */
export function thingsOf({ channel, lines }: Pick<Reservation, 'channel' | 'lines'>): readonly Thing[] {
  return [{ channel }, ...lines.map(thingOfPlace)];
}

/** A group stands for nodes that are not known yet, so it is for who reaches all. */
export function thingOfPlace(place: object): Thing {
  return { node: 'node' in place ? String(place.node) : undefined };
}

/** Lines at other nodes are left out. */
export function reservationInReach(caller: Caller, reservation: Reservation): Reservation {
  if (reaches(caller, { node: undefined })) return reservation;
  const { kits: _kits, ...rest } = reservation;
  return { ...rest, lines: reservation.lines.filter(isLineFor(caller)) };
}

/** Of a feed it is its source's; one of a message about an order is its channel's too, with the customer's address. */
export function thingOfLetter({ source, format }: Pick<DeadLetter, 'source' | 'format'>): Thing {
  const channel = format.startsWith('orders?') ? new URLSearchParams(format.slice(7)).get('channel') : null;
  return { source, ...(channel !== null && { channel }) };
}

function isLineFor(caller: Caller) {
  return (line: object) => reaches(caller, thingOfPlace(line));
}
