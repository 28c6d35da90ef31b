import { textsIn } from './frame.ts';

/** Parsed messages of some frames. */
export function messagesIn(frames: readonly Uint8Array[]): Readonly<Record<string, unknown>>[] {
  return frames.flatMap(textsIn).map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>);
}
