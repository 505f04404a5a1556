import type { Clock } from './clock.js';

export interface Shared {
  ask<T>(key: string, ttlMs: number, ask: () => Promise<T>): Promise<T>;
  /** Something was changed: every question is asked anew. */
  forget(): void;
}

/**
 * Answers that several machines share: thirty children that wait for their nodes ask the cluster once a second together, not thirty
 * times. A failed question is not kept.
 */
export function sharedAnswers(clock: Clock): Shared {
  const answers = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();
  const shared = <T>(key: string, ttlMs: number, ask: () => Promise<T>): Promise<T> => {
    const kept = answers.get(key);
    // The key stands for the type: every caller of one key asks the same question.
    if (kept !== undefined && clock.now() - kept.at < ttlMs) return kept.answer as Promise<T>;
    const answer = ask();
    answers.set(key, { at: clock.now(), answer });
    answer.catch(() => answers.delete(key));
    return answer;
  };
  return {
    ask: shared,
    forget: () => {
      answers.clear();
    },
  };
}
