import type { Ack, LogPlace, LogSince, Nack, SubscribeLog, UnsubscribeLog } from './log-wire.ts';

// The commands of a log, field by field. A sentence instead of a command says what is wrong with it.

type Fields = Readonly<Record<string, unknown>>;

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/;
const CHANNEL = /^[a-z]{1,16}:[!-~]{1,128}$/;
const CODE = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** Characters of a nack's message that are kept. */
const MSG_CHARS_MAX = 500;

const CHANNEL_RULE = 'ch must name a log, like feed:wms';

export function parseSubscribeLog(fields: Fields, id: number): SubscribeLog | string {
  const { ch, consumer, since, credit, begin } = fields;
  if (!isChannel(ch)) return CHANNEL_RULE;
  if (!isName(consumer)) return 'consumer must be 1 to 64 letters, digits, dots, dashes or underscores';
  if (since !== undefined && !isSince(since)) return 'since must be {e: epoch, o: the last offset that was stored}';
  if (credit !== undefined && !(isWhole(credit) && credit >= 1)) return 'credit must be a whole number >= 1';
  if (begin !== undefined && begin !== 'oldest' && begin !== 'next') return 'begin must be "oldest" or "next"';
  return {
    type: 'subscribe',
    id,
    ch,
    mode: 'log',
    consumer,
    ...(since === undefined ? {} : { since: { e: since.e, o: since.o } }),
    ...(begin === undefined ? {} : { begin }),
    ...(credit === undefined ? {} : { credit }),
  };
}

export function parseUnsubscribeLog({ ch }: Fields, id: number): UnsubscribeLog | string {
  return isChannel(ch) ? { type: 'unsubscribe', id, ch, mode: 'log' } : CHANNEL_RULE;
}

export function parseAck(fields: Fields): Ack | string {
  const head = parseHead(fields);
  return typeof head === 'string' ? head : { type: 'ack', ...head };
}

export function parseNack(fields: Fields): Nack | string {
  const head = parseHead(fields);
  if (typeof head === 'string') return head;
  const { code, msg } = fields;
  if (typeof code !== 'string' || !CODE.test(code)) return 'code must be 1 to 64 small letters, digits or dashes';
  if (msg !== undefined && typeof msg !== 'string') return 'msg must be text';
  return { type: 'nack', ...head, code, ...(msg === undefined ? {} : { msg: msg.slice(0, MSG_CHARS_MAX) }) };
}

function parseHead({ ch, o, parked, id }: Fields): ({ readonly ch: string; readonly id?: number } & LogPlace) | string {
  if (!isChannel(ch)) return CHANNEL_RULE;
  if (id !== undefined && !isWhole(id)) return 'id must be a whole number >= 0';
  if ((o === undefined) === (parked === undefined)) return 'give o, or parked for an event that is played again';
  const number = o ?? parked;
  if (!isWhole(number)) return `${o === undefined ? 'parked' : 'o'} must be a whole number >= 0`;
  return { ch, ...(id === undefined ? {} : { id }), ...(o === undefined ? { parked: number } : { o: number }) };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}

function isChannel(value: unknown): value is string {
  return typeof value === 'string' && CHANNEL.test(value);
}

function isSince(value: unknown): value is LogSince {
  if (typeof value !== 'object' || value === null) return false;
  const { e, o } = value as { e?: unknown; o?: unknown };
  return typeof e === 'string' && e.length > 0 && e.length <= 128 && isWhole(o);
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
