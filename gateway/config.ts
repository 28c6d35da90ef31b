import { ACCESS_OPTIONS, accessContradictions } from './access-options.ts';
import { choice, isFault, origins, text, whole, type Fault } from './option.ts';
import { trustedProxies } from './trust-proxy.ts';
import { WEBHOOK_OPTIONS } from './webhooks/webhook-options.ts';

// Every option of the server: name, bounds, meaning. Read from the environment once, at start.

const OPTIONS = {
  port: whole('PORT', 8080, 0, 65_535, 'TCP port; 0 takes a free one'),
  host: text('HOST', '127.0.0.1', 'Address to listen on; 0.0.0.0 opens it to the network'),
  dataDir: text('DATA_DIR', './data', 'Folder of journal, snapshots and keys'),
  referenceDir: text('REFERENCE_DIR', '', 'Folder of reference files, loaded at start; empty: none'),
  shardThreads: whole('SHARD_THREADS', 0, 0, 64, 'Shard threads; 0: cores less one, at least 1'),
  acceptLoss: choice(
    'ACCEPT_LOSS',
    ['no', 'yes'],
    'yes: start although the journal is damaged, without what follows the damage (kept in journal/lost); for one start',
  ),
  journal: choice('JOURNAL', ['segments', 'sqlite'], 'Journal implementation; sqlite is for comparison'),
  snapshotEveryFacts: whole(
    'SNAPSHOT_EVERY_FACTS',
    200_000,
    10,
    100_000_000,
    'Facts of a shard between its snapshots: fewer make a restart shorter and the disk busier',
  ),
  historyDays: whole(
    'HISTORY_DAYS',
    30,
    1,
    3_650,
    'Days that ledger, past moments and the archive of the journal reach back; more take more disk',
  ),
  orderDays: whole(
    'ORDER_DAYS',
    1_095,
    100,
    36_500,
    'Days after its last word that an order can be found; its customer goes with the last one',
  ),
  allowedOrigins: origins(
    'ALLOWED_ORIGINS',
    'Sites that may read public stock, comma separated; the own origin always may',
  ),
  saleChannel: text(
    'SALE_CHANNEL',
    '',
    'Channel of sale when a caller names none; empty: the first in the reference data',
  ),
  logLevel: choice(
    'LOG_LEVEL',
    ['info', 'warn', 'error', 'fatal', 'debug', 'trace', 'silent'],
    'Least level that is logged',
  ),
  logSlowMs: whole('LOG_SLOW_MS', 1_000, 0, 600_000, 'Ms from which an answer is slow and has a line at warn'),

  conflateMs: whole('CONFLATE_MS', 250, 0, 5_000, 'Least ms between two updates of a key, when a client asks for none'),
  conflateMsMin: whole(
    'CONFLATE_MS_MIN',
    50,
    1,
    5_000,
    'Shortest such time a public client may ask for; staff may ask for 0',
  ),
  conflateMsMax: whole('CONFLATE_MS_MAX', 5_000, 1, 5_000, 'Longest such time'),
  keysMax: whole('KEYS_MAX', 100, 1, 10_000, 'Keys per public socket'),
  staffKeysMax: whole('STAFF_KEYS_MAX', 5_000, 1, 100_000, 'Keys per staff socket'),
  msgBytesMax: whole('MSG_BYTES_MAX', 8_192, 256, 65_536, 'Bytes of one message from a public socket'),
  staffMsgBytesMax: whole('STAFF_MSG_BYTES_MAX', 65_536, 256, 1_048_576, 'Bytes of one message from a staff socket'),
  fragmentsMax: whole('FRAGMENTS_MAX', 16, 1, 1_024, 'Fragments of one message; ours fit in one'),
  commandsPerSec: whole('COMMANDS_PER_SEC', 20, 1, 10_000, 'Commands per second and socket'),
  commandsBurst: whole('COMMANDS_BURST', 40, 1, 10_000, 'Commands at once, before that rate counts'),
  updatesPerSec: whole(
    'UPDATES_PER_SEC',
    500,
    1,
    1_000_000,
    'Updates per second to a public socket; those beyond wait and are conflated',
  ),
  staffUpdatesPerSec: whole(
    'STAFF_UPDATES_PER_SEC',
    20_000,
    1,
    1_000_000,
    'The same to a staff socket; every version (conflateMs 0) is not held back',
  ),
  socketsMax: whole('SOCKETS_MAX', 20_000, 1, 1_000_000, 'Sockets per process; more are answered 503'),
  socketsPerAddress: whole(
    'SOCKETS_PER_ADDRESS',
    100,
    1,
    1_000_000,
    'Sockets per client address; behind a proxy set TRUST_PROXY, in load tests raise it',
  ),
  trustProxy: trustedProxies(
    'TRUST_PROXY',
    'Proxies whose X-Forwarded-For counts: addresses and networks, comma separated (also loopback), or a number of hops; empty: none. See gateway/DEPLOY.md',
  ),
  acceptsPerSec: whole('ACCEPTS_PER_SEC', 500, 1, 100_000, 'New sockets per second; more are answered 503'),
  connectMs: whole('CONNECT_MS', 5_000, 100, 60_000, 'Ms in which a staff socket must send its key'),
  heartbeatMs: whole('HEARTBEAT_MS', 25_000, 100, 300_000, 'Ms of silence after which a heartbeat is sent'),
  heartbeatGraceMs: whole(
    'HEARTBEAT_GRACE_MS',
    10_000,
    100,
    300_000,
    'Further ms before a silent socket is closed (4002)',
  ),
  unsentSkipBytes: whole(
    'UNSENT_SKIP_BYTES',
    16_384,
    1_024,
    16_777_216,
    'Unsent bytes above which a socket skips flushes',
  ),
  unsentCloseBytes: whole(
    'UNSENT_CLOSE_BYTES',
    262_144,
    4_096,
    67_108_864,
    'Unsent bytes at which a slow reader is closed (4001)',
  ),
  slowReaderMs: whole(
    'SLOW_READER_MS',
    30_000,
    100,
    600_000,
    'Ms without a completed write after which a slow reader is closed (4001)',
  ),
  socketAgeMinutes: whole('SOCKET_AGE_MINUTES', 60, 1, 1_440, 'Minutes after which a socket is renewed, ± 10 %'),
  logCreditMax: whole('LOG_CREDIT_MAX', 256, 1, 10_000, 'Events of a log that a consumer may leave unacknowledged'),
  logAckMs: whole('LOG_ACK_MS', 30_000, 100, 3_600_000, 'Ms in which a consumer acknowledges an event (4008)'),
  logAcksPerSec: whole(
    'LOG_ACKS_PER_SEC',
    200,
    1,
    100_000,
    'Acks and nacks per second and socket, twice as many at once',
  ),
  logConsumersMax: whole('LOG_CONSUMERS_MAX', 1_000, 1, 100_000, 'Consumers of logs that are remembered'),
  logParkedMax: whole('LOG_PARKED_MAX', 1_000, 1, 100_000, 'Parked events of one consumer; more close it (4009)'),
  logKeepHours: whole('LOG_KEEP_HOURS', 24, 1, 8_784, 'Hours that events of a log are kept; at most HISTORY_DAYS'),
  logKeepEvents: whole(
    'LOG_KEEP_EVENTS',
    1_000_000,
    1,
    100_000_000,
    'Events of one log that are kept, if that is less',
  ),
  drainMsMax: whole('DRAIN_MS_MAX', 15_000, 0, 120_000, 'Longest time over which a stopping server spreads its closes'),
  jsonBytesMax: whole(
    'JSON_BYTES_MAX',
    262_144,
    1_024,
    16_777_216,
    'Bytes of one JSON body; a reservation of 200 lines has 20 KB',
  ),
  requestMsMax: whole(
    'REQUEST_MS_MAX',
    120_000,
    1_000,
    3_600_000,
    'Ms in which a request must have arrived whole; 64 MiB at 5 Mbit/s take 107 s',
  ),
  feedBytesMax: whole(
    'FEED_BYTES_MAX',
    67_108_864,
    1_024,
    1_073_741_824,
    'Bytes of one body of a feed or of orders, unpacked',
  ),
  feedBytesInFlight: whole(
    'FEED_BYTES_IN_FLIGHT',
    268_435_456,
    1_024,
    8_589_934_592,
    'Bytes of all those bodies held at once; more are answered 503',
  ),
  ...ACCESS_OPTIONS,
  ...WEBHOOK_OPTIONS,
} as const;

