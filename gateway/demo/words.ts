import type { PortHolder } from './port-holder.ts';

// What the demo prints. Pure, so a test can read it.

/** The item to look at, and the store whose tills sell it most. */
interface ShownItem {
  readonly sku: string;
  readonly name: string;
  readonly store: string;
}

/** Of the replay's progress, what the status line says. */
export interface ShownProgress {
  readonly phase: 'opening' | 'running' | 'ended' | 'stopped';
  readonly sim: number;
  readonly rows: number;
  readonly refused: number;
  /** Online orders taken; how many work orders left, were turned down, or were found short. */
  readonly orders: number;
  readonly left: number;
  readonly rejected: number;
  readonly short: number;
  readonly lateMs: number;
}

export interface Welcome {
  readonly url: string;
  readonly key: string;
  readonly keyFile: string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly speed: number;
  /** An earlier run left off somewhere in the year. */
  readonly goesOn: boolean;
  readonly item: ShownItem;
}

export function welcome({ url, key, keyFile, dataDir, logFile, speed, goesOn, item }: Welcome): string {
  const hours = (365 * 24) / speed;
  const takes = hours < 2 ? `${Math.round(hours * 60)} minutes` : `${Math.round(hours)} hours`;
  const year = goesOn ? `goes on where it was; all of it takes ${takes}` : `begins now and takes ${takes}`;
  return `
Marlow & Finch Market: 120 stores, 3 warehouses, 20,163 items and 3 kits in Ohio.
Its year 2017 ${year} (--speed ${speed}).

  Shop page       ${url}/?sku=${item.sku}     ${item.name}
  Control tower   ${url}/tower
  A store's work  ${url}/node/S${item.store}
  A warehouse's   ${url}/node/DC-COL
  For your page   ${url}/examples?sku=${item.sku}
  Key to sign in  ${key}

Try next, in another terminal:

  KEY=$(cat ${keyFile})

  # what is where, every term of it
  curl -s ${url}/v1/stock/${item.sku} -H "Authorization: Bearer $KEY"

  # take three of them away from everybody, for five minutes
  curl -s ${url}/v1/reservations -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\
    -H "Idempotency-Key: try-$(date +%s)" \\
    -d '{"channel":"web","holdMs":300000,"lines":[{"sku":"${item.sku}","units":3,"group":"everywhere"}]}'

  # order two of them, to be sent; then look for it in the control tower
  curl -s '${url}/v1/orders?channel=web' -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\
    -d '${ownOrder(item)}'

  # ring one up at a till of store ${item.store}
  curl -s ${url}/v1/feeds/pos-${item.store} -H "Authorization: Bearer $KEY" -H 'Content-Type: application/xml' \\
    -d "${tillSale(item)}"

Data ${dataDir}    server log ${logFile}
Ctrl-C stops, the next start goes on from there, --fresh begins anew.
`;
}

/** The shell writes number and time into it. */
function ownOrder({ sku }: ShownItem): string {
  return JSON.stringify({
    orderId: `demo-'$(date +%s)'`,
    placedAt: `'$(date -u +%FT%TZ)'`,
    currency: 'USD',
    customer: { email: 'you@example.com' },
    shipTo: { postcode: '43215', region: 'OH', country: 'US' },
    lines: [{ sku, units: 2, price: '1.00' }],
  });
}

function tillSale({ sku, store }: ShownItem): string {
  return (
    `<POSLog xmlns='http://www.nrf-arts.org/IXRetail/namespace/'><Transaction>` +
    `<RetailStoreID>${store}</RetailStoreID><WorkstationID>9</WorkstationID>` +
    `<SequenceNumber>$(date +%s)</SequenceNumber><BusinessDayDate>$(date +%F)</BusinessDayDate>` +
    `<EndDateTime>$(date -u +%FT%TZ)</EndDateTime><RetailTransaction><LineItem><SequenceNumber>1</SequenceNumber>` +
    `<Sale><ItemID>${sku}</ItemID><Quantity>1</Quantity></Sale></LineItem></RetailTransaction></Transaction></POSLog>`
  );
}

const DAY = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** One line, rewritten in place. `rowsPerSec`: over the last second. */
export function statusLine(progress: ShownProgress, rowsPerSec: number): string {
  const { phase, rows, refused, orders, left, rejected, short } = progress;
  const count = (n: number): string => n.toLocaleString('en-US');
  if (phase === 'opening') return `opening stock: ${count(rows)} of 74,640 positions`;
  const parts = [
    phase === 'ended' ? 'the year is over' : `2017, ${DAY.format(progress.sim)}`,
    `${count(Math.round(rowsPerSec))} events/s`,
    `${count(rows)} in all`,
    `${count(orders)} orders`,
    `${count(left)} sent off`,
  ];
  if (rejected > 0) parts.push(`${count(rejected)} turned down`);
  if (short > 0) parts.push(`${count(short)} short`);
  if (refused > 0) parts.push(`${count(refused)} refused`);
  if (progress.lateMs > LATE_MS) parts.push(`${Math.round(progress.lateMs / 1000)} s behind`);
  return parts.join(' · ');
}

/** Being late less than this is a long breath of the journal, not worth a word. */
const LATE_MS = 2_000;

/** The customer's page of an order: its id and what opens it stand behind the #, which no browser sends to a server. */
export function firstOrder(url: string, { id, token }: { readonly id: string; readonly token: string }): string {
  return `The first order's page, as its customer sees it:  ${url}/order#${id}.${token}\n`;
}

export const YEAR_OVER = `
The year is over. The server goes on: post, reserve and look as long as you like; --fresh begins anew.
`;

/** What holds the port, when that could be found out, and the two ways on. */
export function portIsTaken(port: number, holder: PortHolder | undefined): string {
  const choose = `choose another port with --port ${port === 65_535 ? port - 1 : port + 1}`;
  if (holder === undefined) return `port ${port} is taken: stop what listens there, or ${choose}`;
  const { pid, command } = holder;
  const ours = /gateway\/(main|demo)\.ts/.test(command);
  const what = ours ? `an Onhand server, perhaps of an earlier demo, still runs there` : `something listens there`;
  return `port ${port} is taken: ${what}\n\n  process ${pid}  ${command}\n\nStop it with \`kill ${pid}\`, or ${choose}`;
}
