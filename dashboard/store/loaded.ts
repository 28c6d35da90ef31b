import type { Answer } from '../../gateway/client/http-client.ts';

/** What is fetched once: on its way, here, or failed with words for a person. */
export type Loaded<T> =
  | { readonly phase: 'loading' }
  | { readonly phase: 'here'; readonly value: T }
  | { readonly phase: 'failed'; readonly message: string };

export function loadedFrom<T>(answer: Answer<T>): Loaded<T> {
  return answer.ok ? { phase: 'here', value: answer.value } : { phase: 'failed', message: answer.error.message };
}
