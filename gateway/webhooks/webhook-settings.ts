import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { OutSettings } from './delivery-desk.ts';

const HOUR_MS = 3_600_000;

/** What the webhook thread needs to know. */
export interface WebhookSettings {
  /** webhooks.sqlite. */
  readonly path: string;
  readonly seen: { readonly keepMs: number; readonly max: number };
  readonly out: OutSettings;
}

export function webhookSettings(config: Config): WebhookSettings {
  return {
    path: join(config.dataDir, 'webhooks.sqlite'),
    seen: { keepMs: config.webhookIdsHours * HOUR_MS, max: config.webhookIdsMax },
    out: {
      targets: config.webhookTargets,
      timeoutMs: config.webhookTimeoutMs,
      endpointsMax: config.webhookEndpointsMax,
      bounds: { queueMax: config.webhookQueueMax, logMax: config.webhookLogMax },
      limits: {
        concurrency: config.webhookAttempts,
        concurrencyEach: config.webhookAttemptsEach,
        pauseMs: config.webhookPauseHours * HOUR_MS,
      },
      rotationMs: config.webhookRotationHours * HOUR_MS,
    },
  };
}
