import type { LogCommand } from './log-wire.ts';
import { parseAck, parseNack, parseSubscribeLog, parseUnsubscribeLog } from './parse-log.ts';
import { STATE_CHANNELS } from './wire.ts';
import type { ClientMessage, Connect, Near, Since, StateChannel } from './wire.ts';

// From the text of one frame to a command, or to the reason why it is none.

export interface MessageRefusal {
  /** `unknown-type` and `malformed-json` end the socket (4500, 4501); `malformed-command` is answered and forgotten. */
  readonly refused: 'malformed-json' | 'unknown-type' | 'malformed-command';
  readonly message: string;
  readonly id?: number;
}

/** Longest key, in characters. */
const TEXT_CHARS_MAX = 256;
/** Longest API key or JWT we look at, in characters. */
const TOKEN_CHARS_MAX = 4_096;

/** Whatever a client may say. */
export type ClientSaid = ClientMessage | LogCommand;

export function parseClientMessage(text: string): ClientSaid | MessageRefusal {
  const fields = parseObject(text);
  if (fields === undefined) return { refused: 'malformed-json', message: 'a frame holds one JSON object' };
  const type = fields['type'];
  if (type === 'hb') return { type: 'hb' };
  if (type === 'ack' || type === 'nack') {
    // They come by the hundred and are answered when the client asks for it.
    const said = type === 'ack' ? parseAck(fields) : parseNack(fields);
    return typeof said === 'string' ? { refused: 'malformed-command', message: said } : said;
  }
  if (type !== 'connect' && type !== 'subscribe' && type !== 'unsubscribe') {
    return { refused: 'unknown-type', message: `unknown type ${JSON.stringify(type ?? null).slice(0, 40)}` };
  }
  const id = fields['id'];
  if (!isWhole(id)) return { refused: 'malformed-command', message: 'id must be a whole number >= 0' };
  const command = COMMANDS[type](fields, id);
  return typeof command === 'string' ? { refused: 'malformed-command', message: command, id } : command;
}

export function isMessageRefusal(parsed: ClientSaid | MessageRefusal): parsed is MessageRefusal {
  return 'refused' in parsed;
}

type Fields = Readonly<Record<string, unknown>>;

type CommandType = Exclude<ClientMessage['type'], 'hb'>;

const COMMANDS: Readonly<Record<CommandType, (fields: Fields, id: number) => ClientSaid | string>> = {
  connect: parseConnect,
  subscribe: parseSubscribe,
  unsubscribe: parseUnsubscribe,
};

function parseConnect(fields: Fields, id: number): Connect | string {
  const { token, client } = fields;
  if (!isText(token, TOKEN_CHARS_MAX)) return `token must be text of 1 to ${TOKEN_CHARS_MAX} characters`;
  return { type: 'connect', id, token, ...(isText(client) ? { client } : {}) };
}

function parseSubscribe(fields: Fields, id: number): ClientSaid | string {
  if (fields['mode'] === 'log') return parseSubscribeLog(fields, id);
  const head = parseKeys(fields);
  if (typeof head === 'string') return head;
  const { sale, conflateMs, near, since } = fields;
  if (sale !== undefined && !isText(sale)) return 'sale must name a channel of sale';
  if (conflateMs !== undefined && !isWhole(conflateMs)) return 'conflateMs must be a whole number >= 0';
  if (near !== undefined && !isNear(near)) return NEAR_RULE;
  const tokens = since === undefined ? undefined : parseSince(since);
  if (since !== undefined && tokens === undefined) return 'since must map keys to [epoch, revision]';
  return {
    type: 'subscribe',
    id,
    ...head,
    ...(sale === undefined ? {} : { sale }),
    ...(conflateMs === undefined ? {} : { conflateMs }),
    ...(near === undefined ? {} : { near: nearOf(near) }),
    ...(tokens === undefined ? {} : { since: tokens }),
  };
}

function parseUnsubscribe(fields: Fields, id: number): ClientSaid | string {
  if (fields['mode'] === 'log') return parseUnsubscribeLog(fields, id);
  const head = parseKeys(fields);
  return typeof head === 'string' ? head : { type: 'unsubscribe', id, ...head };
}

function parseKeys(fields: Fields): { ch: StateChannel; keys: readonly string[] } | string {
  const { ch, keys } = fields;
  if (!isStateChannel(ch)) return `ch must be one of ${STATE_CHANNELS.join(', ')}`;
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every((key) => isText(key))) {
    return `keys must be a list of 1 or more texts of 1 to ${TEXT_CHARS_MAX} characters`;
  }
  if (ch === 'ops' && (keys.length !== 1 || keys[0] !== 'now')) return 'ops has one key: ["now"]';
  return { ch, keys: [...new Set(keys as readonly string[])] };
}

function isStateChannel(value: unknown): value is StateChannel {
  return STATE_CHANNELS.some((ch) => ch === value);
}

/** A null-prototype table: a key named `__proto__` is a key like any other. */
function parseSince(value: unknown): Readonly<Record<string, Since>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const tokens = Object.create(null) as Record<string, Since>;
  for (const [key, token] of Object.entries(value)) {
    if (!Array.isArray(token) || !isText(token[0]) || !isWhole(token[1])) return undefined;
    tokens[key] = [token[0], token[1]];
  }
  return tokens;
}

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function isText(value: unknown, charsMax = TEXT_CHARS_MAX): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= charsMax;
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** km: half the way around the earth reaches everywhere. */
const KM_MAX = 20_100;
const NEAR_RULE = `near must be {lat: -90 to 90, lon: -180 to 180} and may have km: above 0, at most ${KM_MAX}`;

function isNear(value: unknown): value is Near {
  if (typeof value !== 'object' || value === null) return false;
  const { lat, lon, km } = value as { lat?: unknown; lon?: unknown; km?: unknown };
  return within(lat, 90) && within(lon, 180) && (km === undefined || (within(km, KM_MAX) && Number(km) > 0));
}

function nearOf({ lat, lon, km }: Near): Near {
  return { lat, lon, ...(km === undefined ? {} : { km }) };
}

function within(value: unknown, bound: number): boolean {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= bound;
}
