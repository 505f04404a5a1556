import type { ListedMachine } from '../../config/children/read.js';
import { calledNames, failed } from './machines.js';
import type { Candidate } from './machines.js';
import { askKey, askValue } from './questions.js';
import { tryAll } from './standing.js';
import type { Standing, Wizard } from './standing.js';

/** Asks again for what keeps the parent from answering, until it does or is kept as it is. Without a terminal: kept. */
export async function correctParent(
  w: Wizard,
  first: Standing,
  children: readonly ListedMachine[],
): Promise<Standing> {
  const { prompter, place } = w;
  let standing = first;
  for (;;) {
    const { machines, login } = standing;
    const [parent] = machines;
    if (prompter === undefined || parent === undefined || !failed(parent)) return standing;
    const what = await prompter.choose(`What now? The parent ${parent.address} cannot be used yet:`, [
      { label: 'correct its address', value: 'address' as const },
      { label: 'correct the user', value: 'user' as const },
      { label: 'take another key', value: 'key' as const },
      { label: 'try it again', value: 'again' as const },
      { label: 'keep it as it is', value: 'keep' as const },
    ]);
    if (what === 'keep') return standing;
    if (what === 'address') {
      const address = await askValue(prompter, 'address', 'Address of the parent:', {
        standard: parent.address,
        edit: true,
        wrong: (answer) =>
          children.some((c) => c.address === answer) ? 'it is one of the children' : undefined,
      });
      standing = { ...standing, machines: [{ role: 'parent', address }] };
    } else if (what === 'user') {
      const user = await askValue(prompter, 'user', 'User on the machines:', {
        standard: login.user,
        edit: true,
      });
      standing = { ...standing, login: { ...login, user } };
    } else if (what === 'key') {
      const key = await askKey(prompter, place);
      standing = { ...standing, login: { user: login.user, ...(key === undefined ? {} : { key }) } };
    }
    standing = await tryAll(w, standing, () => true);
  }
}

/** The same for the children, of which only those that failed are asked for. */
export async function correctChildren(w: Wizard, first: Standing): Promise<Standing> {
  const { prompter } = w;
  let standing = first;
  for (;;) {
    const names = calledNames(standing.machines);
    const away = standing.machines.filter((m) => m.role === 'child' && failed(m));
    if (prompter === undefined || away.length === 0) return standing;
    const which = names.filter((_, i) => away.some((m) => m === standing.machines[i])).join(', ');
    const what = await prompter.choose(`What now? Not usable yet: ${which}`, [
      { label: 'keep them (kmon check finds them when they are there)', value: 'keep' as const },
      { label: 'correct them', value: 'correct' as const },
      { label: 'try them again', value: 'again' as const },
      { label: 'leave them out', value: 'drop' as const },
    ]);
    if (what === 'keep') return standing;
    if (what === 'drop') {
      return { ...standing, machines: standing.machines.filter((m) => !away.includes(m)) };
    }
    if (what === 'correct') {
      for (const machine of away) standing = await correctOne(w, standing, machine);
    }
    standing = await tryAll(w, standing, (m) => m.role === 'child' && (failed(m) || m.look === undefined));
  }
}

async function correctOne({ prompter }: Wizard, standing: Standing, machine: Candidate): Promise<Standing> {
  if (prompter === undefined) return standing;
  const { machines, login } = standing;
  const place = machines.indexOf(machine);
  const name = calledNames(machines)[place] ?? machine.address;
  const address = await askValue(prompter, 'address', `Address of ${name}:`, {
    standard: machine.address,
    edit: true,
    wrong: (answer) =>
      machines.some((m, i) => i !== place && m.address === answer)
        ? 'another machine of the room has it'
        : undefined,
  });
  // Whoever was not let in may have another user there; nobody else is asked.
  const standard = machine.user ?? login.user;
  const user =
    machine.error?.code === 'login-refused'
      ? await askValue(prompter, 'user', `User on ${name}:`, { standard, edit: true })
      : standard;
  const { name: given, team } = machine;
  const corrected: Candidate = {
    role: 'child',
    address,
    ...(given === undefined ? {} : { name: given }),
    ...(team === undefined ? {} : { team }),
    ...(user === login.user ? {} : { user }),
  };
  return { ...standing, machines: machines.with(place, corrected) };
}
