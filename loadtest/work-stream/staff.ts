import { setTimeout as wait } from 'node:timers/promises';
import { realEnvironment } from '../../gateway/client/environment.ts';
import type { HttpClient } from '../../gateway/client/http-client.ts';
import { insist } from '../../gateway/client/insist.ts';
import type { WorkActBody, WorkInfo } from '../../gateway/protocol/work-bodies.ts';
import type { Random } from '../random.ts';

/** Between two looks at an empty queue, in ms. */
const REST_MS = 50;
const WORKS_MAX = 40;
/** People of a node, who work side by side. */
const HANDS = 8;
/** Every tenth work order is given back, every tenth pick finds less, and every fifth act is said twice at once. */
const [REJECTS, SHORTS, TWICE] = [0.1, 0.1, 0.2];

/** One act the server has answered for. */
export interface Done {
  readonly node: string;
  readonly work: string;
  /** What the log must call it. */
  readonly op: string;
}

/**
 * People at a node: they take what is in the queue and do the next thing, each with a key of its own, until the server has
 * answered for it. What they do must be in the node's log once, however often they had to say it.
 */
export class Staff {
  readonly done: Done[] = [];
  /** Noes: an act is only tried where the work order allows it, so there is none. */
  readonly refused: string[] = [];
  readonly #node: string;
  readonly #client: HttpClient;
  readonly #chance: Random;
  readonly #env = realEnvironment();
  readonly #ended = new AbortController();

  constructor(node: string, client: HttpClient, chance: Random) {
    this.#node = node;
    this.#client = client;
    this.#chance = chance;
  }

  async run(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      const page = await insist(() => this.#client.works(this.#node, { limit: WORKS_MAX }), this.#env, signal);
      const works = page.ok ? [...page.value.works] : [];
      if (works.length === 0) await wait(REST_MS);
      const hands = Array.from({ length: HANDS }, async () => {
        for (let work = works.shift(); work !== undefined; work = works.shift()) await this.#doNext(work);
      });
      await Promise.all(hands);
    }
  }

  stop(): void {
    this.#ended.abort();
  }

  async #doNext(work: WorkInfo): Promise<void> {
    const act = nextAct(work, this.#chance);
    const key = `${work.id}:${act.act}`;
    const say = () =>
      insist(() => this.#client.actOnWork(this.#node, work.id, act, key), this.#env, this.#ended.signal);
    const answers = await Promise.all(this.#chance.chance(TWICE) ? [say(), say()] : [say()]);
    for (const answer of answers) {
      // Stopped while nobody answered: whether it was done is not known.
      if (!answer.ok && answer.status !== 0 && answer.status < 500) this.refused.push(`${key}: ${answer.error.code}`);
    }
    if (answers.some(({ ok }) => ok)) this.done.push({ node: this.#node, work: work.id, op: act.act });
  }
}

function nextAct({ state, lines }: WorkInfo, chance: Random): WorkActBody {
  switch (state) {
    case 'queued':
      return chance.chance(REJECTS) ? { act: 'reject', reason: 'too-busy' } : { act: 'accept' };
    case 'accepted':
      return { act: 'start' };
    case 'picking':
      return { act: 'pick', ...(chance.chance(SHORTS) && { lines: shortOf(lines) }) };
    case 'picked':
      return { act: 'pack' };
    case 'packed':
      return { act: 'ship', carrier: 'parcel' };
    case 'ready-for-pickup':
    case 'shipped':
    case 'delivered':
    case 'collected':
    case 'rejected':
    case 'pulled-back':
      throw new Error(`a node has nothing to do for work that is ${state}`);
    default:
      return state satisfies never;
  }
}

/** One unit less of a line, where something is left to be packed. */
function shortOf(
  lines: WorkInfo['lines'],
): { readonly line: number; readonly picked: number; readonly short: 'too-busy' }[] {
  const some = lines.find(({ units }) => units > 1);
  return some === undefined ? [] : [{ line: some.line, picked: some.units - 1, short: 'too-busy' }];
}
