import { Observable } from './observable.ts';

/** Ms since the epoch, once a second: ages and countdowns follow it. */
export const clock = new Observable(Date.now());

setInterval(() => clock.set(Date.now()), 1000);
