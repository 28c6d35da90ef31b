// A fulfilment centre's stream: every stock change of its node, in order, none missing. Runs in Node from two files that
// the server serves:
//   curl -O http://localhost:8080/onhand-sdk.js -O http://localhost:8080/examples/fulfilment-stream.mjs
//   ONHAND_URL=http://localhost:8080 ONHAND_KEY=oh_… node fulfilment-stream.mjs feed:dc07
import { LogConsumer, Rejection, liveUrl } from './onhand-sdk.js';

const { ONHAND_URL = 'http://localhost:8080', ONHAND_KEY = '' } = process.env;
const consumer = new LogConsumer({
  url: liveUrl(ONHAND_URL),
  token: ONHAND_KEY,
  channel: process.argv[2] ?? 'feed:dc07',
  consumer: 'example',
  // Acknowledged when it resolves: a real program stores the event here.
  async handle({ o, d: { kind, sku, node, units } }) {
    if (sku === undefined) throw new Rejection('no-sku', `a ${kind} of no sku`);
    console.log(o, kind, sku, node, units);
  },
  lost: ({ reason, snapshot }) => console.log(`begin anew (${reason}): GET ${snapshot}`),
  ended(why) {
    console.error(why);
    process.exitCode = 1;
  },
});
consumer.start();
process.once('SIGINT', () => void consumer.stop());
