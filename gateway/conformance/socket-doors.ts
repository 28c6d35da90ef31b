import { WebSocket } from 'ws';
import type { Asked, Door, Opening } from './door.ts';
import { Talk } from './talk.ts';

const PROTOCOL = 'onhand.v1.json';

/** The public websocket at `ws://host/v1/live`. */
export function publicSocketDoor(url: string): Door {
  return socketDoor({ name: 'websocket', url, isPublic: true, enter: async () => undefined });
}

/** The staff's, which wants a key. */
export function staffSocketDoor(url: string, key: string): Door {
  const enter = async (talk: Talk): Promise<void> => {
    talk.say({ type: 'connect', id: 0, token: key });
    await talk.next('connected');
  };
  return socketDoor({ name: 'staff websocket', url, isPublic: false, enter });
}

interface About {
  readonly name: string;
  readonly url: string;
  readonly isPublic: boolean;
  /** What comes after `welcome`, before the first subscribe. */
  readonly enter: (talk: Talk) => Promise<void>;
}

function socketDoor({ name, url, isPublic, enter }: About): Door {
  const subscribe = async (asked: Asked, since?: object): Promise<Talk> => {
    const talk = await open(url);
    if (!isPublic) {
      await talk.next('welcome');
      await enter(talk);
    }
    talk.say({ type: 'subscribe', id: 1, ch: 'stock', ...asked, ...(since !== undefined && { since }) });
    return talk;
  };
  return {
    name,
    hasCommands: true,
    isPublic,
    watch: (asked) => subscribe(asked),
    resume: (before, asked) => subscribe(asked, Object.fromEntries(before.seen)),
    open: (about) => open(url, about),
    refusal: (about) => refusal(url, about),
  };
}

function connect(url: string, { protocol = PROTOCOL, origin, path, answersPings = true }: Opening): WebSocket {
  const address = new URL(path ?? new URL(url).pathname, url);
  const options = { autoPong: answersPings, ...(origin !== undefined && { origin }) };
  return protocol === null ? new WebSocket(address, options) : new WebSocket(address, protocol, options);
}

/** Resolves when it is open, or when it has ended without being so. */
function open(url: string, about: Opening = {}): Promise<Talk> {
  const ws = connect(url, about);
  const talk = new Talk(
    (text) => ws.send(text),
    () => ws.close(),
  );
  ws.on('message', (data: Buffer) => talk.hear(data.toString()));
  ws.on('error', () => undefined);
  ws.on('close', (code, reason) => talk.end({ code, reason: reason.toString() }));
  return new Promise((resolve) => {
    ws.once('open', () => resolve(talk));
    ws.once('close', () => resolve(talk));
  });
}

function refusal(url: string, about: Opening): Promise<number> {
  const ws = connect(url, about);
  ws.on('error', () => undefined);
  return new Promise((resolve) => {
    ws.once('open', () => {
      ws.close();
      resolve(101);
    });
    ws.once('unexpected-response', (request, response) => {
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
  });
}
