import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { MOVEMENT_KINDS } from '../../engine/contract/ledger.ts';
import { ALERT_KINDS } from '../protocol/alerts.ts';
import { ADMIN_KEY, onHand, startTestServer } from '../test-server.ts';
import { consume, defineOutfeed } from '../log/test-log-client.ts';
import { openSocket, type TestSocket } from '../test-socket.ts';
import { asyncMessages, type AsyncMessages } from './async-messages.ts';
import type { JsonSchema } from './json-schema.ts';
import { ProtocolSchemas } from './protocol-schemas.ts';
import { SchemaCheck } from './schema-check.ts';

interface Message {
  readonly payload: { readonly $ref: string };
  readonly examples: readonly { readonly payload: { readonly type: string } }[];
}

const document = parse(readFileSync(new URL('../asyncapi.yaml', import.meta.url), 'utf8')) as {
  readonly channels: Readonly<Record<'live' | 'events', { readonly messages: object }>>;
  readonly operations: Readonly<Record<string, { readonly messages: readonly { readonly $ref: string }[] }>>;
  readonly components: {
    readonly messages: Readonly<Record<string, Message>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
};
const { messages, schemas } = document.components;

let wire: AsyncMessages;
const check = new SchemaCheck(schemas);
beforeAll(async () => {
  wire = asyncMessages(await ProtocolSchemas.read());
});

describe('asyncapi.yaml', () => {
  test('has every message of the protocol, and no other', () => {
    const types = [...new Set([...wire.client.keys(), ...wire.server.keys()])].sort();
    expect(Object.keys(messages).sort(), 'correct components.messages').toEqual(types);
    expect(Object.keys(document.channels.live.messages).sort(), 'correct channels.live').toEqual(types);
  });

  test('has the schemas of gateway/protocol', () => {
    expect(schemas, 'run `npm run documents`').toEqual(JSON.parse(JSON.stringify(wire.schemas)));
    for (const [type, name] of [...wire.client, ...wire.server]) {
      expect(messages[type]!.payload.$ref, `payload of ${type}`).toBe(`#/components/schemas/${name}`);
    }
  });

  test('[LG11] names every kind of movement, and what is one', () => {
    expect(schemas['MovementKind']!['enum']).toEqual(MOVEMENT_KINDS);
    expect(schemas['LogEvent']!['properties']).toMatchObject({ d: { $ref: '#/components/schemas/LogBody' } });
  });

  test('says that numbers are whole, but those that need not be', () => {
    expect(schemas['StockState']!['properties']).toMatchObject({ units: { type: 'integer', format: 'int64' } });
    expect(schemas['PickupState']!['properties']).toMatchObject({ km: { type: 'number' } });
  });

  test('has an operation for every command, and examples that are such messages', () => {
    const named = Object.values(document.operations).flatMap((one) => one.messages.map(({ $ref }) => $ref));
    for (const type of wire.client.keys()) expect(named).toContain(`#/channels/live/messages/${type}`);
    for (const [type, { payload, examples }] of Object.entries(messages)) {
      expect(examples.length, `examples of ${type}`).toBeGreaterThan(0);
      for (const example of examples) expect(check.faultsOf(type, payload, example.payload)).toEqual([]);
      expect(examples[0]!.payload.type).toBe(type);
    }
  });
});

/** Message types that no server sends in a test of this file, and why. */
const NOT_RECORDED: Readonly<Record<string, string>> = {
  status: 'comes when sources fall silent: live-status.test.ts',
};

test('what a server says in a whole session is what the document describes, on the socket and in the stream', async () => {
  const server = await startTestServer({ HEARTBEAT_MS: '100' }, () => 1);
  await server.feed([onHand('A', 9)]);
  const heard: { readonly type: string }[] = [];
  const socket = openSocket(server.url);
  const say = (message: { readonly type: string }, on: Pick<TestSocket, 'say'> = socket) => {
    const { payload } = messages[message.type]!;
    expect(check.faultsOf(message.type, payload, message)).toEqual([]);
    on.say(message);
  };
  socket.ws.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString())));
  await socket.next('welcome');
  say({ type: 'connect', id: 1, token: ADMIN_KEY, client: 'test/1' } as { type: string });
  await socket.next('connected');
  say({ type: 'subscribe', id: 2, ch: 'stock', keys: ['A', 'x y'], near: { lat: 41, lon: -93 } } as { type: string });
  await socket.next('subscribed');
  await server.feed([onHand('A', 2, Date.now() + 1)]);
  await socket.next('update');
  say({ type: 'subscribe', id: 3, ch: 'ops', keys: ['now'] } as { type: string });
  await socket.next('update');
  say({ type: 'subscribe', id: 6, ch: 'alerts', keys: [...ALERT_KINDS] } as { type: string });
  await socket.next('subscribed');
  socket.say({ type: 'subscribe', id: 4, ch: 'stock', keys: [] });
  await socket.next('error');
  say({ type: 'unsubscribe', id: 5, ch: 'ops', keys: ['now'] } as { type: string });
  await socket.next('unsubscribed');
  await defineOutfeed(server, 'wms', { skus: ['A'] });
  await server.feed([onHand('A', 3, Date.now() + 2)]);
  const log = await consume(server, { ch: 'feed:wms' });
  log.ws.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString())));
  const [event] = await log.events(1);
  // They may have come before the listener was there.
  heard.push(log.subscribed as { type: string }, event as { type: string });
  say({ type: 'nack', id: 8, ch: 'feed:wms', o: event!['o'], code: 'unknown-bin' } as { type: string }, log);
  await log.next('parked');
  say({ type: 'ack', id: 9, ch: 'feed:wms', o: event!['o'] } as { type: string }, log);
  await log.next('acked');
  await socket.next('hb');
  const stream = await fetch(`${server.url}/v1/live/events?key=A`, { headers: { accept: 'text/event-stream' } });
  const streamed = readEvents(stream);
  await server.stop();
  heard.push(...(await streamed));

  for (const message of heard) {
    expect(messages[message.type], `${message.type} is not in gateway/asyncapi.yaml`).toBeDefined();
    expect(check.faultsOf(message.type, messages[message.type]!.payload, message)).toEqual([]);
  }
  const unheard = [...wire.server.keys()].filter((type) => heard.every((message) => message.type !== type));
  expect(unheard, 'let this test hear them, or say in NOT_RECORDED why not').toEqual(Object.keys(NOT_RECORDED));
});

/** The messages of a stream until its end. */
async function readEvents(stream: Response): Promise<{ readonly type: string }[]> {
  const lines = (await stream.text()).split('\n').filter((line) => line.startsWith('data:'));
  return lines.map((line) => JSON.parse(line.slice(5)) as { readonly type: string });
}
