import type { Secret } from '../../shell/secret.js';

/** The person at the keyboard, as far as logging in needs one. */
export interface Prompts {
  /** Asks for something that is not shown while it is typed; `undefined` when there is no terminal to ask on. */
  secret(question: string): Promise<Secret | undefined>;
}

/** Asks each thing at most once, whoever needs it, and one question at a time; "nobody there" is remembered as well. */
export function askOnce(prompts: Prompts): (key: string, question: string) => Promise<Secret | undefined> {
  const answers = new Map<string, Promise<Secret | undefined>>();
  let last: Promise<unknown> = Promise.resolve();
  return (key, question) => {
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = last.then(() => prompts.secret(question));
    last = answer.catch(() => undefined);
    answers.set(key, answer);
    return answer;
  };
}
