import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../engine/contract/assert.ts';
import { answerCalls } from '../desk/answer-calls.ts';
import { createAuditDesk, type AuditBounds } from './audit-desk.ts';

// Wiring only. Whatever throws outside a call ends the thread; then no staff command is let in, and the log says why.

assert(parentPort !== null, () => 'the audit lives in a thread');
answerCalls(parentPort, createAuditDesk(workerData as AuditBounds));
