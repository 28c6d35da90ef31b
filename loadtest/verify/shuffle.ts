import { seeded } from '../random.ts';
import type { Message } from './message.ts';

// The same messages as a bad network delivers them: each twice, a tenth much later, none in its place.

/** How far a message strays by itself, in ms of the data's time. */
const STRAY_MS = 3 * 3_600_000;
/** How much later the delayed tenth comes, in ms; with STRAY_MS and the hot set's own lateness below every late window (48 h). */
const DELAY_MS = 20 * 3_600_000;
const DELAYED = 0.1;

export function shuffled(messages: readonly Message[], seed: number): readonly Message[] {
  const chance = seeded(seed ^ 0x0d0e);
  const when = (message: Message): number =>
    message.time + chance.below(STRAY_MS) + (chance.chance(DELAYED) ? chance.below(DELAY_MS) : 0);
  return messages
    .flatMap((message) => [0, 1].map(() => ({ message, at: when(message) })))
    .toSorted((a, b) => a.at - b.at)
    .map(({ message }) => message);
}
