import { parentPort, workerData } from 'node:worker_threads';
import { runSeed } from './run-seed.ts';
import type { Stripe } from './run-seeds.ts';

// Every n-th seed, for main to add up. A run shares nothing with another, so threads change no digest.

const { from, below, step } = workerData as Stripe;
for (let seed = from; seed < below; seed += step) parentPort?.postMessage(await runSeed(seed));
