import { parentPort, workerData } from 'node:worker_threads';
import { runStripe, type Stripe } from './run-seeds.ts';

// Every n-th seed, for main to add up. A run shares nothing with another, so threads change no digest.

await runStripe(workerData as Stripe, (run) => parentPort?.postMessage(run));
