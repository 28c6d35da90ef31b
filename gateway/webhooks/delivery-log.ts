import type { DatabaseSync } from 'node:sqlite';
import type { Delivery, DeliveriesAsked, DeliveryAttempt, DeliveryDetail } from '../protocol/webhook-bodies.ts';

const COLUMNS = `jobs.id, endpoint, event, type, state, attempts, next_at, put_at,
  (SELECT json_object('at', at, 'ms', ms, 'status', status, 'fault', fault,
     'answer', answer) FROM attempts WHERE job = jobs.id
   ORDER BY rowid DESC LIMIT 1) AS last`;

/** One page, the newest first. */
export function deliveries(db: DatabaseSync, { endpoint, state, after, limit }: DeliveriesAsked): Delivery[] {
  return db
    .prepare(
      `SELECT ${COLUMNS} FROM jobs JOIN events ON events.id = event
       WHERE endpoint = ? AND jobs.id < ? AND (? IS NULL OR state = ?) ORDER BY jobs.id DESC LIMIT ?`,
    )
    .all(endpoint, after ?? Number.MAX_SAFE_INTEGER, state ?? null, state ?? null, limit)
    .map(deliveryOf);
}

/** With what was sent and every attempt that is kept. */
export function delivery(db: DatabaseSync, endpoint: string, id: number): DeliveryDetail | undefined {
  const row = db
    .prepare(`SELECT ${COLUMNS}, body FROM jobs JOIN events ON events.id = event WHERE endpoint = ? AND jobs.id = ?`)
    .get(endpoint, id);
  if (row === undefined) return undefined;
  const tries = db.prepare('SELECT at, ms, status, fault, answer FROM attempts WHERE job = ? ORDER BY rowid').all(id);
  return { ...deliveryOf(row), body: String(row['body']), tries: tries.map(attemptOf) };
}

function deliveryOf(row: Record<string, unknown>): Delivery {
  const { last, state } = row;
  return {
    id: Number(row['id']),
    endpoint: String(row['endpoint']),
    event: String(row['event']),
    type: String(row['type']),
    state: state as Delivery['state'],
    attempts: Number(row['attempts']),
    putAt: Number(row['put_at']),
    ...(state === 'waiting' && { nextAt: Number(row['next_at']) }),
    ...(typeof last === 'string' && { last: attemptOf(JSON.parse(last) as Record<string, unknown>) }),
  };
}

function attemptOf({ at, ms, status, fault, answer }: Record<string, unknown>): DeliveryAttempt {
  return {
    at: Number(at),
    ms: Number(ms),
    ...(typeof status === 'number' && { status }),
    ...(typeof fault === 'string' && { fault }),
    ...(typeof answer === 'string' && answer !== '' && { answer }),
  };
}
