import { dirname } from 'node:path';
import { composeRoomFile } from '../../config/writing/compose.js';
import { configOf } from '../../config/load.js';
import { contractPath } from '../../config/paths.js';
import { present } from '../../config/optional-key.js';
import { KmonError } from '../../errors/kmon-error.js';
import { lineDiff } from '../../ui/line-diff.js';
import type { Prompter } from '../../ui/prompter.js';
import type { Given } from './given.js';
import { calledNames, failed } from './machines.js';
import type { Candidate } from './machines.js';
import type { NewRoom } from './wizard.js';

/**
 * The text of kmon.yaml for a room. Every command will take it: that is proven here, before it is written.
 *
 * @param file absolute path that it will have
 * @throws KmonError `config`
 */
export async function roomText(plan: NewRoom, given: Given, file: string, home: string): Promise<string> {
  const base = { folder: dirname(file), home };
  const [parent, ...children] = plan.machines;
  if (parent === undefined) throw new TypeError('a room has a parent');
  const { user, key } = plan.login;
  const text = composeRoomFile({
    room: plan.room,
    user,
    ...(key === undefined ? {} : { key: contractPath(key, base) }),
    parent,
    children,
    ...present('version', given.version),
    ...plan.ranges,
    ...(given.bundle === undefined ? {} : { bundle: contractPath(given.bundle, base) }),
  });
  await configOf(text, file, 'the new kmon.yaml', home);
  return text;
}

/** Shows what would be lost, and asks; nothing is lost without a word. @throws KmonError `usage` when it is to be kept */
export async function mayOverwrite(
  prompter: Prompter | undefined,
  file: string,
  [before, after]: readonly [string, string],
  say: (text: string) => void,
): Promise<void> {
  say(`${file} is there already; this would be different:`);
  for (const line of lineDiff(before, after)) say(line);
  if ((await prompter?.confirm(`Overwrite ${file}?`)) === true) return;
  throw new KmonError('usage', `${file} was kept; nothing was written`, {
    hint: 'write another file with --config',
  });
}

/** The end, in words. `config`: what was given as --config. */
export function resultText(plan: NewRoom, file: string, config: string | undefined): string {
  const children = plan.machines.length - 1;
  const away = plan.machines.filter(failed).length;
  const room = `room ${plan.room}, a parent and ${children === 1 ? '1 child' : `${children} children`}`;
  const missing = away === 0 ? '' : `, ${away} not usable yet`;
  const where = config === undefined ? '' : `--config ${config}`;
  return `wrote ${file}: ${room}${missing}\nnext: kmon check ${where}`.trimEnd();
}

/** The end, for programs. */
export function resultData(plan: NewRoom, file: string): object {
  const names = calledNames(plan.machines);
  return {
    file,
    room: plan.room,
    ...plan.ranges,
    machines: plan.machines.map((machine, i) => ({ name: names[i], ...machineData(machine) })),
  };
}

function machineData({ role, address, kind, look, error }: Candidate): object {
  return {
    role,
    address,
    ...present('kind', kind),
    // Absent: it was not tried.
    ...(look === undefined
      ? {}
      : { answers: { system: look.system, cpus: look.cpus, memoryBytes: look.memoryBytes } }),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  };
}
