import type { ReferenceView } from '../../engine/api.ts';
import type { BandCrossing } from '../../engine/contract/change.ts';
import type { PlacedNotice, RetoldChange } from '../../engine/contract/notice.ts';
import type { Shortfall } from '../../engine/contract/shortfall.ts';
import type { EventDraft } from './outgoing-event.ts';

type Reference = Pick<ReferenceView, 'channels' | 'nodes'>;

/**
 * Events of a change of stock, as far as it crossed a band or made something short. Crossings of facts up to `told` of the
 * shard are left out: after a restart the last ones are published again.
 */
export function eventsOfChange(
  change: RetoldChange,
  { shard, told }: { readonly shard: number; readonly told: number },
  reference: Reference,
): EventDraft[] {
  const { crossings = [], shortfalls = [] } = change;
  return [
    ...crossings
      .filter(({ revision }) => revision > told)
      .flatMap((crossing) => eventsOfCrossing(crossing, change, shard, reference)),
    ...shortfalls.map((shortfall) => eventOfShortfall(shortfall, change)),
  ];
}

function eventsOfCrossing(
  { channel, was, band, revision }: BandCrossing,
  { sku, at, channels }: RetoldChange,
  shard: number,
  reference: Reference,
): EventDraft[] {
  const ref = reference.channels.get(channel);
  const ats = channels.find((one) => one.channel === channel)?.ats;
  const shown = ref?.unitsPublic === true && ats !== undefined ? { units: ats } : {};
  const position = `${shard}.${revision}`;
  const head = { name: `${position} ${channel}`, at, keys: { sku, channel } };
  const data = { sku, channel, was, band, revision, position, ...shown };
  const changed: EventDraft = { ...head, type: 'dev.onhand.stock.band-changed', data };
  if (was !== 'in-stock' || ref === undefined) return [changed];
  return [changed, { ...head, type: 'dev.onhand.stock.low', data: { ...data, lowAt: ref.lowAt } }];
}

/** Named by its cause and size: it grows by another cause, and shrinks under one cause to each size once. */
function eventOfShortfall({ sku, node, units, since, by }: Shortfall, { at, position }: RetoldChange): EventDraft {
  const state = units === 0 ? 'resolved' : 'open';
  return {
    type: 'dev.onhand.stock.shortfall',
    name: `${by.position} ${sku} ${node} ${units}`,
    at,
    keys: { sku, node },
    data: { sku, node, state, units, since, by, position },
  };
}

export function eventOfNotice({ position, at, notice }: PlacedNotice, reference: Reference): EventDraft {
  const name = String(position);
  switch (notice.notice) {
    case 'silent': {
      const { notice: _, ...data } = notice;
      const { node, source } = data;
      return { type: 'dev.onhand.source.silent', name, at, keys: { node, source }, data };
    }
    case 'back': {
      const { node } = notice;
      const source = reference.nodes.get(node)?.owner;
      return {
        type: 'dev.onhand.source.back',
        name,
        at,
        keys: { node, ...(source !== undefined && { source }) },
        data: { node },
      };
    }
    case 'letter': {
      const { id: letter, source, code, message, place } = notice;
      const data = { letter, source, code, message, place };
      return { type: 'dev.onhand.dead-letter.opened', name, at, keys: { source }, data };
    }
    case 'automation': {
      const { automation, order, text } = notice;
      return { type: 'dev.onhand.order.automation', name, at, keys: {}, data: { automation, order, text } };
    }
    case 'expired':
      return {
        type: 'dev.onhand.reservation.expired',
        name,
        at,
        keys: {},
        data: { reservation: notice.reservation },
      };
  }
}
