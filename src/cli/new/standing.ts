import type { Subnet } from '../../config/networks/subnet.js';
import type { Surroundings } from '../../transport/login/resolved-login.js';
import type { Prompter } from '../../ui/prompter.js';
import type { Given } from './given.js';
import type { Place } from './place.js';
import { afterTrial, triedOf } from './machines.js';
import type { Candidate, CommonLogin } from './machines.js';
import type { Trials } from './trials.js';

/** What the wizard works with. */
export interface Wizard {
  readonly given: Given;
  /** Absent: nobody is asked, defaults are taken. */
  readonly prompter: Prompter | undefined;
  /** Absent: no machine is tried. */
  readonly trials: Trials | undefined;
  readonly around: Surroundings;
  readonly place: Place;
  /** Those of this computer. */
  readonly networks: readonly Subnet[];
  /** Absolute path of the file to be. */
  readonly file: string;
  readonly say: (text: string) => void;
}

/** Where the wizard stands. */
export interface Standing {
  readonly machines: readonly Candidate[];
  readonly login: CommonLogin;
}

/** Tries the wanted machines, all at once. */
export async function tryAll(
  { trials }: Wizard,
  standing: Standing,
  wanted: (machine: Candidate) => boolean,
): Promise<Standing> {
  if (trials === undefined) return standing;
  const outcomes = await trials.look(triedOf(standing.machines, standing.login, wanted));
  return { ...standing, machines: afterTrial(standing.machines, outcomes) };
}
