import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { DeskSettings } from './webhook-desk.ts';

const HOUR_MS = 3_600_000;

/** The options that concern webhooks, as their thread needs them. */
export function webhookSettings(config: Config): DeskSettings {
  return {
    path: join(config.dataDir, 'webhooks.sqlite'),
    seenKeepMs: config.webhookIdsHours * HOUR_MS,
    seenMax: config.webhookIdsMax,
  };
}
