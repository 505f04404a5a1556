import { basename, dirname } from 'node:path';
import type { ListedMachine } from '../../config/children/read.js';
import { roomNameFrom } from '../../config/writing/proposals.js';
import { valueMistake } from '../../config/mistakes/value-mistake.js';
import { KmonError } from '../../errors/kmon-error.js';
import { resolveLogin } from '../../transport/login/resolved-login.js';
import type { Surroundings } from '../../transport/login/resolved-login.js';
import { correctChildren, correctParent } from './corrections.js';
import type { Candidate, CommonLogin } from './machines.js';
import { nameMachines } from './naming.js';
import { askChildren, askKey, askValue } from './questions.js';
import { chooseRanges } from './ranges.js';
import type { Ranges } from './ranges.js';
import { tryAll } from './standing.js';
import type { Wizard } from './standing.js';

/** A room as it came out. */
export interface NewRoom {
  readonly room: string;
  readonly login: CommonLogin;
  /** Parent first. */
  readonly machines: readonly Candidate[];
  readonly ranges: Ranges;
}

/** Asks for what no flag says, and tries every machine as soon as its login is known. @throws KmonError `usage`, `interrupted` */
export async function planRoom(w: Wizard): Promise<NewRoom> {
  const { given, prompter } = w;
  const proposed = roomNameFrom(basename(dirname(w.file)));
  const room =
    given.room ??
    (prompter === undefined
      ? proposed
      : await askValue(prompter, 'room', 'Name of the room:', { standard: proposed }));
  const address = given.parent ?? (await askParent(w));
  const before = given.children ?? [];
  const login: CommonLogin = {
    user: given.user ?? (await askUser(w, address)),
    ...(await keyFor(w)),
  };
  const start = { machines: [{ role: 'parent' as const, address }], login };
  const first = await correctParent(w, await tryAll(w, start, () => true), before);

  const [parent] = first.machines;
  const listed = given.children ?? (await childrenFor(w, parent?.address ?? address));
  const all = { ...first, machines: [...first.machines, ...listed.map(toCandidate)] };
  const tried = await correctChildren(w, await tryAll(w, all, (m) => m.role === 'child'));

  const machines = await nameMachines(w, tried.machines);
  return { room, login: tried.login, machines, ranges: await chooseRanges(w, machines) };
}

function askParent({ prompter, given }: Wizard): Promise<string> {
  if (prompter === undefined) throw new KmonError('bug', 'nobody can be asked for the parent');
  const children = (given.children ?? []).map((c) => c.address);
  return askValue(prompter, 'address', 'Address of the parent (control plane, Prometheus, Grafana):', {
    wrong: (answer) => (children.includes(answer) ? 'it is one of the children' : undefined),
  });
}

async function askUser({ prompter, around }: Wizard, parent: string): Promise<string> {
  const standard = userFor(parent, around);
  // A name that ssh takes and kmon.yaml does not is nobody's: then one must be typed.
  const usable = valueMistake('user', standard) === undefined;
  if (prompter !== undefined) {
    return askValue(
      prompter,
      'user',
      'User on the machines (may become root by sudo):',
      usable ? { standard } : {},
    );
  }
  if (usable) return standard;
  throw new KmonError('usage', 'the user on the machines is not known', { hint: 'give it with --user' });
}

/** As ssh would log in there; what is wrong with its configuration is told by the trial. */
function userFor(host: string, around: Surroundings): string {
  try {
    return resolveLogin({ host }, around).user;
  } catch (error) {
    if (error instanceof KmonError) return around.localUser;
    throw error;
  }
}

async function keyFor({ given, prompter, place }: Wizard): Promise<{ readonly key?: string }> {
  const key = given.key ?? (prompter === undefined ? undefined : await askKey(prompter, place));
  return key === undefined ? {} : { key };
}

async function childrenFor(w: Wizard, parent: string): Promise<readonly ListedMachine[]> {
  return w.prompter === undefined ? [] : askChildren(w.prompter, w.place, parent, w.say);
}

function toCandidate(child: ListedMachine): Candidate {
  return { ...child, role: 'child' };
}
