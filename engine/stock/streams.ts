import type { RecordedEvent } from './event-identity.ts';

// Names under which a source's streams are interned.

/** The late-event window runs per source, node and stream, or per source and node where there are no streams (FD4). */
export function streamName(event: Pick<RecordedEvent, 'source' | 'stream'>): string {
  return event.stream === undefined ? event.source : `${event.source}\u0000${event.stream}`;
}

/** Numbers compare only within one source, stream and epoch (FD2). */
export function seriesName(event: Pick<RecordedEvent, 'source' | 'stream' | 'epoch'>): string {
  return `${event.epoch ?? ''}\u0000${streamName(event)}`;
}
