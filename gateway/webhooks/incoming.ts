import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ClientId } from '../../engine/contract/ids.ts';
import type { SourceRef } from '../../engine/contract/reference.ts';
import { isNo, no, type No } from '../answers.ts';
import type { Hit } from '../limits.ts';
import type { FeedDoor } from '../feed-door.ts';
import type { OrderDoor } from '../order-door.ts';
import type { FeedAnswer } from '../protocol/feed-bodies.ts';
import type { OrdersAnswer, OrdersCounted } from '../protocol/order-bodies.ts';
import type { IncomingStats, SourceSecretInfo } from '../protocol/webhook-bodies.ts';
import type { SourceRates } from '../source-rates.ts';
import { claimOf, isSigned, replayKeys, secretBytes, type Claim, type WebhookScheme } from './signatures.ts';
import { newSecret, SOURCES_MAX, type SourceSecret } from './source-secrets.ts';
import type { Webhooks } from './webhooks.ts';

/** One answer for everything that is wrong with a signature: which part it was helps only who guesses. */
export const NOT_SIGNED: No = no(
  401,
  'wrong-signature',
  'this is not signed with a secret of this source, or not now; see the webhook settings of the source',
);

export type Taken = FeedAnswer | OrdersCounted | { readonly repeated: true };

export interface IncomingDeps {
  readonly webhooks: Webhooks;
  readonly door: FeedDoor;
  readonly orders: OrderDoor;
  readonly sources: ReadonlyMap<string, SourceRef>;
  readonly keepMs: number;
  readonly rotationMs: number;
  readonly now: () => number;
  readonly hit: Hit;
  /** Signed or with a key: a source's events are counted alike. */
  readonly rates: SourceRates;
}

/** Signed deliveries of sources: judged before they are parsed, each counted once, then through the door of feeds or of orders. */
export class IncomingWebhooks {
  readonly #deps: IncomingDeps;
  /** Of sources that may post. Read from the file at the first need, changed with it. */
  #secrets: Promise<Map<string, SourceSecret>> | undefined;
  /** Compared with where a source has none, so that the time does not tell which sources have one. */
  readonly #nobody = randomBytes(32);
  /** The same delivery while its first is being taken: it gets the same answer. */
  readonly #underWay = new Map<string, Promise<Taken | No>>();
  readonly #stats = { taken: 0, repeated: 0, wrongSignature: 0 };

  constructor(deps: IncomingDeps) {
    this.#deps = deps;
  }

