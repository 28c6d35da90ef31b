import { parseArgs } from 'node:util';

import { ORDER_FORMATS } from '../engine/contract/reference.ts';

/** Where files go. */
interface CliDoor {
  readonly path: string;
  /** Whose they are, in words. */
  readonly called: string;
  /** An invoice is whole within one body, so a list of them is not cut. */
  readonly csv: 'rows' | 'whole';
}

export interface CliOptions {
  readonly door: CliDoor;
  readonly url: string;
  readonly key: { readonly env: string } | { readonly file: string };
  readonly files: readonly string[];
}

export type CliStart = { readonly start: CliOptions } | { readonly help: true } | { readonly fault: string };

export const HELP = `Sends files to a source's feed door, or a channel's orders to the door for orders, and waits until every row is durable.

  npm run ingest -- --source pos-12 sales.xml [more files]
  npm run ingest -- --orders shopify --channel web orders.json [more files]

  --source ID      which source system the files come from; its format is set in the reference data (sources.json)
  --orders FORMAT  they hold messages about orders: ${ORDER_FORMATS.join(', ')}
  --channel ID     whose orders they are; needs --orders
  --warehouse ID   with --orders invoices: the node whose stock they move, in the name of --source
  --url URL        where Onhand answers                       default http://127.0.0.1:8080
  --key-file FILE  file that holds the API key                default: the environment variable ONHAND_KEY
  --help           this page

Large NDJSON and CSV files (.ndjson, .jsonl, .csv) are sent in parts cut between rows; other formats are sent whole.
When the server is busy, restarts, or the connection is lost, the same part is sent again: rows have ids, so nothing
counts twice. Refused rows are printed and wait among the dead letters. A key is never taken from the command line,
where other users of the machine could read it.

Exit code: 0 all rows were taken, 1 some were refused, 2 nothing could be done.
`;

/** Command line to options, or what is wrong with it in words. */
export function readOptions(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): CliStart {
  const parsed = parse(argv);
  if ('fault' in parsed) return parsed;
  const { values, positionals } = parsed;
  if (values.help === true) return { help: true };
  const door = doorOf(values);
  if ('fault' in door) return door;
  if (positionals.length === 0) return { fault: 'which files shall be sent? Name at least one after the options' };
  const url = values.url ?? DEFAULT_URL;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    return { fault: `--url must be an address like ${DEFAULT_URL}, got ${url}` };
  }
  if (new URL(url).username !== '' || new URL(url).password !== '') {
    return { fault: '--url must not hold a name or password; the API key alone says who sends' };
  }
  const file = values['key-file'];
  if (file === undefined && (env['ONHAND_KEY'] ?? '') === '') {
    return { fault: 'no API key: set ONHAND_KEY or give --key-file. The server prints a key at its first start' };
  }
  const key = file === undefined ? { env: env['ONHAND_KEY'] ?? '' } : { file };
  return { start: { door, url: url.replace(/\/+$/, ''), key, files: positionals } };
}

function doorOf({ source, orders, channel, warehouse }: Parsed['values']): CliDoor | { readonly fault: string } {
  if (orders === undefined) {
    const stray = channel === undefined ? warehouse && '--warehouse' : '--channel';
    if (stray) return { fault: `${stray} is said of orders: add --orders, e.g. --orders shopify` };
    if (source === undefined)
      return { fault: 'which source do the files come from? Add --source, e.g. --source pos-12; or --orders' };
    return { path: `/v1/feeds/${encodeURIComponent(source)}`, called: `source ${source}`, csv: 'rows' };
  }
  if (!ORDER_FORMATS.some((format) => format === orders))
    return { fault: `--orders must be one of ${ORDER_FORMATS.join(', ')}, got ${orders}` };
  if (channel === undefined) return { fault: 'whose orders are they? Add --channel, e.g. --channel web' };
  const said = Object.entries({ format: orders, channel, source, warehouse });
  const query = new URLSearchParams(said.filter((one): one is [string, string] => one[1] !== undefined));
  return { path: `/v1/orders?${query}`, called: `channel ${channel}`, csv: 'whole' };
}

/** Why a text can be no API key, never showing it; undefined when it can. HTTP would refuse it on every try, and say it aloud. */
export function keyFault(text: string): string | undefined {
  if (/^[!-~]{1,512}$/.test(text)) return undefined;
  return text === ''
    ? 'the API key is empty: look at ONHAND_KEY or the file of --key-file'
    : 'the API key holds a space, a line break or another character that no key has: look at ONHAND_KEY or the file of --key-file';
}

const DEFAULT_URL = 'http://127.0.0.1:8080';

interface Parsed {
  readonly values: {
    source?: string | undefined;
    orders?: string | undefined;
    channel?: string | undefined;
    warehouse?: string | undefined;
    url?: string | undefined;
    'key-file'?: string | undefined;
    help?: boolean | undefined;
  };
  readonly positionals: readonly string[];
}

function parse(argv: readonly string[]): Parsed | { readonly fault: string } {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        source: { type: 'string' },
        orders: { type: 'string' },
        channel: { type: 'string' },
        warehouse: { type: 'string' },
        url: { type: 'string' },
        'key-file': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    // Node adds advice about `--` that helps nobody here.
    return { fault: says.split('. ')[0] ?? says };
  }
}
