import { asksForHelp } from './command-line.ts';
import { fanout } from './fanout/scenario.ts';
import { flashSale } from './flash-sale/scenario.ts';
import { reconnectStorm } from './reconnect-storm/scenario.ts';
import { logStream } from './log-stream/scenario.ts';
import { placing } from './placing/scenario.ts';
import { type Scenario, splitScenario } from './scenario.ts';
import { slowReaders } from './slow-readers/scenario.ts';
import { soak } from './soak/scenario.ts';
import { steady } from './steady/scenario.ts';
import { workStream } from './work-stream/scenario.ts';

// npm run loadtest -- --scenario steady --rate 20000 --clients 1000 --seconds 20
// Each scenario starts servers of its own. Exit 1 when anything was missed, refused or promised twice, 2 when an option is wrong.

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  steady,
  fanout,
  'reconnect-storm': reconnectStorm,
  'slow-readers': slowReaders,
  'flash-sale': flashSale,
  soak,
  'log-stream': logStream,
  orders: placing,
  'work-stream': workStream,
};

const { name, rest } = splitScenario(process.argv.slice(2));
const chosen = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined;
if (asksForHelp(rest)) {
  console.log(usage());
} else {
  const started = chosen?.start(rest) ?? `--scenario must be one of ${Object.keys(SCENARIOS).join(', ')}, got ${name}`;
  if (typeof started === 'string') {
    console.error(`${started}\n\n${chosen?.usage ?? usage()}`);
    process.exitCode = 2;
  } else {
    process.exitCode = await started;
  }
}

function usage(): string {
  const each = Object.values(SCENARIOS).map((one) => `${one.about}\n${one.usage}`);
  return `npm run loadtest -- [--scenario ${Object.keys(SCENARIOS).join('|')}] [options]\n\n${each.join('\n\n')}`;
}
