import type { ServerMessage } from '../protocol/wire.ts';

/** What the server said; undefined when the frame is none of the protocol's. */
export function parseServerMessage(data: unknown): ServerMessage | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && 'type' in value ? (value as ServerMessage) : undefined;
  } catch {
    return undefined;
  }
}
