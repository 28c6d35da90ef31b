import type { StateChannel } from '../protocol/wire.ts';
import { Connection } from './connection.ts';
import type { LinkListener } from './link.ts';
import { realEnvironment } from './environment.ts';
import type { Cancel, Environment } from './environment.ts';
import type { KeyListener, Scope, StateOf } from './subscription-table.ts';

// All elements of a page share one socket. Only a key watched in two scopes at once (the same sku near two places)
// needs a second one, because an update does not repeat the scope it was asked in.

/** Sockets per address at most: a page that shows one sku in more scopes than this is a mistake. */
const LANES_MAX = 4;
/** How long an unused socket stays, in ms: moving from page view to page view drops and takes up keys at once. */
const IDLE_MS_MAX = 5_000;

export class ConnectionPool {
  readonly #env: Environment;
  readonly #lanes = new Map<string, Connection[]>();

  constructor(env: Environment) {
    this.#env = env;
  }

  watch<Ch extends StateChannel>(
    url: string,
    watch: { readonly ch: Ch; readonly key: string; readonly scope: Scope },
    listen: { readonly state: KeyListener<StateOf[Ch]>; readonly link: LinkListener },
  ): Cancel {
    const lane = this.#laneFor(url, watch.ch, watch.key, watch.scope);
    const stopState = lane.watch(watch.ch, watch.key, watch.scope, listen.state);
    const stopLink = lane.onLink(listen.link);
    lane.start();
    return () => {
      stopState();
      stopLink();
      this.#env.after(IDLE_MS_MAX, () => this.#closeIfUnused(url, lane));
    };
  }

  #laneFor(url: string, ch: StateChannel, key: string, scope: Scope): Connection {
    const lanes = this.#lanes.get(url) ?? [];
    this.#lanes.set(url, lanes);
    const fitting = lanes.find((lane) => lane.fits(ch, key, scope));
    if (fitting !== undefined) return fitting;
    if (lanes.length >= LANES_MAX) throw new Error(`${ch} ${key} is watched in more than ${LANES_MAX} scopes`);
    const lane = new Connection({ url, client: 'onhand-page' }, this.#env);
    lanes.push(lane);
    return lane;
  }

  #closeIfUnused(url: string, lane: Connection): void {
    if (lane.watched > 0) return;
    lane.close();
    const rest = (this.#lanes.get(url) ?? []).filter((other) => other !== lane);
    if (rest.length > 0) this.#lanes.set(url, rest);
    else this.#lanes.delete(url);
  }
}

let shared: ConnectionPool | undefined;

/** The pool of this page. */
export function sharedPool(): ConnectionPool {
  shared ??= new ConnectionPool(realEnvironment());
  return shared;
}
