/** `code` of an `error` that refuses one command, and what a client does next. What ends an event stream has the name of a close code. */
export const ERROR_CODES = {
  'malformed-command': 'correct the client: `msg` names field and rule',
  'connect-first': 'open another socket and send `connect` first',
  forbidden: 'use a key that may do this; of a log also: there is none of this name',
  'unknown-channel': 'name a channel of sale that there is',
  'too-many-keys': 'give up some keys, or logs (20 a socket), or open another socket',
  'conflate-out-of-bounds': 'keep to the bounds of `welcome`; 0 needs a key',
  'rate-limited': 'send fewer commands; again after `retryAfterMs`',
  busy: 'send it again after `retryAfterMs`',
  'not-subscribed': 'subscribe to the log first, or again',
  'ack-beyond-sent': 'correct the client: acknowledge only what came over this socket',
  'nack-out-of-range': 'correct the client: give back only what is not acknowledged',
  'not-played': 'nothing: the parked event is not played on this socket, or was dealt with',
  'too-many-consumers': 'forget consumers that nobody uses, or raise `LOG_CONSUMERS_MAX`',
  'other-rights': 'open another socket with this token',
  'unknown-key': 'send `connect` with a key that there is',
  'token-expired': 'get a fresh token and send `connect` again',
  'token-refused': 'get a token of the issuer for this server',
  'token-keys-unreachable': 'send `connect` again later: tokens cannot be checked now',
  'too-many-bad-keys': 'wait, then send a key that there is',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
