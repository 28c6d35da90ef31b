import type { ChannelId, Sku } from '../contract/ids.ts';
import type { Order } from '../contract/order.ts';

// What an order is found by, as plain words: without accents, in small letters, cut at everything that is neither letter nor
// digit. The index cuts at spaces only, so words of orders and of questions are the same by construction, whatever is typed.

/** Longest word that is kept; longer ones are cut, in orders and questions alike. */
const WORD_CHARS_MAX = 40;
/** Words of one order at most, and of one question. */
const WORDS_MAX = 4_000;
const ASKED_WORDS_MAX = 12;
/** Shorter beginnings are looked up as whole words: half of all orders would have them. */
const PREFIX_CHARS_MIN = 2;

/** Text of an order for the index: who ordered, and all the rest. */
export interface OrderWords {
  readonly who: string;
  readonly what: string;
}

export function wordsOfOrder(order: Order): OrderWords {
  const { customer, shipTo, number, id, channelOrderId, lines, tags, note, works, channel } = order;
  const who = [customer.name, customer.email, customer.id, customer.phone, shipTo?.name, shipTo?.phone];
  const address = [...(shipTo?.lines ?? []), shipTo?.city, shipTo?.region, shipTo?.postcode, shipTo?.country];
  const goods = lines.flatMap(({ sku, name }) => [sku, name]);
  const parcels = works.flatMap(({ parcels: own }) => own.map(({ tracking }) => tracking));
  const keys = [phoneKey(customer.phone), phoneKey(shipTo?.phone)];
  const facets = [channelFacet(channel), ...lines.map(({ sku }) => skuFacet(sku))];
  return {
    who: join([...wordsOf(who), ...keys]),
    what: join([...wordsOf([number, id, channelOrderId, ...address, ...tags, note, ...parcels, ...goods]), ...facets]),
  };
}

function join(words: readonly (string | undefined)[]): string {
  return [...new Set(words.filter((word) => word !== undefined))].slice(0, WORDS_MAX).join(' ');
}

/** Also each text without its separators: `SKU-1` is `sku`, `1` and `sku1`. */
function wordsOf(texts: readonly (string | undefined)[]): string[] {
  return texts.flatMap((text) =>
    text === undefined ? [] : spaced(text).flatMap((word) => [...partsOf(word), compact(word)]),
  );
}

function spaced(text: string): string[] {
  return text.split(/\s+/u).filter((word) => compact(word) !== '');
}

function partsOf(word: string): string[] {
  return plain(word)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '')
    .map((part) => part.slice(0, WORD_CHARS_MAX));
}

function plain(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** Letters and digits only. */
export function compact(text: string): string {
  return plain(text)
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')
    .slice(0, WORD_CHARS_MAX);
}

/** Digits of a phone that are the same however it is written: the last ten, without zeros in front; undefined: too few. */
export function phoneKey(phone: string | undefined): string | undefined {
  const digits = (phone ?? '').replaceAll(/\D/g, '').replace(/^0+/, '').slice(-10).replace(/^0+/, '');
  return digits.length < 7 ? undefined : digits;
}

// No word of an order can have this sign in it: it is neither letter nor digit.
const channelFacet = (channel: ChannelId): string => `§c${Buffer.from(channel).toString('hex')}`;
const skuFacet = (sku: Sku): string => `§s${Buffer.from(sku).toString('hex')}`;

interface Sought {
  readonly q?: string | undefined;
  /** Words are of who ordered, not of what. */
  readonly ofWho?: boolean;
  readonly channels?: readonly ChannelId[] | undefined;
  readonly sku?: Sku | undefined;
}

/**
 * The question in the index's language; undefined: nothing is asked of words. `finds`: whether such a question finds any order. A beginning that the index has no list for is put together from all words that begin so, which is dear where many orders
 * have them; so a long word that is one itself is looked up as it is.
 */
export function matchOf(
  { q, ofWho = false, channels, sku }: Sought,
  finds: (match: string) => boolean,
): string | undefined {
  const words = spaced(q ?? '').slice(0, ASKED_WORDS_MAX);
  const column = ofWho ? 'who : ' : '';
  const all = words.map((word) => `${column}${wordMatch(word, finds)}`);
  const phone = /^[\d\s+()./-]+$/.test(q ?? '') ? phoneKey(q) : undefined;
  const own =
    all.length === 0
      ? []
      : [phone === undefined ? all.join(' AND ') : `((${all.join(' AND ')}) OR ${column}"${phone}")`];
  const facets = [
    ...(channels === undefined ? [] : [`(${channels.map((each) => `"${channelFacet(each)}"`).join(' OR ') || '"§"'})`]),
    ...(sku === undefined ? [] : [`"${skuFacet(sku)}"`]),
  ];
  const parts = [...own, ...facets];
  return parts.length === 0 ? undefined : parts.join(' AND ');
}

/** With separators inside: as one word where some order has one that begins so, else all of its parts. */
function wordMatch(word: string, finds: (match: string) => boolean): string {
  const parts = partsOf(word);
  const whole = beginning(compact(word), finds);
  const isWhole = parts.length < 2 || finds(whole);
  return isWhole ? `(${whole})` : `(${parts.map((part) => beginning(part, finds)).join(' AND ')})`;
}

/** Longest beginning that the index keeps lists for: see ORDERS_SCHEMA. */
export const PREFIX_CHARS_MAX = 5;

function beginning(word: string, finds: (match: string) => boolean): string {
  const isWhole = word.length < PREFIX_CHARS_MIN || (word.length > PREFIX_CHARS_MAX && finds(`"${word}"`));
  return isWhole ? `"${word}"` : `"${word}"*`;
}
