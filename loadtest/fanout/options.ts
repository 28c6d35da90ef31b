import { parseArgs } from 'node:util';
import { optionsOf, whole } from '../command-line.ts';

const PARTS = ['bursts', 'conflated'] as const;
type Part = (typeof PARTS)[number];

export interface FanoutOptions {
  readonly parts: readonly Part[];
  readonly sockets: number;
  readonly bursts: readonly number[];
  readonly deliveriesPerSec: number;
  readonly seconds: number;
  readonly warmupSeconds: number;
  readonly peers: boolean;
  readonly conflated: {
    readonly sockets: number;
    readonly keys: number;
    readonly skus: number;
    readonly updatesPerSec: number;
    readonly conflateMs: number;
  };
  readonly nodeFlags: readonly string[];
  readonly json: boolean;
}

export const USAGE = `npm run loadtest -- --scenario fanout [options]
  --part bursts,conflated        both
  --seconds <s>          10      --warmup <s>           2
  --server-flags="<flags for node>" of the gateway alone
  --json                 one line of JSON instead of the tables
 bursts: every socket gets every message; the gateway beside a bare loop of socket.write
  --sockets <count>      1000    --deliveries <per s>   40000
  --bursts <counts>      1,10    messages that go to a socket one after the other
  --peers                also ws, socket.io, nats-server, mosquitto, nginx with nchan (installed from Debian when root)
 conflated: the gateway alone, changes published at its broadcast port
  --updates <per s>      400000  --skus <count>         20000
  --watchers <sockets>   4000    --keys <per socket>    5       --conflate <ms>   250`;

/** The options, or what is wrong with them. */
export function readOptions(args: readonly string[]): FanoutOptions | string {
  return optionsOf(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        part: { type: 'string', default: PARTS.join(',') },
        sockets: { type: 'string', default: '1000' },
        bursts: { type: 'string', default: '1,10' },
        deliveries: { type: 'string', default: '40000' },
        seconds: { type: 'string', default: '10' },
        warmup: { type: 'string', default: '2' },
        peers: { type: 'boolean', default: false },
        updates: { type: 'string', default: '400000' },
        skus: { type: 'string', default: '20000' },
        watchers: { type: 'string', default: '4000' },
        keys: { type: 'string', default: '5' },
        conflate: { type: 'string', default: '250' },
        'server-flags': { type: 'string', default: '' },
        json: { type: 'boolean', default: false },
      },
    });
    const parts = values.part.split(',');
    const unknown = parts.find((part) => !PARTS.includes(part as Part));
    if (unknown !== undefined) throw new RangeError(`--part must be of ${PARTS.join(', ')}, got ${unknown}`);
    return {
      parts: parts as Part[],
      sockets: whole('sockets', values.sockets, 2, 20_000),
      bursts: values.bursts.split(',').map((burst) => whole('bursts', burst, 1, 100)),
      deliveriesPerSec: whole('deliveries', values.deliveries, 1, 2_000_000),
      seconds: whole('seconds', values.seconds, 1, 3_600),
      warmupSeconds: whole('warmup', values.warmup, 0, 600),
      peers: values.peers,
      conflated: {
        sockets: whole('watchers', values.watchers, 2, 20_000),
        keys: whole('keys', values.keys, 1, 100),
        skus: whole('skus', values.skus, 1, 200_000),
        updatesPerSec: whole('updates', values.updates, 1_000, 2_000_000),
        conflateMs: whole('conflate', values.conflate, 50, 5_000),
      },
      nodeFlags: values['server-flags'].split(' ').filter((flag) => flag !== ''),
      json: values.json,
    };
  });
}
