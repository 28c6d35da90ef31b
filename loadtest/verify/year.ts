import { type OnlineBasket, onlineBaskets, sampleMessages } from '../../ingest/samples/messages.ts';
import { DATA_DIR, REFERENCE_DIR } from '../../ingest/samples/rows.ts';
import { type Reference, readReference } from '../reference-folder.ts';
import type { RawInput } from './oracle.ts';
import type { Message } from './message.ts';

// The bundled year, or enough of its beginning for a quick look: which messages are sent, and which raw rows they hold.

export interface Year {
  readonly reference: Reference;
  readonly messages: readonly Message[];
  readonly baskets: readonly OnlineBasket[];
  readonly raw: Pick<RawInput, 'yearDir' | 'keeps'>;
}

/** End of the short year, ms since the epoch: a week of tills and warehouses. */
const SMALL_UNTIL = Date.UTC(2017, 0, 8);

export function wholeYear(): Year {
  return {
    reference: readReference(REFERENCE_DIR),
    messages: messagesOf(Infinity, () => true),
    baskets: [...onlineBaskets()],
    raw: { yearDir: DATA_DIR, keeps: () => true },
  };
}

/** Tills and warehouses only: without the ledger's opening the positions are few, and on-hand is what moved. */
export function shortYear(): Year {
  const isShort = (source: string): boolean => source.startsWith('pos-') || source.startsWith('wms-');
  return {
    reference: readReference(REFERENCE_DIR),
    messages: messagesOf(SMALL_UNTIL, isShort),
    baskets: [],
    raw: {
      yearDir: DATA_DIR,
      keeps: (file, row) => {
        if (file === 'till-lines') return Number(row['postedAt']) < SMALL_UNTIL;
        return file === 'movements' && isShort(row['source'] ?? '') && Number(row['at']) < SMALL_UNTIL;
      },
    },
  };
}

function messagesOf(to: number, keeps: (source: string) => boolean): readonly Message[] {
  const messages: Message[] = [];
  for (const { at, source, contentType, body, rows } of sampleMessages({ to })) {
    if (keeps(source)) messages.push({ source, contentType, body, time: at, events: rows });
  }
  return messages;
}
