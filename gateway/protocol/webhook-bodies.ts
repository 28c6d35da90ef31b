// Bodies of the webhook routes.

/** Of `GET /v1/sources/{source}/webhook-secret`; the text is shown once, when it is made. */
export interface SourceSecretInfo {
  readonly source: string;
  /** `standard`: Standard Webhooks. */
  readonly scheme: 'standard' | 'shopify' | 'woocommerce';
  readonly createdAt: number;
  /** The secret before this one is accepted until then, ms since the epoch. */
  readonly previousUntil?: number;
}

/** Signed deliveries since the start. */
export interface IncomingStats {
  readonly taken: number;
  /** Had come before and were answered 200 without effect. */
  readonly repeated: number;
  readonly wrongSignature: number;
}

/** Events to endpoints; attempts since the start. */
export interface OutgoingStats {
  /** `refused`: answered with something that is not 2xx; `unanswered`: there was no answer. */
  readonly attempts: { readonly delivered: number; readonly refused: number; readonly unanswered: number };
  /** Under way. */
  readonly running: number;
  readonly queued: number;
  /** Events left out because too many waited, of all endpoints. */
  readonly missed: number;
  readonly endpoints: { readonly active: number; readonly paused: number };
}

/** Of `POST /v1/sources/{source}/webhook-secret`: the text is shown this once. */
export interface SourceSecretMade extends SourceSecretInfo {
  readonly secret: string;
}

/** What of an event's keys must be in the list; an event without such a key passes. */
export interface EndpointFilters {
  readonly skus?: readonly string[];
  readonly channels?: readonly string[];
  readonly nodes?: readonly string[];
  readonly sources?: readonly string[];
}

/** Body of `POST /v1/webhook-endpoints`. */
export interface EndpointWish {
  readonly url: string;
  /** Names of event types, `dev.onhand.stock.low`. */
  readonly types: readonly string[];
  readonly filters: EndpointFilters;
  /** For whoever reads the list. */
  readonly note?: string;
}

/** Body of `PATCH /v1/webhook-endpoints/{id}`: what is absent stays. */
export interface EndpointChange extends Partial<EndpointWish> {
  readonly state?: 'active' | 'paused';
}

export interface EndpointInfo extends EndpointWish {
  readonly id: string;
  readonly createdAt: number;
  readonly state: 'active' | 'paused';
  /** Staff said so; it failed for too long; or it answered 410. */
  readonly pausedFor?: 'staff' | 'failing' | 'gone';
  /** Deliveries that wait. */
  readonly queued: number;
  /** Attempts that failed since the last one that did not, and since when. */
  readonly failures: number;
  readonly failingSince?: number;
  readonly deliveredAt?: number;
  /** Events left out because too many waited, and since when; begins anew when the endpoint is resumed. */
  readonly missed: number;
  readonly missedSince?: number;
  /** The secret before signs as well until then. */
  readonly previousUntil?: number;
}

export interface DeliveriesAsked {
  readonly endpoint: string;
  readonly state?: Delivery['state'];
  /** Id of the last one of the page before. */
  readonly after?: number;
  readonly limit: number;
}

export interface DeliveryAttempt {
  /** Ms since the epoch. */
  readonly at: number;
  /** How long it took. */
  readonly ms: number;
  /** Absent: there was no answer, `fault` says why. */
  readonly status?: number;
  readonly fault?: string;
  /** The first KB of the answer. */
  readonly answer?: string;
}

export interface Delivery {
  readonly id: number;
  readonly endpoint: string;
  /** Id of the event: `webhook-id` of every attempt. */
  readonly event: string;
  readonly type: string;
  readonly state: 'waiting' | 'delivered' | 'failed';
  /** Since it was put or replayed. */
  readonly attempts: number;
  readonly putAt: number;
  /** When the next attempt is due. */
  readonly nextAt?: number;
  readonly last?: DeliveryAttempt;
}

export interface DeliveryDetail extends Delivery {
  /** The CloudEvent that is sent, JSON. */
  readonly body: string;
  readonly tries: readonly DeliveryAttempt[];
}

export interface TestAnswer {
  readonly state: 'delivered' | 'failed';
  readonly ms: number;
  readonly status?: number;
  readonly fault?: string;
  readonly answer: string;
}

/** With its secret, which is shown this once. */
export interface EndpointMade extends EndpointInfo {
  readonly secret: string;
}

export interface EndpointsList {
  readonly endpoints: readonly EndpointInfo[];
  /** `any`: also http and private addresses may be named, for development. */
  readonly targets: 'public' | 'any';
}

export interface DeliveriesPage {
  readonly deliveries: readonly Delivery[];
  /** Goes into `after`; absent: these were the last. */
  readonly next?: number;
}

export interface Replayed {
  /** How many deliveries are due again. */
  readonly replayed: number;
}

export interface EventTypesList {
  readonly types: readonly {
    readonly type: string;
    readonly about: string;
    /** JSON Schema of the event's `data`. */
    readonly data: object;
    readonly example: object;
  }[];
}
