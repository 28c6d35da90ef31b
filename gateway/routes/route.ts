import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Engine } from '../../engine/api.ts';
import type { ChannelId } from '../../engine/contract/ids.ts';
import type { Audit } from '../audit/audit.ts';
import type { FeedBodies } from '../feed-body.ts';
import type { FeedDoor } from '../feed-door.ts';
import type { TokenBrake } from '../orders/order-token.ts';
import type { OrderDoor } from '../order-door.ts';
import type { Keys } from '../keys.ts';
import type { LiveSessions } from '../live-sessions.ts';
import type { Logs } from '../log/logs.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { SourceRates } from '../source-rates.ts';
import type { JudgeRow, RowSchemas } from '../reference-rules.ts';
import type { ServerStats } from '../server-stats.ts';
import type { FollowedEndpoints } from '../webhooks/followed-endpoints.ts';
import type { TopicSources } from '../topic-source.ts';
import type { IncomingWebhooks } from '../webhooks/incoming.ts';
import type { Targets } from '../webhooks/target-url.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';

/** The server with typebox schemas: bodies and queries of handlers have the schema's type. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What handlers may reach. */
export interface RouteDeps {
  readonly engine: Engine;
  readonly door: FeedDoor;
  readonly orders: OrderDoor;
  readonly keys: Keys;
  readonly audit: Audit;
  readonly judgeRow: JudgeRow;
  readonly rowSchemas: RowSchemas;
  readonly bodies: FeedBodies;
  readonly incoming: IncomingWebhooks;
  /** Guesses at orders' tokens. */
  readonly tokenBrake: TokenBrake;
  readonly webhooks: Webhooks;
  readonly endpoints: FollowedEndpoints;
  readonly webhookTargets: Targets;
  /** Bodies of incoming webhooks: few bytes each, since anybody may send some. */
  readonly webhookBodies: FeedBodies;
  /** Ms since the epoch with fractions, as the wall clock has it. */
  readonly now: () => number;
  readonly defaultSale: () => ChannelId | undefined;
  /** For the rate per source that operators see. */
  readonly countEvents: (source: string, events: number) => void;
  readonly sourceRates: SourceRates;
  readonly stats: () => ServerStats;
  readonly live: LiveSessions;
  /** Channels of which a key is all there is to ask for. */
  readonly states: TopicSources;
  readonly logs: Pick<Logs, 'hub' | 'store'>;
  readonly metrics: Metrics;
  /** `ready` while work is taken. */
  readonly phase: () => 'starting' | 'ready' | 'draining';
}

/** Of a body's or a query's schema: a field that is misspelled must not be left out in silence. */
export const STRICT = { additionalProperties: false } as const;