  get stats(): IncomingStats {
    return { ...this.#stats };
  }

  /** What the headers say, or the no; before a byte of the body is read. */
  async claim(source: string, headers: IncomingHttpHeaders): Promise<Claim | No> {
    const scheme = (await this.#all()).get(source)?.scheme ?? guessedScheme(headers);
    const claim = claimOf(scheme, headers, this.#deps.now(), this.#deps.keepMs);
    return claim ?? this.#refuse();
  }

  /** Resolves when what it brought is durable, and that it came. Rejects when the engine is busy. */
  async take(source: string, claim: Claim, body: Uint8Array): Promise<Taken | No> {
    const secrets = this.#valid((await this.#all()).get(source), claim.scheme);
    if (!isSigned(claim, secrets, body)) return this.#refuse();
    const keys = replayKeys(claim, body);
    const names = keys.map((key) => `${key} ${source}`);
    const before = names.map((name) => this.#underWay.get(name)).find((one) => one !== undefined);
    if (before !== undefined) return before;
    const taking = this.#takeNew(source, claim, keys, body);
    for (const name of names) this.#underWay.set(name, taking);
    try {
      return await taking;
    } finally {
      for (const name of names) this.#underWay.delete(name);
    }
  }

  /**
   * Remembered after it counted: a crash between lets it come again, and the ids of its events then count once. The other
   * way round it would be answered 200 and be lost.
   */
  async #takeNew(source: string, claim: Claim, keys: readonly string[], body: Uint8Array): Promise<Taken | No> {
    const { webhooks, now, hit, rates } = this.#deps;
    const receivedAt = now();
    const known = await webhooks.ask('look', source, keys, receivedAt);
    if (known === 'seen') {
      this.#stats.repeated++;
      return { repeated: true };
    }
    if (known === 'full') {
      hit('webhook-ids');
      return FULL;
    }
    const tooFast = rates.refuse(source, receivedAt);
    if (tooFast !== undefined) return tooFast;
    const taken = await this.#passOn(source, claim, body, receivedAt);
    if (isNo(taken)) return taken;
    await webhooks.ask('remember', source, keys, receivedAt);
    this.#stats.taken++;
    rates.count(source, partsIn(taken), now());
    return taken;
  }

  /** To the door of what it is about: a shop posts its orders and its stock to one address. */
  async #passOn(
    source: string,
    { topic }: Claim,
    body: Uint8Array,
    receivedAt: number,
  ): Promise<FeedAnswer | OrdersCounted | No> {
    const orders = this.#deps.sources.get(source)?.orders;
    if (orders === undefined || ABOUT_STOCK.test(topic ?? '')) {
      const result = await this.#deps.door.take(source, body, receivedAt);
      return result.status === 'refused' ? no(404, result.code, result.message) : result.answer;
    }
    const client = orders.client ?? (`source:${source}` as ClientId);
    const asked = { ...orders, client, source, unanswered: true, ...(topic !== undefined && { topic }) } as const;
    const result = await this.#deps.orders.take(asked, body, receivedAt);
    return result.status === 'refused' ? no(404, result.code, result.message) : countsOf(result.answer);
  }

  /** Makes or takes a secret; the text is told this once. The one before stays valid for a while. */
  async putSecret(source: string, scheme: WebhookScheme, given: string | undefined): Promise<SourceSecret | No> {
    const secret = given ?? (scheme === 'shopify' ? undefined : newSecret());
    if (secret === undefined) return SHOPIFY_NEEDS_ITS_OWN;
    const { webhooks, rotationMs, now } = this.#deps;
    const made = await webhooks.ask('putSecret', { source, scheme, secret }, rotationMs, Math.round(now()));
    if (made === 'too-many-secrets') return TOO_MANY;
    (await this.#all()).set(source, made);
    return made;
  }

  async secret(source: string): Promise<SourceSecretInfo | undefined> {
    const found = (await this.#all()).get(source);
    return found === undefined ? undefined : infoOf(found, this.#deps.now());
  }

  async removeSecret(source: string): Promise<'removed' | 'unknown-secret'> {
    if (!this.#deps.webhooks.isInUse) return 'unknown-secret';
    const removed = await this.#deps.webhooks.ask('removeSecret', source);
    (await this.#all()).delete(source);
    return removed;
  }

  #all(): Promise<Map<string, SourceSecret>> {
    if (!this.#deps.webhooks.isInUse) return Promise.resolve(new Map());
    this.#secrets ??= this.#deps.webhooks.ask('secrets').then(
      (all) => new Map(all.map((one) => [one.source, one])),
      (error: unknown) => {
        this.#secrets = undefined;
        throw error;
      },
    );
    return this.#secrets;
  }

  #valid(of: SourceSecret | undefined, scheme: WebhookScheme): Uint8Array[] {
    if (of === undefined || of.scheme !== scheme) return [this.#nobody];
    const { previous } = of;
    const texts =
      previous !== undefined && previous.until > this.#deps.now() ? [of.secret, previous.secret] : [of.secret];
    return texts.map((text) => secretBytes(scheme, text));
  }

  #refuse(): No {
    this.#stats.wrongSignature++;
    return NOT_SIGNED;
  }
}

export function infoOf({ source, scheme, createdAt, previous }: SourceSecret, nowMs: number): SourceSecretInfo {
  const overlap = previous !== undefined && previous.until > nowMs ? { previousUntil: previous.until } : {};
  return { source, scheme, createdAt, ...overlap };
}

/** A source without a secret is judged as the headers want to be, so that both kinds of sender see the same no. */
function guessedScheme(headers: IncomingHttpHeaders): WebhookScheme {
  if (headers['x-wc-webhook-signature'] !== undefined) return 'woocommerce';
  return headers['x-shopify-hmac-sha256'] === undefined ? 'standard' : 'shopify';
}

const FULL: No = no(503, 'overloaded', 'too many deliveries are remembered; send it again later', {
  retryAfterMs: 60_000,
});
/** Shopify's topics that are not about orders, where a source delivers those. */
const ABOUT_STOCK = /^inventory_/;

function countsOf({ taken, duplicates, kept, refused, ignored }: OrdersAnswer): OrdersCounted {
  return { taken, duplicates, kept, refused, ignored };
}

/** Events and messages in a delivery: what its source's rate counts. */
function partsIn(taken: FeedAnswer | OrdersCounted): number {
  return 'recorded' in taken
    ? taken.recorded + taken.duplicates + taken.refusedCount
    : taken.taken + taken.kept + taken.refused;
}

/** What of them counted, now or before. */
export function countedIn(taken: Taken): number {
  if ('repeated' in taken) return 0;
  return 'recorded' in taken ? taken.recorded + taken.duplicates : taken.taken + taken.kept;
}

const SHOPIFY_NEEDS_ITS_OWN: No = no(422, 'secret-required', "Shopify signs with your app's client secret: send it", {
  field: 'secret',
});
const TOO_MANY: No = no(409, 'too-many-secrets', `${SOURCES_MAX} sources have a secret; delete those nobody uses`);
