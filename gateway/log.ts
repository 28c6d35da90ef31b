import { pino, type DestinationStream, type Logger } from 'pino';
import type { Config } from './config.ts';

/** Whatever a line is made of: these never show, at any depth a line of ours has. */
const SECRETS = ['authorization', 'token', 'key', 'secret', 'password', 'cookie'];

/** One JSON object per line; on the standard error unless `to` is given. */
export function createLogger(config: Pick<Config, 'logLevel'>, to?: DestinationStream): Logger {
  const paths = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino({ level: config.logLevel, redact: { paths, censor: '[secret]' } }, to ?? pino.destination(2));
}
