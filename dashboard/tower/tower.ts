import { Connection } from '../../gateway/client/connection.ts';
import type { Link } from '../../gateway/client/link.ts';
import { realEnvironment } from '../../gateway/client/environment.ts';
import { HttpClient } from '../../gateway/client/http-client.ts';
import { isFollowing } from '../../gateway/client/link-life.ts';
import { liveUrl } from '../../gateway/client/live-url.ts';
import { SignIn } from '../../gateway/client/sign-in.ts';
import { followOps } from '../../gateway/client/ops-feed.ts';
import type { NodeInfo } from '../../gateway/protocol/stock-bodies.ts';
import type { OpsState } from '../../gateway/protocol/wire.ts';
import { loadedFrom } from '../store/loaded.ts';
import type { Loaded } from '../store/loaded.ts';
import { Observable } from '../store/observable.ts';
import { withSample } from './history.ts';
import type { Sample } from './history.ts';

/** What a signed-in operator's page knows. Panels read it and render; none of them talks to the server for live data. */
export class Tower {
  readonly http: HttpClient;
  readonly connection: Connection;
  readonly link: Observable<Link>;
  readonly ops = new Observable<OpsState | undefined>(undefined);
  readonly history = new Observable<readonly Sample[]>([]);
  readonly nodes = new Observable<Loaded<readonly NodeInfo[]>>({ phase: 'loading' });
  /** Why this key may not watch operations, when it may not. */
  readonly forbidden = new Observable<string | undefined>(undefined);
  /** The sku whose split is open. */
  readonly openSku = new Observable<string | undefined>(undefined);
  /** Id of the order that is open. */
  readonly openOrder = new Observable<string | undefined>(undefined);
  /** Server clock less ours, ms: ages are told in the server's time. */
  #aheadMs = 0;

  constructor(key: string) {
    this.http = new HttpClient({ base: location.origin, token: key });
    this.connection = new Connection(
      { url: liveUrl(location.href), signIn: new SignIn(key), client: 'control-tower' },
      realEnvironment(),
    );
    this.link = new Observable(this.connection.link);
    this.connection.onLink((link) => this.#linked(link));
    followOps(this.connection, (state) => {
      if (state.phase === 'known') this.#take(state.entry.d);
      if (state.phase === 'refused') this.forbidden.set(state.message);
    });
    this.connection.start();
  }

  /** The server's time now, ms since the epoch. */
  nowMs(): number {
    return Date.now() + this.#aheadMs;
  }

  close(): void {
    this.connection.close();
  }

  async loadNodes(): Promise<void> {
    const loaded = loadedFrom(await this.http.nodes());
    // Places do not move while a server restarts: those we know stay on the map.
    if (loaded.phase === 'here' || this.nodes.value.phase !== 'here') this.nodes.set(loaded);
  }

  #linked(link: Link): void {
    this.link.set(link);
    // Also after a lost link: the server may have come back with other reference data.
    if (isFollowing(link.state)) void this.loadNodes();
  }

  #take(ops: OpsState): void {
    this.#aheadMs = ops.at - Date.now();
    this.ops.set(ops);
    this.history.set(withSample(this.history.value, ops));
  }
}
