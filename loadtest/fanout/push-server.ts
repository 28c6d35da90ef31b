import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Fleet, FleetTarget, Hello } from './fleet.ts';
import { keepPace, type Pace } from './pace.ts';

/** A server that pushes to sockets, and what makes it push. Ends with `stop`. */
export interface PushServer {
  readonly pid: number;
  readonly target: FleetTarget;
  /** What socket i says first. */
  readonly hellos: readonly (readonly Hello[])[];
  /** Message i is of key i modulo the keys. Resolves with how many messages went in. */
  publish(pace: Pace): Promise<number>;
  /** Frees what nobody holds any more, where that can be asked for. */
  collect(): Promise<void>;
  stop(): Promise<void>;
}

/** What all sockets of a run watch, or what each of them does. */
export interface Watched {
  readonly keys: number;
  /** Keys of socket i; the list is used in turn. */
  readonly ofSocket: readonly (readonly number[])[];
  readonly conflateMs: number;
}

type ServerOrder = { readonly do: 'publish'; readonly pace: Pace } | { readonly do: 'collect' };
type ServerNews =
  | { readonly is: 'listening'; readonly port: number }
  | { readonly is: 'published'; readonly messages: number }
  | { readonly is: 'collected' };

/** A server of node's, in a process of its own that obeys orders over IPC. */
export async function forkServer(
  script: string,
  args: readonly string[],
  about: Omit<FleetTarget, 'port'> & { readonly hellos: PushServer['hellos']; readonly nodeFlags?: readonly string[] },
): Promise<PushServer> {
  const { hellos, nodeFlags = [], ...target } = about;
  const child = fork(new URL(script, import.meta.url), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: ['--expose-gc', ...nodeFlags],
  });
  // Not 'close', which does not come once the channel was closed from here.
  const ended = once(child, 'exit');
  const news = async (): Promise<ServerNews> => {
    const [said] = (await Promise.race([
      once(child, 'message'),
      ended.then(([code, signal]) => Promise.reject(new Error(`${script} ended with ${String(signal ?? code)}`))),
    ])) as [ServerNews];
    return said;
  };
  const ask = async (order: ServerOrder): Promise<ServerNews> => {
    const answer = news();
    child.send(order);
    return answer;
  };
  const listening = await news();
  return {
    pid: child.pid ?? 0,
    target: { ...target, port: listening.is === 'listening' ? listening.port : 0 },
    hellos,
    publish: async (pace) => {
      const answer = await ask({ do: 'publish', pace });
      return answer.is === 'published' ? answer.messages : 0;
    },
    collect: async () => void (await ask({ do: 'collect' })),
    stop: async () => {
      // A profile is written at a clean end; who does not come to one is cut.
      child.disconnect();
      const cut = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
      await ended;
      clearTimeout(cut);
    },
  };
}

const STOP_MS_MAX = 5_000;

/** The other end: says that it listens, then obeys. The process ends with its conductor. */
export function obeyOrders(port: number, send: (first: number, count: number) => void): void {
  const tell = (news: ServerNews): void => void process.send?.(news);
  process.on('disconnect', () => process.exit(0));
  process.on('message', (order: ServerOrder) => {
    if (order.do === 'collect') {
      // The thorough kind, which also gives back what a young heap had grown to while sockets were opened.
      (globalThis as { gc?: (how: object) => void }).gc?.({ type: 'major', flavor: 'last-resort' });
      tell({ is: 'collected' });
      return;
    }
    void keepPace(order.pace, send).then((messages) => tell({ is: 'published', messages }));
  });
  tell({ is: 'listening', port });
}

/** Opens sockets in the way of this server. */
export async function openSockets(fleet: Fleet, server: PushServer, sockets: number, perSec: number): Promise<void> {
  await fleet.hellos(server.hellos);
  const { unready, failed } = await fleet.open(sockets, perSec);
  if (unready + failed > 0) throw new Error(`of ${sockets} sockets ${failed} were refused, ${unready} never ready`);
}

export const nowMs = (): number => performance.timeOrigin + performance.now();
