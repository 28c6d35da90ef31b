import type { Band, ChannelStock, NodeStock, StockChange } from '../../contract/change.ts';
import type { ChannelId, NodeId, Sku, SourceId } from '../../contract/ids.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

// What a shard publishes, as bytes: one change per sku and batch, so nearly one per event on a quiet sku. A channel or a
// node with anything unusual is JSON; its first byte says which.

const JSON_TEXT = 0;
const PLAIN = 1;

export function writeChange(to: ByteWriter, change: StockChange): void {
  to.text(change.sku);
  to.f64(change.revision);
  to.text(change.position);
  to.f64(change.at);
  to.f64(change.receivedAt);
  to.count(change.facts);
  to.count(change.channels.length);
  for (const channel of change.channels) writeChannel(to, channel);
  to.count(change.nodes.length);
  for (const node of change.nodes) writeNode(to, node);
  const { crossings, shortfalls } = change;
  const isPlain = crossings === undefined && shortfalls === undefined;
  to.byte(isPlain ? PLAIN : JSON_TEXT);
  if (!isPlain) to.json({ crossings, shortfalls });
}

export function readChange(from: ByteReader): StockChange {
  const change = {
    sku: from.name() as Sku,
    revision: from.f64(),
    position: from.text(),
    at: from.f64(),
    receivedAt: from.f64(),
    facts: from.count(),
    channels: readList(from, readChannel),
    nodes: readList(from, readNode),
  };
  if (from.byte() === PLAIN) return change;
  return { ...change, ...(from.json() as Pick<StockChange, 'crossings' | 'shortfalls'>) };
}

function readList<T>(from: ByteReader, read: (from: ByteReader) => T): T[] {
  const count = from.count();
  const list: T[] = [];
  for (let i = 0; i < count; i++) list.push(read(from));
  return list;
}

function writeChannel(to: ByteWriter, channel: ChannelStock): void {
  const isPlain =
    channel.pools === undefined &&
    channel.ownPool === undefined &&
    channel.threshold === undefined &&
    channel.silentSince === undefined;
  to.byte(isPlain ? PLAIN : JSON_TEXT);
  if (!isPlain) return to.json(channel);
  to.text(channel.channel);
  to.number(channel.ats);
  to.number(channel.unplaced);
  to.text(channel.band);
  to.f64(channel.asOf);
}

function readChannel(from: ByteReader): ChannelStock {
  if (from.byte() === JSON_TEXT) return from.json() as ChannelStock;
  return {
    channel: from.name() as ChannelId,
    ats: from.number(),
    unplaced: from.number(),
    band: from.name() as Band,
    asOf: from.f64(),
  };
}

function writeNode(to: ByteWriter, node: NodeStock): void {
  const isPlain =
    node.safetyUsed === undefined &&
    node.safetyWidened === undefined &&
    node.silentSince === undefined &&
    node.off === undefined &&
    !hasAny(node.states);
  to.byte(isPlain ? PLAIN : JSON_TEXT);
  if (!isPlain) return to.json(node);
  to.text(node.node);
  to.number(node.onHand);
  to.number(node.unavailable);
  to.number(node.departed);
  to.number(node.reserved);
  to.number(node.allocated);
  to.number(node.safety);
  to.number(node.available);
  to.number(node.short);
  to.number(node.inbound);
  to.byte(node.uncertain ? 1 : 0);
  writeAsOf(to, node.asOf);
}

function hasAny(states: object): boolean {
  for (const _ in states) return true;
  return false;
}

function readNode(from: ByteReader): NodeStock {
  if (from.byte() === JSON_TEXT) return from.json() as NodeStock;
  return {
    node: from.name() as NodeId,
    onHand: from.number(),
    unavailable: from.number(),
    states: {},
    departed: from.number(),
    reserved: from.number(),
    allocated: from.number(),
    safety: from.number(),
    available: from.number(),
    short: from.number(),
    inbound: from.number(),
    uncertain: from.byte() === 1,
    asOf: readAsOf(from),
  };
}

/** Sources end with an empty name: a node has heard of one or two. */
function writeAsOf(to: ByteWriter, asOf: NodeStock['asOf']): void {
  for (const source in asOf) {
    to.text(source);
    to.f64(asOf[source as SourceId] ?? 0);
  }
  to.text('');
}

function readAsOf(from: ByteReader): NodeStock['asOf'] {
  const asOf: Record<SourceId, number> = {};
  for (let source = from.name(); source !== ''; source = from.name()) asOf[source as SourceId] = from.f64();
  return asOf;
}
