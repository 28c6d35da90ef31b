import type { ChannelId, GroupId, NodeId, Sku, SourceId } from '../../engine/contract/ids.ts';
import type { Reference } from '../reference-folder.ts';

// The mail-order house whose invoices are bundled: one warehouse, one channel, and whoever counts what comes in.

export const NODE = 'MAIL-ORDER';
export const CHANNEL = 'mail-order';
/** Whose name the invoices' own movements of stock go under. */
export const SOURCE = 'mail-order';
export const WMS = 'mail-order-wms';
const DAY_MS = 86_400_000;

export function invoiceReference(codes: readonly string[]): Reference {
  const nodes = [NODE as NodeId];
  const source = (id: string, kinds: readonly 'delta'[], lateMs: number) => {
    const grants = [{ nodes, kinds }];
    return {
      id: id as SourceId,
      name: id,
      kind: 'erp',
      format: 'json',
      grants,
      unknownSku: 'refuse',
      lateMs,
      freshMs: DAY_MS,
    } as const;
  };
  return {
    nodes: [
      {
        id: NODE as NodeId,
        kind: 'dc',
        name: 'Mail order',
        lat: 51.5,
        lon: -0.1,
        timeZone: 'UTC',
        postcode: 'N1',
        capabilities: ['ship'],
        hours: [],
        owner: WMS as SourceId,
        safety: 0,
        enabled: true,
      },
    ],
    groups: [{ id: CHANNEL as GroupId, nodes }],
    channels: [
      {
        id: CHANNEL as ChannelId,
        name: 'Mail order',
        group: CHANNEL as GroupId,
        unitsPublic: true,
        lowAt: 2,
        clearAt: 4,
      },
    ],
    // A week is read as often as a file of it comes, and the next is played over the same days.
    sources: [source(SOURCE, ['delta'], 14 * DAY_MS), source(WMS, ['delta'], 2 * DAY_MS)],
    items: codes.map((sku) => ({ sku: sku as Sku, name: sku, scale: 0, enabled: true })),
  };
}
