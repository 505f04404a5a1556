import type { Secret } from '../../shell/secret.js';

/** One way to prove who we are; they are tried in the order given, each once. */
export type Offer =
  | { readonly kind: 'key'; readonly label: string; readonly key: Buffer; readonly passphrase?: Secret }
  | {
      readonly kind: 'agent';
      readonly label: string;
      readonly socket: string;
      readonly only?: readonly Buffer[];
    }
  | { readonly kind: 'password'; readonly label: string; readonly password: Secret };

/** Goes through the offers, one by one, as the server asks for the next. `M` is what the SSH library calls a way to log in. */
export interface OffersInTurn<M> {
  /** What to try next; `undefined` when nothing is left. The two arguments are what the server said of the attempt before. */
  next(methods: readonly string[] | null, partial: boolean | null): M | undefined;
  /** `next` had nothing left. */
  readonly exhausted: boolean;
  /** Methods the server still takes. */
  readonly methods: readonly string[];
  readonly tried: readonly Offer[];
  readonly partial: boolean;
}

/**
 * A key is tried at once: nearly every server takes them, and it answers what it takes besides. For anything else it is asked first
 * ("none" costs no attempt with OpenSSH): an agent may have more keys than it listens to before it hangs up. It is also asked when
 * nothing is left.
 *
 * @param asMethod gives nothing for an offer that the server does not take
 */
export function offersInTurn<M>(
  offers: readonly Offer[],
  none: M,
  asMethod: (offer: Offer, taken: readonly string[]) => M | undefined,
): OffersInTurn<M> {
  const left = [...offers];
  const tried: Offer[] = [];
  const state = { exhausted: false, methods: [] as readonly string[], partial: false };
  let asked = false;
  return {
    next(methods, partial) {
      state.methods = methods ?? [];
      state.partial ||= partial ?? false;
      const blind = methods === null && left[0]?.kind === 'key';
      if (methods === null && !blind && !asked) {
        asked = true;
        return none;
      }
      const taken = blind ? ['publickey'] : state.methods;
      for (let offer = left.shift(); offer !== undefined; offer = left.shift()) {
        const method = asMethod(offer, taken);
        if (method === undefined) continue;
        tried.push(offer);
        return method;
      }
      if (!asked) {
        asked = true;
        return none;
      }
      state.exhausted = true;
      return undefined;
    },
    tried,
    get exhausted() {
      return state.exhausted;
    },
    get methods() {
      return state.methods;
    },
    get partial() {
      return state.partial;
    },
  };
}
