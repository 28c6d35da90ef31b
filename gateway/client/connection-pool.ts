import type { StateChannel } from '../protocol/wire.ts';
import { Connection } from './connection.ts';
import { realEnvironment } from './environment.ts';
import type { Cancel, Environment } from './environment.ts';
import type { Way } from './ladder.ts';
import type { LinkListener } from './link.ts';
import type { KeyListener, Scope, StateOf } from './subscription-table.ts';

// All elements of a page share one socket. Another is needed for a key watched in two scopes at once (the same sku near
// two places), because an update does not repeat the scope it was asked in, and beyond the keys one socket may watch.

/** Sockets per server at most: a page that shows one sku in more scopes than this, or 400 skus, is a mistake. */
const LANES_MAX = 4;
/** How long an unused socket stays, in ms: moving from page view to page view drops and takes up keys at once. */
const IDLE_MS_MAX = 5_000;

interface Server {
  readonly url: string;
  readonly ways: readonly Way[];
}

interface Watch<Ch extends StateChannel> {
  readonly ch: Ch;
  readonly key: string;
  readonly scope: Scope;
}

export class ConnectionPool {
  readonly #env: Environment;
  /** By address and ways. */
  readonly #lanes = new Map<string, Connection[]>();

  constructor(env: Environment) {
    this.#env = env;
  }

  watch<Ch extends StateChannel>(
    server: Server,
    watch: Watch<Ch>,
    listen: { readonly state: KeyListener<StateOf[Ch]>; readonly link: LinkListener },
  ): Cancel {
    const lane = this.#laneFor(server, watch);
    const stopState = lane.watch(watch.ch, watch.key, watch.scope, listen.state);
    const stopLink = lane.onLink(listen.link);
    lane.start();
    return () => {
      stopState();
      stopLink();
      this.#env.after(IDLE_MS_MAX, () => this.#closeIfUnused(server, lane));
    };
  }

  #laneFor(server: Server, { ch, key, scope }: Watch<StateChannel>): Connection {
    const name = nameOf(server);
    const lanes = this.#lanes.get(name) ?? [];
    this.#lanes.set(name, lanes);
    const fitting = lanes.find((lane) => lane.fits(ch, key, scope));
    if (fitting !== undefined) return fitting;
    if (lanes.length >= LANES_MAX) throw new Error(`more than ${LANES_MAX} sockets for one page`);
    const lane = new Connection(server, this.#env);
    lanes.push(lane);
    return lane;
  }

  #closeIfUnused(server: Server, lane: Connection): void {
    if (lane.watched > 0) return;
    lane.close();
    const lanes = this.#lanes.get(nameOf(server)) ?? [];
    // Nothing keeps an empty list but a server that may come again.
    if (lanes.includes(lane)) lanes.splice(lanes.indexOf(lane), 1);
  }
}

function nameOf({ url, ways }: Server): string {
  return `${url} ${ways.join(' ')}`;
}

let shared: ConnectionPool | undefined;

/** The pool of this page. */
export function sharedPool(): ConnectionPool {
  shared ??= new ConnectionPool(realEnvironment());
  return shared;
}
