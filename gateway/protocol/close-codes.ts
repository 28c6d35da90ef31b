/** Why a socket was closed and what a client does next: 4000–4499 reconnect with backoff, 4500–4999 do not. */
export const CLOSE_CODES = {
  4001: { name: 'slow-reader', advice: 'reconnect and resume; read faster or watch fewer keys' },
  4002: { name: 'silent', advice: 'reconnect and resume; answer heartbeats' },
  4003: { name: 'too-old', advice: 'reconnect and resume; sockets are renewed once an hour' },
  4004: { name: 'overloaded', advice: 'reconnect with backoff' },
  4005: { name: 'too-many-commands', advice: 'reconnect with backoff; send fewer commands' },
  4006: { name: 'token-expired', advice: 'reconnect with a fresh token and resume' },
  4007: { name: 'log-moved', advice: 'reconnect and subscribe again: the answer says what became of the log' },
  4008: { name: 'ack-late', advice: 'reconnect and resume; acknowledge sooner, or ask for less credit' },
  4009: { name: 'parking-full', advice: 'reconnect with backoff; staff must clear the parked events of this consumer' },
  4500: { name: 'unknown-message', advice: 'correct the client: the message type is not in the protocol' },
  4501: { name: 'malformed-message', advice: 'correct the client: the frame is not the JSON the protocol describes' },
  4502: { name: 'message-too-big', advice: 'correct the client: see limits.msgBytes in the welcome' },
  4503: { name: 'unauthorized', advice: 'get a valid key, then connect again' },
  4504: { name: 'wrong-protocol', advice: 'ask for the sub-protocol onhand.v1.json' },
  4505: {
    name: 'taken-over',
    advice: 'another connection reads as this consumer; give each process a name of its own',
  },
} as const;

export type CloseCode = keyof typeof CLOSE_CODES;

export function mayReconnect(code: number): boolean {
  return code < 4500;
}
