import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../engine/contract/assert.ts';
import { answerCalls } from '../desk/answer-calls.ts';
import { createLogDesk } from './log-desk.ts';

// Wiring only. Whatever throws outside a call ends the thread; the server goes on without log channels and says so.

assert(parentPort !== null, () => 'the consumers of logs live in a thread');
answerCalls(parentPort, createLogDesk(workerData as Parameters<typeof createLogDesk>[0]));
