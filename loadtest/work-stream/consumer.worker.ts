import { openSync, writeSync } from 'node:fs';
import { LogConsumer } from '../../gateway/client/log-consumer.ts';
import { liveUrl } from '../../gateway/client/live-url.ts';
import type { WorkNewsInfo } from '../../gateway/protocol/work-bodies.ts';

// A node's screen that is killed: one line per event, written before it is acknowledged. It remembers nothing by itself.

const [url = '', token = '', channel = '', path = ''] = process.argv.slice(2);
const file = openSync(path, 'a');

const consumer = new LogConsumer<WorkNewsInfo>({
  url: liveUrl(url),
  token,
  channel,
  consumer: 'killed',
  handle: ({ o, d: { work, op } }) => void writeSync(file, `${o} ${work.id}@${work.version} ${op}\n`),
  ended(why) {
    console.error(`the consumer ended: ${why}`);
    process.exit(1);
  },
});
consumer.start();
