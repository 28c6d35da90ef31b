import { no } from './answers.ts';

// A URL stands in logs of proxies, in histories of browsers and in the Referer: whatever secret was in it is no secret.

/** Names under which other systems take keys in a query. `key` alone is ours: the sku of an event stream. */
const NAME = /^(access_?token|id_?token|token|api_?key|auth|authorization|bearer|jwt|secret|password)$/i;
/** A key of ours, a JWT, or an order with its token. */
const VALUE = /\boh_[\w-]{43}\b|\beyJ[\w-]{8,}\.eyJ[\w-]+\.[\w-]+|\bo\d{1,4}-[0-9a-z]{1,10}\.[0-9a-f]{32}\b/;

export function hasSecret(url: string): boolean {
  const query = url.indexOf('?');
  if (query === -1) return VALUE.test(url);
  if (VALUE.test(url.slice(0, query))) return true;
  for (const [name, value] of new URLSearchParams(url.slice(query + 1))) {
    if (NAME.test(name) || VALUE.test(value)) return true;
  }
  return false;
}

export const SECRET_IN_URL = no(
  400,
  'token-in-url',
  'a key or token does not belong into a URL, which logs keep: send `Authorization: Bearer <key>`, or `connect` on a websocket. Replace the one you sent',
);
