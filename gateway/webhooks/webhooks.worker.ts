import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../engine/contract/assert.ts';
import { answerCalls } from './thread-calls.ts';
import { createDesk, type DeskSettings } from './webhook-desk.ts';

// Wiring only: calls of the main thread to the desk. Whatever throws outside a call ends the thread; the server goes on
// without webhooks and says so.

assert(parentPort !== null, () => 'webhooks live in a thread');
answerCalls(parentPort, createDesk(workerData as DeskSettings));
