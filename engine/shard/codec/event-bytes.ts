import type { ChannelId, EventId, NodeId, Sku, SourceId } from '../../contract/ids.ts';
import type { DeltaEvent, DeltaReason } from '../../contract/stock-event.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

// A delta as bytes: what a till sends a million times a day. Other events are few and stay JSON.

/** Which of the optional fields follow. */
const HAS = { postedAt: 1, stream: 2, epoch: 4, seq: 8, channel: 16, ref: 32, inboundRef: 64, expected: 128 } as const;

export function writeDelta(to: ByteWriter, event: DeltaEvent): void {
  const { postedAt, stream, epoch, seq, channel, ref, inboundRef, expected } = event;
  to.text(event.source);
  to.text(event.id);
  to.f64(event.at);
  to.text(event.sku);
  to.text(event.node);
  to.number(event.quantity);
  to.text(event.reason);
  to.byte(
    (postedAt === undefined ? 0 : HAS.postedAt) |
      (stream === undefined ? 0 : HAS.stream) |
      (epoch === undefined ? 0 : HAS.epoch) |
      (seq === undefined ? 0 : HAS.seq) |
      (channel === undefined ? 0 : HAS.channel) |
      (ref === undefined ? 0 : HAS.ref) |
      (inboundRef === undefined ? 0 : HAS.inboundRef) |
      (expected === undefined ? 0 : HAS.expected),
  );
  if (postedAt !== undefined) to.f64(postedAt);
  if (stream !== undefined) to.text(stream);
  if (epoch !== undefined) to.number(epoch);
  if (seq !== undefined) to.number(seq);
  if (channel !== undefined) to.text(channel);
  if (ref !== undefined) to.text(ref);
  if (inboundRef !== undefined) to.text(inboundRef);
  if (expected !== undefined) to.number(expected);
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export function readDelta(from: ByteReader): DeltaEvent {
  const event: Writable<DeltaEvent> = {
    kind: 'delta',
    source: from.name() as SourceId,
    id: from.text() as EventId,
    at: from.f64(),
    sku: from.name() as Sku,
    node: from.name() as NodeId,
    quantity: from.number(),
    reason: from.name() as DeltaReason,
  };
  const has = from.byte();
  if (has !== 0) readOptional(from, event, has);
  return event;
}

function readOptional(from: ByteReader, event: Writable<DeltaEvent>, has: number): void {
  if ((has & HAS.postedAt) !== 0) event.postedAt = from.f64();
  if ((has & HAS.stream) !== 0) event.stream = from.name();
  if ((has & HAS.epoch) !== 0) event.epoch = from.number();
  if ((has & HAS.seq) !== 0) event.seq = from.number();
  if ((has & HAS.channel) !== 0) event.channel = from.name() as ChannelId;
  if ((has & HAS.ref) !== 0) event.ref = from.text();
  if ((has & HAS.inboundRef) !== 0) event.inboundRef = from.text();
  if ((has & HAS.expected) !== 0) event.expected = from.number();
}
