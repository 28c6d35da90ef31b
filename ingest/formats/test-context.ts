import type { NodeId, SourceId } from '../../engine/contract/ids.ts';
import type { FeedFormat, SourceRef } from '../../engine/contract/reference.ts';
import type { FormatContext } from '../source.ts';

/** A source and two nodes as the tests of formats know them. */
export function testContext(source: Partial<SourceRef> & { readonly format: FeedFormat }): FormatContext {
  return {
    source: {
      id: 'test-source' as SourceId,
      name: 'Test source',
      kind: 'wms',
      grants: [{ nodes: 'all', kinds: ['snapshot', 'delta', 'move', 'inbound', 'void', 'complete', 'heartbeat'] }],
      unknownSku: 'create',
      lateMs: 48 * 3_600_000,
      freshMs: 60_000,
      timeZone: 'America/New_York',
      nodeCodes: { '9': 'S-09' as NodeId },
      ...source,
    },
    nodes: new Map([
      ['S-09', { id: 'S-09' as NodeId, timeZone: 'America/New_York' }],
      ['DC-BERLIN', { id: 'DC-BERLIN' as NodeId, timeZone: 'Europe/Berlin' }],
    ]),
  };
}

export const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'utf8');
