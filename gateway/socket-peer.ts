import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Hit, Limit } from './limits.ts';
import type { Entrance, LiveSessions } from './live-sessions.ts';
import { SUBPROTOCOL, type Limits } from './protocol/wire.ts';

// What the two doors for websockets share: how their servers are set up, and how a socket becomes a session.

export interface PeerLimits {
  readonly public: Limits;
  readonly staff: Limits;
  /** Fragments of one message at most. */
  readonly fragments: number;
}

export interface PeerReports {
  readonly log: (line: string) => void;
  readonly hit: Hit;
}

/** A peer has 2 s to answer a close frame. Not in the types of ws yet. */
const CLOSE_TIMEOUT: object = { closeTimeout: 2_000 };

export function socketServerOptions(limits: PeerLimits) {
  return {
    clientTracking: false,
    // Our frames go to the raw socket; deflate would make ws queue its own behind ours.
    perMessageDeflate: false,
    maxPayload: Math.max(limits.public.msgBytes, limits.staff.msgBytes),
    maxFragments: limits.fragments,
    ...CLOSE_TIMEOUT,
    handleProtocols: () => SUBPROTOCOL,
  };
}

/** What ws itself refuses, by its error's code. */
const LIMITS_OF_WS: Readonly<Record<string, Limit>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 'message-bytes',
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 'fragments',
};

/** Joins ws and session; `raw` is what the HTTP `upgrade` handed over. */
export function joinSocket(
  live: LiveSessions,
  reports: PeerReports,
  ws: WebSocket,
  raw: Duplex,
  who: Omit<Entrance, 'wire' | 'raw' | 'ping'>,
): void {
  const { session, heard, ended } = live.open({ ...who, wire: ws, raw, ping: () => ws.ping() });
  ws.on('message', (data: Buffer, isBinary: boolean) => {
    heard(data.byteLength);
    if (isBinary) session.close(4501, 'frames hold text');
    else session.receive(data.toString(), data.byteLength);
  });
  ws.on('ping', () => heard());
  ws.on('pong', () => heard());
  ws.on('error', (error: Error & { code?: string }) => {
    const limit = LIMITS_OF_WS[error.code ?? ''];
    if (limit !== undefined) reports.hit(limit);
    reports.log(`session ${session.id}: ${error.message}`);
  });
  ws.on('close', ended);
  if (ws.protocol === SUBPROTOCOL) session.open();
  else session.close(4504, `ask for the sub-protocol ${SUBPROTOCOL}`);
}
