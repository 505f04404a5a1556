import type { KmonError } from '../errors/kmon-error.js';

/** What a look at a machine says about a stage. */
export type Verdict =
  | { readonly state: 'satisfied'; readonly because: string }
  | { readonly state: 'pending'; readonly because: string }
  | { readonly state: 'blocked'; readonly error: KmonError };

export const satisfied = (because: string): Verdict => ({ state: 'satisfied', because });
export const pending = (because: string): Verdict => ({ state: 'pending', because });
export const blocked = (error: KmonError): Verdict => ({ state: 'blocked', error });
