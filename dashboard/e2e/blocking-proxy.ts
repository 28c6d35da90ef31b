import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A proxy as offices and hotels have them: plain requests pass, an upgrade never does, streams perhaps not either. */
export class BlockingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #blocked: RegExp;
  /** Paths that were asked for, an upgrade with `upgrade ` before it. */
  readonly asked: string[] = [];

  constructor(target: string, blocked: RegExp) {
    this.#blocked = blocked;
    this.#server = createServer((incoming, answer) => this.#pass(new URL(target), incoming, answer));
    this.#server.on('upgrade', (incoming, socket) => {
      this.asked.push(`upgrade ${incoming.url}`);
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  #pass(target: URL, incoming: IncomingMessage, answer: ServerResponse): void {
    const { url = '/', method, headers } = incoming;
    this.asked.push(url);
    if (this.#blocked.test(url)) {
      answer.writeHead(403, { 'content-type': 'text/html' }).end('<h1>Blocked by your administrator</h1>');
      return;
    }
    const { hostname, port } = target;
    const passed = request({ hostname, port, path: url, method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    answer.on('close', () => passed.destroy());
    incoming.pipe(passed);
  }
}