export type Config = {
  readonly [Key in keyof typeof OPTIONS]: Exclude<ReturnType<(typeof OPTIONS)[Key]['read']>, Fault>;
};

/** Start-up cannot go on: says option, bound and value of everything that is wrong. */
class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(OPTIONS)) {
    const given = env[option.name] ?? '';
    const value = option.read(given === '' ? option.fallback : given);
    if (isFault(value)) faults.push(`${option.name} ${value.fault}`);
    else config[key] = value;
  }
  if (faults.length === 0) faults.push(...contradictions(config as Config));
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
  return config as Config;
}

/** The README's table. */
export function configTable(): string {
  const rows = Object.values(OPTIONS).map(
    (option) => `| \`${option.name}\` | ${shown(option.fallback)} | ${option.about} |`,
  );
  return ['| option | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function shown(fallback: string): string {
  return fallback === '' ? '' : `\`${fallback}\``;
}

function contradictions(config: Config): string[] {
  const faults = accessContradictions(config);
  if (config.conflateMsMin > config.conflateMsMax) {
    faults.push(`CONFLATE_MS_MIN must be <= CONFLATE_MS_MAX (${config.conflateMsMax}), got ${config.conflateMsMin}`);
  }
  if (config.unsentSkipBytes > config.unsentCloseBytes) {
    faults.push(
      `UNSENT_SKIP_BYTES must be <= UNSENT_CLOSE_BYTES (${config.unsentCloseBytes}), got ${config.unsentSkipBytes}`,
    );
  }
  if (config.feedBytesMax > config.feedBytesInFlight) {
    faults.push(
      `FEED_BYTES_MAX must be <= FEED_BYTES_IN_FLIGHT (${config.feedBytesInFlight}), got ${config.feedBytesMax}`,
    );
  }
  if (config.logKeepHours > config.historyDays * 24) {
    faults.push(
      `LOG_KEEP_HOURS must be <= HISTORY_DAYS in hours (${config.historyDays * 24}), got ${config.logKeepHours}: events of a log are rows of the ledger`,
    );
  }
  return faults;
}
