import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { DestinationStream, Logger } from 'pino';
import type { Engine } from '../engine/api.ts';
import type { ChannelId } from '../engine/contract/ids.ts';
import type { ReferenceKind } from '../engine/contract/reference.ts';
import { Access } from './access.ts';
import { Audit } from './audit/audit.ts';
import { Broadcast } from './broadcast.ts';
import type { ChangeRelay } from './change-relay.ts';
import type { Config } from './config.ts';
import { FeedBodies } from './feed-body.ts';
import type { FeedDoor } from './feed-door.ts';
import { httpServer } from './http-server.ts';
import { JwtReader } from './jwt.ts';
import type { Keys } from './keys.ts';
import { liveDeps } from './live-config.ts';
import { LimitHits } from './limits.ts';
import { LiveSessions } from './live-sessions.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createLogs } from './log/logs.ts';
import { createLogger } from './log.ts';
import type { OrderDoor } from './order-door.ts';
import { PAGES_DIR } from './pages.ts';
import { STATE_CHANNELS } from './protocol/wire.ts';
import { requestLog } from './request-log.ts';
import type { JudgeRow, RowSchemas } from './reference-rules.ts';
import { SourceRates } from './source-rates.ts';
import { RouteTable } from './route-table.ts';
import type { RouteDeps } from './routes/route.ts';
import { SocketDoor } from './socket-door.ts';
import { StaffDoor } from './staff-door.ts';
import { followFacts } from './webhooks/follow-facts.ts';
import { IncomingWebhooks } from './webhooks/incoming.ts';
import { FollowedEndpoints } from './webhooks/followed-endpoints.ts';
import { webhookSettings } from './webhooks/webhook-settings.ts';
import { Webhooks } from './webhooks/webhooks.ts';
import { wallClock } from './wall-clock.ts';

export interface ServerDeps {
  readonly config: Config;
  readonly engine: Engine;
  /** Where the engine publishes to. */
  readonly changes: ChangeRelay;
  readonly door: FeedDoor;
  readonly orders: OrderDoor;
  readonly keys: Keys;
  /** The rules of rows of reference data. */
  readonly judgeRow: JudgeRow;
  readonly rowSchemas: RowSchemas;
  readonly pagesDir?: string;
  /** Spreads sockets over time; for tests. */
  readonly random?: () => number;
  /** Gives the port back that is listened on next. */
  readonly beforeListen?: () => Promise<void>;
  readonly logger?: Logger;
  /** Where log lines go; the standard error unless given. */
  readonly logTo?: DestinationStream;
  /** Ms since the epoch with fractions, never backwards, in the place of both clocks; for tests. */
  readonly now?: () => number;
}

export interface Server {
  /** `http://host:port`. */
  readonly url: string;
  /** Every route, as `GET /v1/ledger`. */
  readonly routes: readonly string[];
  /** What can be subscribed: `stock`, and `feed:` for all logs of that kind. */
  readonly channels: readonly string[];
  /** Takes no more work, lets requests finish, says goodbye to sockets. The engine stays open: it is the caller's. */
  drain(): Promise<void>;
}

/** Sockets that have not closed by then are cut. */
const GOODBYE_MS = 500;

/** Requests that have not ended by then are cut: an upload that crawls must not hold the stop. */
const REQUESTS_MS_MAX = 10_000;

/** Signed deliveries whose bytes are held at once, each of the greatest length. */
const WEBHOOK_BODIES_MAX = 32;
const HOUR_MS = 3_600_000;

/** Kinds of reference data that decide what a product page is shown, besides its numbers. */
const SHOWN: ReadonlySet<ReferenceKind> = new Set(['nodes', 'groups', 'channels']);

