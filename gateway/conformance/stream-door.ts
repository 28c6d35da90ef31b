import { request, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Asked, Door, Opening } from './door.ts';
import { Talk } from './talk.ts';

/** A talk over Server-Sent Events: it also has what a browser keeps for the reconnect. */
class StreamTalk extends Talk {
  lastEventId = '';
}

/** Server-Sent Events at `http://host/v1/live/events`. */
export function streamDoor(url: string): Door {
  const watch = (asked: Asked, lastEventId = ''): Promise<Talk> => open(url, asked, lastEventId);
  return {
    name: 'event stream',
    hasCommands: false,
    isPublic: true,
    watch: (asked) => watch(asked),
    resume: (before, asked) => watch(asked, before instanceof StreamTalk ? before.lastEventId : ''),
    open: () => Promise.reject(new Error('an event stream takes no commands')),
    refusal: (about) => refusal(url, about),
  };
}

async function open(url: string, asked: Asked, lastEventId: string): Promise<Talk> {
  const headers = lastEventId === '' ? {} : { 'last-event-id': lastEventId };
  const response = await ask(addressOf(url, asked), headers);
  const talk: StreamTalk = new StreamTalk(
    () => undefined,
    () => response.destroy(),
  );
  response.on('error', () => undefined);
  if (response.headers['content-type'] === 'text/event-stream') readEvents(response, talk);
  else await readRefusal(response, talk);
  return talk;
}

function addressOf(url: string, { ch = 'stock', keys, near, ...asked }: Asked): string {
  const query = new URLSearchParams({ ch });
  for (const key of keys) query.append('key', key);
  const others = { ...asked, ...near };
  for (const [name, value] of Object.entries(others)) if (value !== undefined) query.set(name, String(value));
  return `${url}?${query}`;
}

function ask(address: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
  const send = address.startsWith('https:') ? secureRequest : request;
  return new Promise((resolve, reject) => {
    send(address, { headers }).once('response', resolve).once('error', reject).end();
  });
}

/** Comments count as heartbeats; an error that ends the stream is its close. */
function readEvents(response: IncomingMessage, talk: StreamTalk): void {
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      if (block.startsWith(':')) talk.hear('{"type":"hb"}');
      for (const line of block.split('\n')) {
        if (line.startsWith('id: ')) talk.lastEventId = line.slice(4);
        if (line.startsWith('data: ')) talk.hear(line.slice(6));
      }
    }
  });
  // A stream has no close codes: after a drain it ends as a websocket does with 1012.
  response.once('close', () => talk.end({ code: 1012, reason: 'the stream ended' }));
}

/** A no over HTTP is what `error` is on a socket. */
async function readRefusal(response: IncomingMessage, talk: Talk): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const { code, message, retryAfterMs } = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
  talk.hear(JSON.stringify({ type: 'error', code, msg: message, temporary: retryAfterMs !== undefined }));
  talk.end({ code: response.statusCode ?? 0, reason: String(code) });
}

async function refusal(url: string, { origin, path }: Opening): Promise<number> {
  const address = addressOf(path === undefined ? url : new URL(path, url).href, { keys: ['any'] });
  const response = await ask(address, origin === undefined ? {} : { origin });
  response.destroy();
  return response.statusCode === 200 ? 101 : (response.statusCode ?? 0);
}
