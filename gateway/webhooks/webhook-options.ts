import { choice, whole } from '../option.ts';
import { TARGETS } from './target-url.ts';

/** The options about signed deliveries of sources, and about events to endpoints. */
export const WEBHOOK_OPTIONS = {
  webhookBytesMax: whole('WEBHOOK_BYTES_MAX', 1_048_576, 1_024, 16_777_216, 'Bytes of one signed delivery of a source'),
  webhookIdsHours: whole(
    'WEBHOOK_IDS_HOURS',
    72,
    1,
    720,
    'Hours in which a delivery of a source that comes again is known and has no effect',
  ),
  webhookIdsMax: whole('WEBHOOK_IDS_MAX', 1_000_000, 1, 100_000_000, 'Deliveries known again; more are answered 503'),
  webhookRotationHours: whole(
    'WEBHOOK_ROTATION_HOURS',
    24,
    0,
    720,
    'Hours in which a webhook secret that was replaced is still valid beside the new one',
  ),
  webhookTargets: choice(
    'WEBHOOK_TARGETS',
    TARGETS,
    'Where outgoing webhooks may go: public is https to public addresses, any also http and private ones (development)',
  ),
  webhookEndpointsMax: whole('WEBHOOK_ENDPOINTS_MAX', 100, 1, 10_000, 'Endpoints of outgoing webhooks'),
  webhookTimeoutMs: whole('WEBHOOK_TIMEOUT_MS', 15_000, 100, 60_000, 'Ms that one attempt to deliver may take'),
  webhookAttempts: whole('WEBHOOK_ATTEMPTS', 32, 1, 1_000, 'Attempts under way at once'),
  webhookAttemptsEach: whole('WEBHOOK_ATTEMPTS_EACH', 4, 1, 100, 'Attempts under way at once per endpoint'),
  webhookQueueMax: whole(
    'WEBHOOK_QUEUE_MAX',
    10_000,
    1,
    1_000_000,
    'Deliveries that wait per endpoint; what comes then is left out and counted as missed',
  ),
  webhookLogMax: whole(
    'WEBHOOK_LOG_MAX',
    1_000,
    1,
    1_000_000,
    'Settled deliveries kept per endpoint, to read and replay',
  ),
  webhookPauseHours: whole(
    'WEBHOOK_PAUSE_HOURS',
    24,
    1,
    720,
    'Hours of failures alone after which an endpoint is paused',
  ),
};
