import { createHash } from 'node:crypto';
import { CloudEvent, HTTP } from 'cloudevents';
import type { DataOf, EventType } from './event-types.ts';

/** What an endpoint may filter by. An event without one of these passes that filter. */
interface EventKeys {
  readonly sku?: string;
  readonly channel?: string;
  readonly node?: string;
  readonly source?: string;
}

/** Something that became true, as main tells it. */
export type EventDraft = {
  readonly [T in EventType]: {
    readonly type: T;
    /** What tells this event from every other one of its type, the same however often it is derived from the facts. */
    readonly name: string;
    /** Ms since the epoch. */
    readonly at: number;
    readonly keys: EventKeys;
    readonly data: DataOf<T>;
  };
}[EventType];

/** As it waits to be delivered. */
export interface OutgoingEvent {
  /** Of the event and, as `webhook-id`, of each of its deliveries: whoever gets it twice knows it by that. */
  readonly id: string;
  readonly type: EventType;
  readonly at: number;
  /** The CloudEvent, JSON. */
  readonly body: string;
}

export const CONTENT_TYPE = 'application/cloudevents+json; charset=utf-8';

export function outgoingEvent(draft: EventDraft, epoch: string): OutgoingEvent {
  const { type, name, at, keys, data } = draft;
  const digest = createHash('sha256').update(`${epoch}\n${type}\n${name}`).digest('base64url');
  const id = `evt_${digest.slice(0, 22)}`;
  const subject = keys.sku ?? keys.node ?? keys.source;
  const event = new CloudEvent<typeof data>({
    id,
    type,
    source: `/onhand/${epoch}`,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    ...(subject !== undefined && { subject }),
    data,
  });
  return { id, type, at, body: String(HTTP.structured(event).body) };
}
