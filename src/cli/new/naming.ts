import { namesFromHostnames } from '../../config/writing/proposals.js';
import { calledNames } from './machines.js';
import type { Candidate } from './machines.js';
import type { Wizard } from './standing.js';

/** Gives the machines their own names where these are valid, unique, and wanted; else each is called by its place in the file. */
export async function nameMachines(
  { given, prompter }: Wizard,
  machines: readonly Candidate[],
): Promise<readonly Candidate[]> {
  const called = calledNames(machines);
  const own = namesFromHostnames(
    machines.map(({ name, look }, i) => ({
      ...(name === undefined ? {} : { name }),
      ...(look === undefined ? {} : { hostname: look.hostname }),
      otherwise: called[i] ?? '',
    })),
  );
  const pairs = own.flatMap((name, i) => (name === undefined ? [] : [`${called[i] ?? ''}: ${name}`]));
  if (pairs.length === 0 || given.names === 'place') return machines;
  const takes =
    given.names === 'hostname' ||
    prompter === undefined ||
    (await prompter.choose('Names of the machines in the cluster:', [
      { label: `their own (${pairs.join(', ')})`, value: true },
      { label: 'by their place in the file (parent, child-1, child-2, …)', value: false },
    ]));
  if (!takes) return machines;
  return machines.map((machine, i) => {
    const name = own[i];
    return name === undefined ? machine : { ...machine, name };
  });
}
