import type { Answer } from '../../gateway/client/http-client.ts';
import type { Delivery, DeliveryAttempt, EndpointInfo, TestAnswer } from '../../gateway/protocol/webhook-bodies.ts';
import { ageOf, countdown, figure } from './words.ts';

interface Marked {
  readonly words: string;
  readonly tone: 'good' | 'warn' | 'bad' | 'none';
}

const PAUSED = {
  staff: 'paused',
  failing: 'paused: only failures',
  gone: 'paused: it said 410 gone',
} as const;

export function endpointState({ pausedFor, failures, failingSince }: EndpointInfo, nowMs: number): Marked {
  if (pausedFor !== undefined) return { words: PAUSED[pausedFor], tone: pausedFor === 'staff' ? 'none' : 'bad' };
  if (failingSince === undefined) return { words: 'active', tone: 'good' };
  return { words: `failing, ${figure(failures)} in a row since ${ageOf(failingSince, nowMs)}`, tone: 'warn' };
}

export function deliveryState({ state, nextAt = 0 }: Delivery, nowMs: number): Marked {
  switch (state) {
    case 'delivered':
      return { words: 'delivered', tone: 'good' };
    case 'failed':
      return { words: 'failed', tone: 'bad' };
    case 'waiting':
      return { words: nextAt > nowMs ? `again in ${countdown(nextAt - nowMs)}` : 'waiting', tone: 'warn' };
  }
}

/** "503 in 12 ms" */
export function outcomeWords(last: DeliveryAttempt | undefined): string {
  if (last === undefined) return '';
  return `${last.status ?? last.fault ?? ''} in ${figure(last.ms)} ms`;
}

export function testWords(answer: Answer<TestAnswer>): string {
  if (!answer.ok) return answer.error.message;
  const { state, status, fault, ms } = answer.value;
  const words = `${status ?? fault ?? ''} in ${figure(ms)} ms`;
  return state === 'delivered' ? `Delivered: ${words}.` : `Not delivered: ${words}.`;
}
