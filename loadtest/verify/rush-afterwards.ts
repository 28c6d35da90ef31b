import type { ReservationInfo } from '../../gateway/protocol/reservation-bodies.ts';
import type { Door } from './door.ts';
import { inLanes } from './lanes.ts';
import { codeOf, type LoggedTry, reserve, type RushLog, sameAnswer } from './rush-client.ts';

// When the dust has settled: every reservation is what the log says it became, an expired one cannot be given back, and a
// request sent once more gets the answer it got the first time, whatever has happened to the units since (rules RS2–RS4).

const LANES = 8;
/** One try in so many is repeated. */
const REPEATED = 3;

export async function afterwards(door: Door, log: RushLog): Promise<readonly string[]> {
  const all = [...log.concurrent, ...log.sequential].map((one, index) => ({ one, index }));
  const found = await inLanes(all, LANES, async ({ one, index }) => [
    ...(await stateOf(door, one)),
    ...(index % REPEATED === 0 ? await repeated(door, one) : []),
  ]);
  return found.flat();
}

async function stateOf(door: Door, { plan, answer, release }: LoggedTry): Promise<readonly string[]> {
  if (answer.is === 'refused') return [];
  const { id, expiresAt } = answer.reservation;
  const wanted = release?.code === 'released' ? 'released' : expiresAt <= Date.now() ? 'expired' : 'held';
  const reply = await door.call('GET', `/v1/reservations/${id}`);
  const state = reply.status === 200 ? (reply.body as ReservationInfo).state : codeOf(reply);
  const wrong = state === wanted ? [] : [`${plan.key}: ${id} is ${state}, by the log it is ${wanted}`];
  if (wanted !== 'expired') return wrong;
  const ended = await door.call('DELETE', `/v1/reservations/${id}`);
  const code = ended.status < 300 ? 'released' : codeOf(ended);
  return code === 'already-ended'
    ? wrong
    : [...wrong, `${plan.key}: ${id} had expired, giving it back was answered ${code}`];
}

async function repeated(door: Door, { plan, answer }: LoggedTry): Promise<readonly string[]> {
  // No word about stock: it does not stick to the key.
  if (answer.is === 'refused' && answer.code === 'unknown-sku') return [];
  const again = await reserve(door, plan);
  return sameAnswer(answer, again) ? [] : [`${plan.key}: sent again at the end, answered differently`];
}
