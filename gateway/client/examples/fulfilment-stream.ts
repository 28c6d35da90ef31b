import { LogConsumer, Rejection } from '../log-consumer.ts';

// A fulfilment centre's stream: every stock change of its node, in order, none missing.
//   ONHAND_URL=ws://localhost:8080/v1/live ONHAND_KEY=oh_… node gateway/client/examples/fulfilment-stream.ts feed:dc07

const { ONHAND_URL = 'ws://localhost:8080/v1/live', ONHAND_KEY = '' } = process.env;
const consumer = new LogConsumer<{ kind: string; sku?: string; node?: string; units?: number }>({
  url: ONHAND_URL,
  token: ONHAND_KEY,
  channel: process.argv[2] ?? 'feed:dc07',
  consumer: 'example',
  async handle({ o, d: { kind, sku, node, units } }) {
    if (sku === undefined) throw new Rejection('no-sku', `a ${kind} of no sku`);
    await Promise.resolve(console.log(o, kind, sku, node, units));
  },
  lost: ({ reason, snapshot }) => console.log(`begin anew (${reason}): GET ${snapshot}`),
  ended(why) {
    console.error(why);
    process.exitCode = 1;
  },
});
consumer.start();
process.once('SIGINT', () => void consumer.stop());
