import { parseArgs } from 'node:util';

export interface DemoOptions {
  readonly speed: number;
  readonly port: number;
  readonly dataDir: string;
  readonly fresh: boolean;
}

/** At 6,000 the year takes 88 minutes and some 40 events arrive each second: enough to watch, slow enough to follow. */
export const SPEED_DEFAULT = 6_000;
/** Ledger times are written in hundredths of a second; beyond this pace two of them could fall together. */
const SPEED_MAX = 20_000;

export const HELP = `npm run demo [-- options]

Starts the server with both pages and sends it a grocer's year, as real messages over HTTP.
Ctrl-C stops; starting again goes on where it was.

  --speed N    how many times as fast as real, 1 to ${SPEED_MAX.toLocaleString('en-US')} (default ${SPEED_DEFAULT.toLocaleString('en-US')}: the year in 88 minutes)
  --fresh      forget the demo's data and begin anew
  --port P     port of the server (default 8080)
  --data DIR   where the data lies (default ./data)
  --help       this
`;

/** The options, a request for help, or what is wrong with them. */
export function readOptions(args: readonly string[]): DemoOptions | 'help' | { readonly fault: string } {
  let values: { speed?: string; port?: string; data?: string; fresh?: boolean; help?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        speed: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        fresh: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
  if (values.help === true) return 'help';
  const speed = Number(values.speed ?? SPEED_DEFAULT);
  if (!(speed >= 1 && speed <= SPEED_MAX)) return { fault: `--speed must be 1 to ${SPEED_MAX}, got ${values.speed}` };
  const port = Number(values.port ?? 8080);
  if (!(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    return { fault: `--port must be 1 to 65535, got ${values.port}` };
  }
  if (values.data === '') return { fault: '--data must name a folder' };
  return { speed, port, dataDir: values.data ?? './data', fresh: values.fresh ?? false };
}
