import type { AnsweredChild } from '../../config/writing/compose.js';
import type { SshLogin } from '../../config/config.js';
import { defaultName } from '../../config/sections/machines.js';
import { present } from '../../config/optional-key.js';
import type { KmonError } from '../../errors/kmon-error.js';
import type { FirstLook } from '../../runner/first-look.js';
import type { Outcome, Tried } from './trials.js';
import { EXPORTER_PORTS } from '../../room/ports.js';

/** A machine of the room to be: what was answered about it, and what it said itself. */
export interface Candidate extends AnsweredChild {
  readonly role: 'parent' | 'child';
  /** The last trial: absent before the first one. */
  readonly look?: FirstLook;
  readonly error?: KmonError;
}

/** The user and the key (an absolute path) that all machines have in common. */
export interface CommonLogin {
  readonly user: string;
  readonly key?: string;
}

/** What each machine is called: its name, or the one it has by its place; parent first. */
export function calledNames(machines: readonly Candidate[]): readonly string[] {
  return machines.map(
    (m, i) => m.name ?? (m.role === 'parent' ? defaultName(['parent']) : defaultName(['children', i - 1])),
  );
}

export function loginOf(machine: Candidate, { user, key }: CommonLogin): SshLogin {
  return { host: machine.address, user: machine.user ?? user, ...present('keyFile', key) };
}

/** Those that are to be tried, by what they are called. */
export function triedOf(
  machines: readonly Candidate[],
  common: CommonLogin,
  wanted: (machine: Candidate) => boolean,
): readonly Tried[] {
  const names = calledNames(machines);
  return machines.flatMap((m, i) =>
    wanted(m) ? [{ name: names[i] ?? m.address, login: loginOf(m, common) }] : [],
  );
}

/** The machines with what a round of trials told about them. What runs another system than Linux can only be observed. */
export function afterTrial(
  machines: readonly Candidate[],
  outcomes: readonly Outcome[],
): readonly Candidate[] {
  const names = calledNames(machines);
  return machines.map((machine, i) => {
    const outcome = outcomes.find((o) => o.name === names[i]);
    if (outcome === undefined) return machine;
    const { address, name, team, user, role } = machine;
    const bare = {
      address,
      role,
      ...present('name', name),
      ...present('team', team),
      ...present('user', user),
    };
    if ('error' in outcome) return { ...bare, error: outcome.error };
    const { look } = outcome;
    if (look.other === undefined || role === 'parent') return { ...bare, look };
    const exporter = EXPORTER_PORTS[look.other.family === 'windows' ? 'windows' : 'node'];
    return { ...bare, look, kind: 'observed' as const, exporter };
  });
}

/** It did not let us in, or is no Linux though it is to be the parent. */
export function failed(machine: Candidate): boolean {
  return machine.error !== undefined || (machine.role === 'parent' && machine.look?.other !== undefined);
}
