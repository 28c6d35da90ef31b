import { CLOSE_CODES } from '../protocol/close-codes.ts';
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

/** 4503 -> "unauthorized", 1006 -> "closed 1006". */
export function nameOfCloseCode(code: number): string {
  return code in CLOSE_CODES ? CLOSE_CODES[code as keyof typeof CLOSE_CODES].name : `closed ${code}`;
}
