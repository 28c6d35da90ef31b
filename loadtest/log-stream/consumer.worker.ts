import { openSync, writeSync } from 'node:fs';
import { LogConsumer } from '../../gateway/client/log-consumer.ts';
import { liveUrl } from '../../gateway/client/live-url.ts';

// The consumer that is killed: one line per event, written before the event is acknowledged. It remembers nothing by itself.

const [url = '', token = '', channel = '', path = ''] = process.argv.slice(2);
const file = openSync(path, 'a');

const consumer = new LogConsumer({
  url: liveUrl(url),
  token,
  channel,
  consumer: 'killed',
  handle: ({ o, eid }) => void writeSync(file, `${o} ${eid}\n`),
  ended(why) {
    console.error(`the consumer ended: ${why}`);
    process.exit(1);
  },
});
consumer.start();
