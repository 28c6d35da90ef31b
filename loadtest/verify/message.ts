import type { Arrival, HotRow } from './hot-rows.ts';

/** One body for one door. */
export interface Message {
  readonly source: string;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  /** When it would arrive, ms since the epoch of the data: orders the stream and bounds how far it is shuffled. */
  readonly time: number;
  /** Events in it, as far as the sender counts them. */
  readonly events: number;
}

/** Rows of one hot message at most: as many as a till uploads after an hour without a line. */
const ROWS_MAX = 60;

/** Hot rows as own-JSON messages (NDJSON), a source's rows together, cut by time of arrival. */
export function hotMessages(arrivals: readonly Arrival[]): readonly Message[] {
  const open = new Map<string, { rows: HotRow[]; time: number }>();
  const messages: Message[] = [];
  const close = (source: string): void => {
    const batch = open.get(source);
    if (batch === undefined) return;
    messages.push(jsonMessage(source, batch.rows, batch.time));
    open.delete(source);
  };
  for (const { row, arriveAt } of arrivals) {
    const batch = open.get(row.source) ?? { rows: [], time: arriveAt };
    open.set(row.source, batch);
    batch.rows.push(row);
    if (batch.rows.length >= ROWS_MAX) close(row.source);
  }
  for (const [source, { rows, time }] of open) messages.push(jsonMessage(source, rows, time));
  return messages.toSorted((a, b) => a.time - b.time);
}

export function jsonMessage(source: string, rows: readonly HotRow[], time: number): Message {
  return {
    source,
    contentType: 'application/x-ndjson',
    body: rows.map((row) => JSON.stringify(row)).join('\n') + '\n',
    time,
    events: rows.length,
  };
}
