import { digest, type Digest } from '../contract/digest.ts';
import type { HeartbeatEvent, StockEvent } from '../contract/stock-event.ts';

export type RecordedEvent = Exclude<StockEvent, HeartbeatEvent>;

/** What tells two events apart (rule FD1). */
export interface EventIdentity {
  readonly key: Digest;
  readonly content: Digest;
}

/** Ids and codes hold no control characters, so NUL separates them without doubt. */
const SEPARATOR = '\u0000';

export function keyText(source: string, sku: string, id: string): string {
  return source + SEPARATOR + sku + SEPARATOR + id;
}

export function identityOf(event: RecordedEvent): EventIdentity {
  const sku = event.kind === 'complete' ? '' : event.sku;
  return { key: digest(keyText(event.source, sku, event.id)), content: digest(contentText(event)) };
}

/** Everything but postedAt: a re-upload may be booked again. Free texts carry their length, so they cannot imitate a neighbour. */
function contentText(event: RecordedEvent): string {
  const head = `${event.kind} ${event.node} ${event.at} ${event.epoch ?? ''} ${event.seq ?? ''}`;
  const texts = `${sized(event.stream)}${sized(event.ref)}${event.channel ?? ''}`;
  return `${head} ${texts} ${contentOfKind(event)}`;
}

function contentOfKind(event: RecordedEvent): string {
  switch (event.kind) {
    case 'delta':
      return `${event.quantity} ${event.reason} ${sized(event.inboundRef)}${expectedText(event.expected)}${movementText(event.movementRef)}`;
    case 'snapshot':
      return `${event.quantity} ${event.covers} ${event.carries} ${statesText(event.states)}${expectedText(event.expected)}`;
    case 'move':
      return `${event.quantity} ${event.from} ${event.to}`;
    case 'inbound':
      return `${event.quantity} ${event.dueAt} ${sized(event.inboundRef)}`;
    case 'void':
      return event.voids;
    case 'complete':
      return event.covers;
  }
}

const sized = (text: string | undefined): string => (text === undefined ? '-' : `${text.length}:${text}`);

/** Nothing when absent, so that contents remembered from before there was such a field stay the same. */
const expectedText = (expected: number | undefined): string => (expected === undefined ? '' : ` expects ${expected}`);
const movementText = (ref: string | undefined): string => (ref === undefined ? '' : ` moves ${sized(ref)}`);

function statesText(states: Readonly<Record<string, number>> | undefined): string {
  if (states === undefined) return '-';
  const names = Object.keys(states).sort();
  return names.map((name) => `${name}=${states[name] ?? 0}`).join(',');
}

/** Keeps the identity of the event decided last: applying its fact a moment later asks for it again. */
export class IdentityMemo {
  private event: RecordedEvent | undefined;
  private identity: EventIdentity | undefined;

  of(event: RecordedEvent): EventIdentity {
    if (this.event !== event || this.identity === undefined) {
      this.identity = identityOf(event);
      this.event = event;
    }
    return this.identity;
  }
}
