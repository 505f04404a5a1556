import type { Language, Script } from '../shell/language.js';
import type { ExecResult } from '../transport/transport.js';

/** How one found state is given back. */
export type Restoration<L extends Language = 'sh'> =
  Script<L, 'changes'> | 'nothing' | { readonly leave: string };

/** Anything JSON can hold: what the ledger keeps of a state. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * Something on a machine of which kmon notes how it was, so that it can be given back. Pure: no I/O.
 *
 * `kind` and `params` are enough to make the same object again (see `registry.ts`): the ledger stands alone, without kmon.yaml. `L`: what is
 * spoken there; `sh` on every machine of the room.
 */
export interface Reversible<State extends Json = Json, L extends Language = 'sh'> {
  /** Unique on the machine and readable: "sysctl net.ipv4.ip_forward". */
  readonly id: string;
  readonly kind: string;
  readonly params: Json;
  /** A fragment of shell that prints the state; it must end with exit code 0 whatever the state is. */
  readonly read: Script<L, 'reads'>;
  /** @throws TypeError when the output cannot be what `read` prints. */
  parse(result: ExecResult): State;
  /**
   * How to get from `now` back to `found`. `nothing` when it is as found already. `leave` when somebody else changed it since:
   * it then stays, and the reason is reported. `made` is the state that kmon left behind, where that is known.
   */
  restore(found: State, now: State): Restoration<L>;
}

/** A thing that kmon may also change. `satisfied(parse(read))` after `change(now)`, and `restore(found, …)` gives `found` again. */
export interface Resource<State extends Json = Json, L extends Language = 'sh'> extends Reversible<State, L> {
  satisfied(now: State): boolean;
  change(now: State): Script<L, 'changes'>;
  /** What the change is, for the plan: "set net.ipv4.ip_forward = 1 (now 0)". */
  describe(now: State): string;
}
