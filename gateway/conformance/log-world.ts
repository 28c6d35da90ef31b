import { randomBytes } from 'node:crypto';
import type { LogWorld } from './door.ts';

/** A log of a running server, and how to leave it as it was. */
export interface LentLog extends LogWorld {
  /** Forgets the consumers it named, with what they parked; says what could not be. */
  readonly forget: () => Promise<readonly string[]>;
}

interface Outfeed {
  readonly id: string;
  readonly nodes?: readonly string[];
  readonly channels?: readonly string[];
  readonly skus?: readonly string[];
}

/** Tries to forget one whose socket the server has not seen close. */
const TRIES_MAX = 20;
const RETRY_MS = 100;

/** The log of that name, or else the first outfeed that leaves out nothing of these skus; undefined: there is none. */
export async function lendLog(
  http: string,
  key: string,
  { name, skus }: { readonly name: string | undefined; readonly skus: readonly string[] },
): Promise<LentLog | undefined> {
  const headers = { authorization: `Bearer ${key}` };
  const ch = name ?? (await findLog(http, headers, skus));
  if (ch === undefined) return undefined;
  const run = randomBytes(4).toString('hex');
  const consumers: string[] = [];
  return {
    ch,
    newConsumer: () => consumers[consumers.push(`conformance-${run}-${consumers.length + 1}`) - 1]!,
    async forget() {
      const left: string[] = [];
      for (const consumer of consumers.splice(0)) {
        const status = await forgetOne(`${http}/v1/log/${ch}/consumers/${consumer}`, headers);
        // 404: it came no further than the try.
        if (status !== 204 && status !== 404) left.push(`${consumer}: ${status}`);
      }
      return left;
    },
  };
}

type Headers = Readonly<Record<string, string>>;

async function findLog(http: string, headers: Headers, skus: readonly string[]): Promise<string | undefined> {
  const response = await fetch(`${http}/v1/reference/outfeeds`, { headers });
  if (!response.ok) return undefined;
  const { rows } = (await response.json()) as { readonly rows: readonly { readonly row: Outfeed }[] };
  const fit = rows.find(({ row }) => {
    const hasSkus = row.skus === undefined || skus.every((sku) => row.skus!.includes(sku));
    return hasSkus && row.nodes === undefined && row.channels === undefined;
  });
  return fit && `feed:${fit.row.id}`;
}

async function forgetOne(url: string, headers: Headers): Promise<number> {
  for (let tries = 1; ; tries++) {
    const { status } = await fetch(url, { method: 'DELETE', headers });
    if (status !== 409 || tries === TRIES_MAX) return status;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
