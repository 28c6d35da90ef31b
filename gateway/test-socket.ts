import { WebSocket, type ClientOptions } from 'ws';
import { SOCKET_PATH } from './socket-door.ts';
import { SUBPROTOCOL } from './protocol/wire.ts';

type Message = Readonly<Record<string, unknown>> & { readonly type: string };

/** A client that keeps what it hears until a test asks for it. */
export interface TestSocket {
  readonly ws: WebSocket;
  say(message: object | string): void;
  /** The next message of one of these types; others before it are dropped. */
  next(...types: readonly string[]): Promise<Message>;
  /** Every message so far that was not asked for. */
  rest(): Message[];
  closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(): void;
}

export function openSocket(
  url: string,
  options: ClientOptions = {},
  protocol = SUBPROTOCOL,
  path = SOCKET_PATH,
): TestSocket {
  const ws = new WebSocket(url.replace(/^http/, 'ws') + path, protocol, options);
  const heard: Message[] = [];
  let wake: () => void = () => undefined;
  ws.on('message', (data: Buffer) => {
    heard.push(JSON.parse(data.toString()) as Message);
    wake();
  });
  ws.on('error', () => undefined);
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  return {
    ws,
    say: (message) => ws.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async next(...types) {
      for (;;) {
        const found = heard.findIndex(({ type }) => types.includes(type));
        if (found !== -1) return heard.splice(0, found + 1).at(-1)!;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    rest: () => heard.splice(0),
    closed,
    close: () => ws.close(),
  };
}

/** The status a refused handshake was answered with. */
export function refusedStatus(socket: TestSocket): Promise<number | undefined> {
  return new Promise((resolve) => {
    socket.ws.once('unexpected-response', (request, response) => {
      resolve(response.statusCode);
      request.destroy();
    });
  });
}
