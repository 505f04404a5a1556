import type { ApiAttempt, AttemptOutcome } from '../tools/api-attempts.js';

/**
 * Something that is tried with somebody's own key. `allowed`, `refused`: by its rights. `unsafe`: it has the right to make such a thing, and this one
 * must be turned down for what it is.
 */
export type Trial = {
  /** Behind "may": "list the pods of team blue". */
  readonly what: string;
  readonly attempt: ApiAttempt;
} & (
  | { readonly must: 'allowed' | 'refused' }
  /** `by`: what says the refusal to be that of the rule which is meant, and not of a quota or whatever else. */
  | { readonly must: 'unsafe'; readonly by: RegExp }
);

type ByRights = Exclude<Trial['must'], 'unsafe'>;

export function get(must: ByRights, what: string, path: string): Trial {
  return { must, what, attempt: { verb: 'get', path } };
}

export function make(must: ByRights, what: string, path: string, object: object): Trial {
  return { must, what, attempt: { verb: 'create', path, object } };
}

export function put(must: ByRights, what: string, path: string, object: object): Trial {
  return { must, what, attempt: { verb: 'replace', path, object } };
}

/**
 * What of a trial came out otherwise than it must, as a sentence with the verb in it; `undefined`: it is as it must be.
 *
 * @param who whose key it is: "team red"
 */
export function verdictOn(
  who: string,
  trial: Trial,
  outcome: AttemptOutcome | undefined,
): string | undefined {
  const { what } = trial;
  const said = outcome === undefined || outcome.said === '' ? 'no answer' : outcome.said;
  if (outcome === undefined || outcome.answer === 'unclear')
    return `it is not known whether ${who} may ${what}: ${said}`;
  const { answer } = outcome;
  if (answer === 'no-key') return `the key of ${who} is not taken: it may not even ${what}`;
  switch (trial.must) {
    case 'allowed':
      return answer === 'done' ? undefined : `${who} may not ${what}: ${said}`;
    case 'refused':
      return answer === 'forbidden' ? undefined : `${who} may ${what}, which must be refused`;
    case 'unsafe':
      return answer === 'turned-down' && trial.by.test(said)
        ? undefined
        : `${who} may ${what}, which must be refused`;
  }
}
