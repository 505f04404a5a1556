import type { Bundle } from '../bundle/bundle.js';
import type { Config } from '../config/config.js';
import type { KmonError } from '../errors/kmon-error.js';
import type { Facts } from '../facts/facts.js';
import type { NetworkProof } from '../trial/network-proof.js';
import type { ObservedSeen } from './observed.js';

/** Everything that was seen of the room: what the verdicts are made from. Plain data. */
export interface Sight {
  readonly config: Config;
  readonly bundle?: Bundle;
  /** By name; only machines that answered. */
  readonly factsOf: ReadonlyMap<string, Facts>;
  /** Machines that could not be looked at, and why. */
  readonly unseen: readonly { readonly machine: string; readonly error: KmonError }[];
  /** Absent: the network was not tried. */
  readonly network?: NetworkProof;
  /** Of the computers that are only observed; absent: the room has none, or they were not looked at. */
  readonly observed?: readonly ObservedSeen[];
}
