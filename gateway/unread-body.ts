import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { sendNo, type No } from './answers.ts';

/** How long a refused sender may go on sending before the connection is cut: long enough to read the answer. */
const LINGER_MS = 2_000;

/**
 * Answers before the body was read. Cutting the connection at once would reset it while the sender still writes, and
 * many clients then report the reset instead of our answer; so what comes is thrown away, for a bounded time.
 */
export function refuseUnread(request: FastifyRequest, reply: FastifyReply, refusal: No): FastifyReply {
  const { raw } = request;
  const hasBody = raw.headers['transfer-encoding'] !== undefined || Number(raw.headers['content-length'] ?? 0) > 0;
  if (!hasBody || raw.complete) return sendNo(reply, refusal);
  reply.header('connection', 'close');
  raw.on('error', () => undefined);
  raw.resume();
  // Taken now: once the body is over or destroyed, node lets go of the request's socket.
  const socket = raw.socket as Socket | null;
  if (socket === null || socket.destroyed) return sendNo(reply, refusal);
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(cut));
  return sendNo(reply, refusal);
}