/** Joins HTTP, websocket and broadcast on one port. */
export async function startServer(deps: ServerDeps): Promise<Server> {
  const { config, engine, keys } = deps;
  const logger = deps.logger ?? createLogger(config, deps.logTo);
  const log = (line: string) => logger.warn(line);
  const originMs = performance.timeOrigin;
  const now = deps.now ?? (() => originMs + performance.now());
  const wallNow = deps.now ?? wallClock(now);
  const sale = () => defaultSale(config, engine);
  const hits = new LimitHits();
  const access = new Access(keys, await JwtReader.open(config, wallNow, log), wallNow, {
    burst: config.badKeysBurst,
    perMinute: config.badKeysPerMinute,
    hit: hits.hit,
  });
  const requests = requestLog({
    everyLine: logger.isLevelEnabled('debug'),
    slowMs: config.logSlowMs,
    now,
  });
  let phase: ReturnType<RouteDeps['phase']> = 'starting';

  const broadcast: Broadcast = new Broadcast({
    engine,
    now,
    wallNow,
    sale,
    sockets: () => live.sockets,
    run: randomBytes(6).toString('base64url'),
    log,
    hit: hits.hit,
    tokenBrake: access.tokenBrake,
  });
  const logs = createLogs(config, { engine, now, wallNow, log, hit: hits.hit });
  const sessions = liveDeps(config, {
    engine,
    stock: broadcast.stock,
    sources: broadcast,
    owe: broadcast.owe,
    now,
    wallNow,
    random: deps.random ?? Math.random,
    defaultSale: sale,
    logs: logs.hub,
    log,
    callerOf: (token, address) => access.callerOfToken(token, address),
    standingOf: (caller) => access.standingOf(caller),
    hit: hits.hit,
  });
  const live = new LiveSessions(sessions);
  const peerLimits = { ...sessions.limits, fragments: config.fragmentsMax };
  const sockets = new SocketDoor(live, peerLimits, { log, hit: hits.hit }, config.trustProxy);
  const staffDoor = new StaffDoor(live, peerLimits, { log, hit: hits.hit });
  const webhooks = new Webhooks(webhookSettings(config), log);
  const facts = followFacts(engine, webhooks, log);
  const endpoints = new FollowedEndpoints(webhooks, facts);
  deps.changes.listen(
    (changes) => {
      broadcast.publish(changes);
      facts.take(changes);
    },
    broadcast.publishOrders,
    (news) => {
      if (news.some(({ batch }) => SHOWN.has(batch.of))) live.keeper.followReference();
      if (news.some(({ batch }) => batch.of === 'outfeeds')) logs.hub.movedAll();
    },
    logs,
  );

  const sourceRates = new SourceRates(config.sourceEventsPerSec, hits.hit);
  const incoming = new IncomingWebhooks({
    webhooks,
    door: deps.door,
    orders: deps.orders,
    sources: engine.reference.sources,
    keepMs: config.webhookIdsHours * HOUR_MS,
    rotationMs: config.webhookRotationHours * HOUR_MS,
    now: wallNow,
    hit: hits.hit,
    rates: sourceRates,
  });
  const audit = new Audit(
    { path: join(config.dataDir, 'audit.sqlite'), days: config.auditDays, rowsMax: config.auditRowsMax },
    wallNow,
    log,
  );
  const table = new RouteTable();
  const app = await httpServer({
    routes: {
      engine,
      door: deps.door,
      orders: deps.orders,
      keys,
      audit,
      judgeRow: deps.judgeRow,
      rowSchemas: deps.rowSchemas,
      bodies: new FeedBodies(
        {
          bytesMax: config.feedBytesMax,
          inFlightMax: config.feedBytesInFlight,
          bites: { one: 'feed-body', all: 'feeds-in-flight' },
        },
        hits.hit,
      ),
      incoming,
      tokenBrake: access.tokenBrake,
      webhooks,
      endpoints,
      webhookTargets: config.webhookTargets,
      webhookBodies: new FeedBodies(
        {
          bytesMax: config.webhookBytesMax,
          inFlightMax: config.webhookBytesMax * WEBHOOK_BODIES_MAX,
          bites: { one: 'webhook-body', all: 'webhooks-in-flight' },
        },
        hits.hit,
      ),
      now: wallNow,
      defaultSale: sale,
      sourceRates,
      countEvents: (source, events) => broadcast.ops.countEvents(source, events),
      stats: () => ({
        sockets: live.sockets,
        topics: broadcast.stock.size,
        pushes: broadcast.latency.written,
        handshakesRefused: live.handshakesRefused,
        closed: live.closed,
        memoryBytes: process.memoryUsage.rss(),
        audit: audit.failed === undefined ? {} : { failed: audit.failed },
        webhooks: { incoming: incoming.stats, ...(webhooks.failed !== undefined && { failed: webhooks.failed }) },
      }),
      metrics: createMetrics({
        engine,
        dataDir: config.dataDir,
        hits,
        broadcast,
        live,
        incoming,
        logs,
        requests,
        audit,
        webhooks,
      }),
      phase: () => phase,
      logs,
      live,
      states: broadcast,
    },
    staffDoor,
    access,
    allowedOrigins: config.allowedOrigins,
    jsonBytesMax: config.jsonBytesMax,
    requestMsMax: config.requestMsMax,
    trustProxy: config.trustProxy,
    hit: hits.hit,
    requestLog: requests,
    pagesDir: deps.pagesDir ?? PAGES_DIR,
    table,
    rates: config,
    logger,
  });
  app.server.on('upgrade', (request, raw, head) => {
    if (!staffDoor.upgrade(request, raw, head)) sockets.upgrade(request, raw, head);
  });
  await deps.beforeListen?.();
  await app.listen({ port: config.port, host: config.host });
  await endpoints.resume().catch((error: unknown) => log(`webhooks: nothing is sent: ${String(error)}`));
  const eachSecond = setInterval(() => {
    live.keeper.turn();
    if (broadcast.stock.tookSilence()) live.keeper.followSilence();
    logs.hub.turn();
    broadcast.ops.turn();
    broadcast.alerts.turn();
    broadcast.orders.turn();
  }, 1000);
  phase = 'ready';
  const url = urlOf(config.host, app.server.address() as AddressInfo);
  logger.info({ url, epoch: engine.epoch }, 'ready');

  return {
    url,
    routes: table.all(),
    channels: [...STATE_CHANNELS, ...logs.hub.kinds.map((kind) => `${kind}:`)],
    async drain() {
      phase = 'draining';
      const startMs = now();
      logger.info({ sockets: live.sockets }, 'draining');
      live.stopAccepting();
      await live.keeper.drain(wait);
      clearInterval(eachSecond);
      const cuts = [
        setTimeout(() => live.keeper.cutAll(), GOODBYE_MS),
        setTimeout(() => app.server.closeAllConnections(), REQUESTS_MS_MAX),
      ];
      await app.close();
      await facts.stop();
      await webhooks.close();
      await logs.store.close();
      await audit.close();
      for (const cut of cuts) clearTimeout(cut);
      logger.info({ ms: Math.round(now() - startMs) }, 'drained');
    },
  };
}

function defaultSale(config: Config, engine: Engine): ChannelId | undefined {
  const { channels } = engine.reference;
  if (config.saleChannel !== '') return channels.get(config.saleChannel)?.id;
  return channels.values().next().value?.id;
}

function urlOf(host: string, { port }: AddressInfo): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
