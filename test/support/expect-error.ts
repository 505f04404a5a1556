import { KmonError } from '../../src/errors/kmon-error.js';

/** The KmonError that a promise rejects with; anything else fails the test with what really happened. */
export async function kmonErrorOf(work: Promise<unknown>): Promise<KmonError> {
  let value: unknown;
  try {
    value = await work;
  } catch (error) {
    if (error instanceof KmonError) return error;
    throw new Error(`rejected with something else than a KmonError: ${String(error)}`, { cause: error });
  }
  throw new Error(`resolved, but should have been rejected: ${JSON.stringify(value)}`);
}

/** The same of a call that throws at once. */
export function errorOf(work: () => unknown): KmonError {
  let value: unknown;
  try {
    value = work();
  } catch (error) {
    if (error instanceof KmonError) return error;
    throw new Error(`threw something else than a KmonError: ${String(error)}`, { cause: error });
  }
  throw new Error(`returned, but should have thrown: ${JSON.stringify(value)}`);
}
