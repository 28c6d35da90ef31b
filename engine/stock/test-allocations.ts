import { expect } from 'vitest';
import type { Outcome, StockCommand } from '../contract/command.ts';
import type { AllocationId, ChannelId, ClientId, EventId, GroupId, ReservationId } from '../contract/ids.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import type { SnapshotEvent } from '../contract/stock-event.ts';
import { channelRef, delta, groupRef, itemRef, nodeId, nodeRef, skuId, sourceRef, WMS } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

// A shard with orders, moved by lines of text: `allocate o1: 2 n0, 1 all`, `ship o1: 1 n0`, `stock n0 -1 o1`.

export const START_MS = 1_767_600_000_000;
export const SKU = skuId(0);
export const CLIENT = 'shop' as ClientId;
export const POSTS_WITHIN_MS = 600_000;

function newShard(): TestShard {
  return new TestShard(START_MS).apply(
    { of: 'sources', rows: [sourceRef(WMS, { postsWithinMs: POSTS_WITHIN_MS })] },
    { of: 'nodes', rows: [nodeRef(nodeId(0)), nodeRef(nodeId(1))] },
    { of: 'groups', rows: [groupRef('all', [nodeId(0), nodeId(1)])] },
    { of: 'channels', rows: [channelRef('web', 'all'), channelRef('app', 'all')] },
    { of: 'items', rows: [itemRef(SKU)] },
  );
}

const placeOf = (name: string) =>
  name.startsWith('n') ? { node: nodeId(Number(name[1])) } : { group: name as GroupId };

export function linesOf(text: string): ReserveLine[] {
  return text.split(', ').map((line) => {
    const [units = '', place = ''] = line.split(' ');
    return { sku: SKU, units: Number(units), ...placeOf(place) };
  });
}

function answerOf(outcome: Outcome): string {
  if (outcome.status === 'refused')
    return `${outcome.code}${'units' in outcome ? ` ${outcome.units ?? ''}` : ''}`.trim();
  const lines =
    outcome.status === 'allocated'
      ? outcome.allocation.lines
      : outcome.status === 'reserved'
        ? outcome.reservation.lines
        : undefined;
  if (lines === undefined) return outcome.status;
  return lines.map((line) => `${line.units} ${'node' in line ? line.node : line.group}`).join(', ') || 'nothing';
}

export class Script {
  readonly shard = newShard();
  private readonly ids = new Map<string, ReservationId>();
  private readonly steps = new Map<string, number>();
  private last: StockCommand | undefined;
  private events = 0;

  act(text: string): string {
    const [verb = '', name = '', ...rest] = text.replace(':', '').split(' ');
    const lines = text.includes(': ') ? linesOf(text.slice(text.indexOf(': ') + 2)) : undefined;
    switch (verb) {
      case 'wait':
        this.shard.nowMs += Number(name);
        return this.shard.run({ do: 'tick' }).status;
      case 'stock':
        return this.stock(name, Number(rest[0]), rest[1]);
      case 'count':
      case 'book':
        return this.snapshot(verb, name, Number(rest[0]));
      case 'reserve': {
        const request = { key: name, client: CLIENT, channel: 'web' as ChannelId, holdMs: 60_000, partial: false };
        const outcome = this.shard.run({ do: 'reserve', request: { ...request, lines: lines ?? [] } });
        if (outcome.status === 'reserved') this.ids.set(name, outcome.reservation.id);
        return answerOf(outcome);
      }
      case 'release':
        return answerOf(this.shard.run({ do: 'release', id: this.idOf(name), client: CLIENT }));
      case 'again':
        return this.tell(this.last as StockCommand);
      default:
        return this.tell(this.stepOf(verb, name, rest, lines));
    }
  }

  private tell(command: StockCommand): string {
    this.last = command;
    return answerOf(this.shard.run(command));
  }

  private idOf(name: string): ReservationId {
    return this.ids.get(name) ?? ('r7-0' as ReservationId);
  }

  private stepOf(verb: string, name: string, rest: readonly string[], lines?: ReserveLine[]): StockCommand {
    const step = (this.steps.get(name) ?? 0) + 1;
    this.steps.set(name, step);
    const head = { allocation: name as AllocationId, step };
    if (verb === 'allocate') {
      return { do: 'allocate', ...head, channel: 'web' as ChannelId, lines: lines ?? [], partial: false };
    }
    if (verb === 'keep') {
      const id = this.idOf(rest[0] ?? '');
      return { do: 'allocate-held', ...head, id, client: CLIENT, ...(lines !== undefined && { lines }) };
    }
    if (verb === 'place') {
      const [from = '', to = '', units] = rest;
      const some = units === undefined ? {} : { units: Number(units) };
      return { do: 'move-allocated', ...head, sku: SKU, from: placeOf(from), to: placeOf(to), ...some };
    }
    if (verb === 'reduce') return { do: 'reduce-allocated', ...head, ...(lines !== undefined && { lines }) };
    return { do: 'ship-allocated', ...head, as: 'shipped', lines: lines ?? [] };
  }

  private stock(node: string, quantity: number, movementRef?: string): string {
    const event = { id: `e${this.events++}`, at: this.shard.nowMs, quantity, node: node as never };
    return this.shard.record(delta({ ...event, ...(movementRef !== undefined && { movementRef }) })).status;
  }

  private snapshot(covers: 'count' | 'book', node: string, quantity: number): string {
    const head = { source: WMS, id: `e${this.events++}` as EventId, at: this.shard.nowMs, sku: SKU };
    const event: SnapshotEvent = {
      kind: 'snapshot',
      ...head,
      node: node as never,
      quantity,
      covers,
      carries: 'on-hand',
    };
    return this.shard.record(event).status;
  }
}

/** What happens │ answer │ at n0: on-hand, departed, reserved, allocated, available, short │ ATS of web. */
export function expectTable(table: string): Script {
  const script = new Script();
  for (const row of table.trim().split('\n')) {
    const [text = '', answer = '', numbers = '', ats = ''] = row.split('│').map((cell) => cell.trim());
    expect(`${text} │ ${script.act(text)}`).toBe(`${text} │ ${answer}`);
    const stock = script.shard.stock(SKU);
    const at = stock?.nodes[0];
    const seen = [at?.onHand, at?.departed, at?.reserved, at?.allocated, at?.available, at?.short].join(' ');
    expect(`${text} │ ${seen} │ ${stock?.channels[0]?.ats}`).toBe(`${text} │ ${numbers} │ ${ats}`);
  }
  expect(script.shard.replayed().digest()).toBe(script.shard.digest());
  expect(auditOf(script.shard)).toEqual([]);
  return script;
}

export function auditOf(shard: TestShard): readonly string[] {
  const answer = shard.machine.answer({ ask: 'audit', limit: 100 }, shard.nowMs);
  return answer.answer === 'audit' ? answer.audit.violations : ['no audit'];
}
