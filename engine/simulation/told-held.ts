import type { Outcome } from '../contract/command.ts';
import { digestHex } from '../contract/digest.ts';
import { EXTENSIONS_MAX, HOLD_MS_MAX, type ExtendRequest, type MoveRequest } from '../contract/reservation.ts';
import type { Audit } from './audit.ts';
import { require } from './violation.ts';

// What clients were told of changes to what they hold, against what is durable.

export function requireExtendTold(audit: Audit, { id, client, holdMs }: ExtendRequest, outcome: Outcome): void {
  const made = audit.changes.made(id);
  require(made !== undefined, () => `${id} is told to be ${outcome.status}, nobody was given it`);
  const latest = Math.max(...made.expiries);
  if (outcome.status === 'extended') {
    const { reservation } = outcome;
    require(reservation.client === client, () => `${client} is told of ${id}, which is of ${reservation.client}`);
    require(made.expiries.has(reservation.expiresAt), () =>
      `${id} is said to last until ${reservation.expiresAt}, and that is not durable`);
    require(reservation.expiresAt === made.createdAt + holdMs, () => `${id} is extended by another time than asked`);
    return;
  }
  require(outcome.status === 'refused', () => `an extension is told ${outcome.status}`);
  if (outcome.code === 'already-ended') return requireOver(audit, id, latest);
  if (outcome.code === 'hold-out-of-bounds') {
    const isOut = holdMs > HOLD_MS_MAX || made.createdAt + holdMs < latest;
    return require(isOut, () => `${id} may be held for ${holdMs}, is refused`);
  }
  const isMany = outcome.code === 'too-many-extensions' && made.expiries.size > EXTENSIONS_MAX;
  require(isMany || outcome.code === 'unknown-reservation', () => `an extension is refused as ${outcome.code}`);
}

/** Refusals that say something about the request or the moment, and nothing about the hold. */
const OF_THE_MOMENT: readonly string[] = [
  'unknown-reservation',
  'move-under-way',
  'kit-stays-whole',
  'unknown-node',
  'unknown-group',
  'node-not-in-channel',
  'unknown-line',
  'units-out-of-bounds',
  'too-many-demand-groups',
  'units-exceed-available',
];

export function requireMoveTold(audit: Audit, request: MoveRequest, outcome: Outcome): void {
  const { id, key } = request;
  if (outcome.status === 'moved') {
    require(audit.changes.hasMoved(id, digestHex(key)), () => `${id} is said to be moved, and that is not durable`);
    return;
  }
  require(outcome.status === 'refused', () => `a move is told ${outcome.status}`);
  const { code } = outcome;
  if (code === 'already-ended') return requireOver(audit, id, Math.max(...(audit.changes.made(id)?.expiries ?? [])));
  if (code !== 'key-reused') return require(OF_THE_MOMENT.includes(code), () => `a move is refused as ${code}`);
  const sent = audit.sent.moves(id).filter((each) => each.key === key);
  require(sent.length > 1, () => `${key} was never used for another move`);
}

function requireOver(audit: Audit, id: ExtendRequest['id'], expiresAt: number): void {
  const isOver = audit.endOf(id) !== undefined || expiresAt <= audit.time.highestWallMs || audit.time.isLong;
  require(isOver, () => `${id} is said to have ended, and has not`);
}
