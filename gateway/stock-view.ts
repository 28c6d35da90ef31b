import { hash } from 'node:crypto';
import type { Engine } from '../engine/api.ts';
import type { ChannelRef } from '../engine/contract/reference.ts';
import { seesUnits, type Caller } from './caller.ts';
import { nearestPickups, roundPlace } from './near.ts';
import type { Near } from './protocol/wire.ts';
import type { Shown } from './stock-state.ts';

/**
 * What somebody is shown of stock besides its numbers, and the epoch under which it is told: the engine's, and a digest of
 * the view. A node that is renamed or hands out no more, units that are public no longer and a caller with other rights
 * make no revision, so a state of the same revision may be another one; under another epoch it always wins.
 */
export interface StockView extends Shown {
  readonly e: string;
}

/** Views by what was asked, for as long as reference data stays as it is: worked out once for all who ask alike. */
export type ViewMemo = Map<string, StockView>;

export interface AskedView {
  readonly caller: Caller;
  readonly channel: ChannelRef;
  readonly near?: Near;
}

type ViewEngine = Pick<Engine, 'epoch' | 'reference'>;

export function stockView(engine: ViewEngine, asked: AskedView, memo: ViewMemo = new Map()): StockView {
  const { caller, channel } = asked;
  const units = seesUnits(caller, channel);
  const place = asked.near === undefined ? undefined : roundPlace(asked.near);
  const at = place === undefined ? '' : `${place.lat} ${place.lon} ${place.km ?? ''}`;
  const name = `${channel.id} ${units} ${at}`;
  const view = memo.get(name) ?? newView(engine, { channel, units }, place);
  memo.set(name, view);
  return view;
}

function newView({ epoch, reference }: ViewEngine, shown: Shown, place: Near | undefined): StockView {
  const { channel, units } = shown;
  const near =
    place === undefined ? {} : { near: nearestPickups(place, reference.nodes, reference.groups.get(channel.group)) };
  // Bounds of bands are not in it: a channel that changes them gives every sku a new revision.
  const digest = hash('sha256', JSON.stringify([channel.id, units, near]), 'base64url').slice(0, 8);
  return { channel, units, ...near, e: `${epoch}-${digest}` };
}
