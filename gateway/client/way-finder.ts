import { SUBPROTOCOL } from '../protocol/wire.ts';
import type { Subscribe } from '../protocol/wire.ts';
import type { Environment, Socket } from './environment.ts';
import { ladderOf, nextLadder, wayOf } from './ladder.ts';
import type { Ladder, LadderEvent, Way } from './ladder.ts';
import { NamedTimers } from './named-timers.ts';
import { openPolling } from './polling-socket.ts';
import { parseServerMessage } from './server-message.ts';
import { openStreams } from './stream-socket.ts';
import type { StreamMemory } from './stream-socket.ts';

/** From opening a better way to its greeting, in ms. */
const TRIAL_MS_MAX = 10_000;
/** Before the first trial of a better way, in ms; doubled with each that fails. */
const CLIMB_MS_MIN = 60_000;
const CLIMB_MS_MAX = 900_000;

/** What a trial needs to know and to tell. */
export interface Trial {
  /** All that is watched, for a way that is told before it greets. */
  readonly wanted: () => readonly Subscribe[];
  readonly mayTry: () => boolean;
  /** The better way greeted: it is the one from now on. */
  readonly adopt: (socket: Socket, greeting: unknown) => void;
}

/** Opens the way that the ladder stands on, and tries better ones beside it. */
export class WayFinder {
  readonly #url: string;
  readonly #env: Environment;
  readonly #timers: NamedTimers<'climb' | 'trial'>;
  readonly #memory: StreamMemory = new Map();
  #ladder: Ladder;
  #trial: Socket | undefined;
  #tries = 0;

  constructor(url: string, ways: readonly Way[], env: Environment) {
    this.#url = url;
    this.#env = env;
    this.#ladder = ladderOf(ways);
    this.#timers = new NamedTimers(env);
  }

  get way(): Way {
    return wayOf(this.#ladder);
  }

  note(event: LadderEvent): void {
    const { rung } = this.#ladder;
    this.#ladder = nextLadder(this.#ladder, event);
    if (this.#ladder.rung < rung) this.#tries = 0;
  }

  open(): Socket {
    return this.#open(this.way);
  }

  /** While the link stands on a lower way, a better one is tried now and then; the page notices when it succeeds only. */
  climbLater(trial: Trial): void {
    if (this.#ladder.rung === 0) return;
    const waitMs = Math.min(CLIMB_MS_MIN * 2 ** this.#tries, CLIMB_MS_MAX) * (0.5 + this.#env.random());
    this.#timers.arm('climb', waitMs, () => this.#climb(trial));
  }

  stopClimbing(): void {
    this.#timers.disarmAll();
    drop(this.#trial);
    this.#trial = undefined;
  }

  #climb(trial: Trial): void {
    if (!trial.mayTry()) return this.climbLater(trial);
    // Each better way in its turn.
    const rung = this.#tries++ % this.#ladder.rung;
    const socket = this.#open(this.#ladder.ways[rung] ?? this.way);
    const giveUp = (): void => {
      this.stopClimbing();
      this.climbLater(trial);
    };
    this.#trial = socket;
    this.#timers.arm('trial', TRIAL_MS_MAX, giveUp);
    socket.onerror = () => {};
    socket.onclose = giveUp;
    socket.onmessage = ({ data }) => {
      if (parseServerMessage(data)?.type !== 'welcome') return;
      this.#trial = undefined;
      this.#timers.disarmAll();
      this.note({ is: 'climbed', rung });
      trial.adopt(socket, data);
    };
    socket.want?.(trial.wanted());
  }

  #open(way: Way): Socket {
    switch (way) {
      case 'websocket':
        return this.#env.openSocket(this.#url, SUBPROTOCOL);
      case 'sse':
        return openStreams(this.#url, this.#env, this.#memory);
      case 'polling':
        return openPolling(this.#url, this.#env);
    }
  }
}

/** Ends a socket so that none of its late events is taken for one of another. */
export function drop(socket: Socket | undefined): void {
  if (socket === undefined) return;
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close(1000);
}
