import { ACK_SCRIPTS } from './ack-scripts.ts';
import { LOG_SCRIPTS } from './log-scripts.ts';
import type { Script } from './script.ts';
import { SESSION_SCRIPTS } from './session-scripts.ts';
import { STATE_SCRIPTS } from './state-scripts.ts';

/** All scripted sessions. Those that end the server come last. */
export const SCRIPTS: readonly Script[] = [
  ...STATE_SCRIPTS,
  ...LOG_SCRIPTS,
  ...ACK_SCRIPTS,
  ...SESSION_SCRIPTS,
].toSorted((a, b) => Number(endsServer(a)) - Number(endsServer(b)));

function endsServer({ needs = [] }: Script): boolean {
  return needs.includes('drain');
}

/** Rules of PROTOCOL.md, sections 2 to 6, that no script proves, and where they are proved instead. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  WS9: 'an engine that is busy cannot be had from outside: session.test.ts',
  WS11: 'keys are made and deleted by an admin: access.test.ts, live-events.test.ts',
  WS12: 'what clients do: client/backoff.test.ts',
  WS15: 'an hour: socket-keeper.test.ts',
  WS17: 'a token that ends: session-token.test.ts',
  ST7: 'depends on the channel of sale: session-stock.test.ts',
  ST13: 'a source that is silent: silence.test.ts',
  ST14: 'a source that is silent: silence.test.ts',
  ST18: 'a rate over seconds: session-stock.test.ts',
  LG9: 'a server that is killed: log/log.test.ts',
  LG10: 'a log that is trimmed or retired: log/log.test.ts',
  LG13: 'staff who play parked events again: routes/log.test.ts',
  LG14: 'a rate that others may have set otherwise: routes/log.test.ts',
  LG16: 'no session: log/work-source.test.ts',
  LM4: 'a client that does not read: hostile.test.ts',
  LM5: 'would shut others out: socket-door.test.ts, socket-gate.test.ts',
  LM6: 'a client that does not read: conflation.test.ts',
  LM7: 'a client that does not read: hostile.test.ts, live-events.test.ts',
  LM8: 'broken frames: hostile.test.ts',
  LM9: 'would brake this address: access.test.ts',
  SS5: 'no session: http-server.test.ts',
};
