import { isIP } from 'node:net';
import { isPublicAddress } from './public-addresses.ts';

/** Where webhooks may go: `public` the internet by https; `any` also http and private addresses, for development. */
export const TARGETS = ['public', 'any'] as const;
export type Targets = (typeof TARGETS)[number];

const URL_LENGTH_MAX = 2_048;

/** The address an endpoint is called at, or why it may not be. Whether its name leads somewhere allowed shows at each delivery. */
export function readTarget(text: string, targets: Targets): URL | { readonly fault: string } {
  if (text.length > URL_LENGTH_MAX || !URL.canParse(text)) {
    return { fault: `must be a URL of at most ${URL_LENGTH_MAX} characters` };
  }
  const url = new URL(text);
  const isHttps = url.protocol === 'https:';
  if (!isHttps && !(targets === 'any' && url.protocol === 'http:')) return { fault: 'must begin with https://' };
  if (url.username !== '' || url.password !== '') return { fault: 'must not hold a user or password' };
  if (url.hash !== '') return { fault: 'must not hold a #fragment' };
  const host = hostOf(url);
  if (targets === 'public' && isIP(host) !== 0 && !isPublicAddress(host)) {
    return { fault: 'must not name a private, local or reserved address' };
  }
  return url;
}

/** Without the brackets of IPv6. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}
