import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../engine/contract/assert.ts';
import { answerCalls, type FromThread } from '../desk/answer-calls.ts';
import { createDesk } from './webhook-desk.ts';
import type { WebhookSettings } from './webhook-settings.ts';

// Wiring only: calls of the main thread to the desk. Whatever throws outside a call ends the thread; the server goes on
// without webhooks and says so.

assert(parentPort !== null, () => 'webhooks live in a thread');
const main = parentPort;
answerCalls(
  main,
  createDesk(workerData as WebhookSettings, (line) => main.postMessage({ line } satisfies FromThread)),
);
