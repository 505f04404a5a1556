import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListedMachine } from '../../config/children/read.js';
import { keyTrouble } from '../../config/mistakes/check-files.js';
import { contractPath, expandPath } from '../../config/paths.js';
import { privateKeysAmong } from '../../config/writing/proposals.js';
import { valueMistake } from '../../config/mistakes/value-mistake.js';
import type { AskedValue } from '../../config/mistakes/value-mistake.js';
import type { Prompter, TextOptions } from '../../ui/prompter.js';
import type { ChildrenFile } from './children-file.js';
import { readMachines } from './given.js';
import type { Place } from './place.js';
import { understoodText } from './understood.js';

/** A value of kmon.yaml, checked by its own rules. */
export function askValue(
  prompter: Prompter,
  what: AskedValue,
  question: string,
  options: TextOptions = {},
): Promise<string> {
  return prompter.text(question, {
    ...options,
    wrong: (answer) => {
      const must = valueMistake(what, answer);
      return must === undefined ? options.wrong?.(answer) : `it must be ${must}`;
    },
  });
}

/**
 * The children: a list, ranges, or a file. All mistakes are told, and the answer can be changed until there is none; what was understood of
 * a file is shown and has to be agreed to.
 */
export async function askChildren(
  prompter: Prompter,
  place: Place,
  parent: string,
  say: (text: string) => void,
): Promise<readonly ListedMachine[]> {
  for (;;) {
    const answer = await prompter.text('Children (such as 192.168.1.11-14, or a file; Enter: none yet):', {
      wrong: async (text) => {
        const { mistakes } = await readMachines(text, place, parent);
        return mistakes.length === 0 ? undefined : mistakes.join('; ');
      },
    });
    const { machines, file } = await readMachines(answer, place, parent);
    if (file === undefined || (await agreed(prompter, file, say))) return machines;
  }
}

/** Shows what was understood of a file, and asks whether that is right. */
export async function agreed(
  prompter: Prompter | undefined,
  file: ChildrenFile,
  say: (text: string) => void,
): Promise<boolean> {
  for (const line of understoodText(file)) say(line);
  if (prompter === undefined) return true;
  const count = file.read.machines.length;
  return prompter.choose(`Is that what ${file.shown} means?`, [
    { label: `yes, take ${count === 1 ? 'this child' : `these ${count} children`}`, value: true },
    { label: 'no', value: false },
  ]);
}

/** The private key, as an absolute path; `undefined`: what ssh takes by itself. Only names of files are looked at to propose some. */
export async function askKey(prompter: Prompter, place: Place): Promise<string | undefined> {
  const folder = join(place.home, '.ssh');
  const keys = privateKeysAmong(await readdir(folder).catch(() => [])).map((name) => join(folder, name));
  const base = { folder: place.cwd, home: place.home };
  const chosen = await prompter.choose<{ readonly key?: string } | 'other'>('Key to log in with:', [
    { label: 'what ssh takes by itself (~/.ssh/config, the agent, the usual keys)', value: {} },
    ...keys.map((key) => ({
      label: contractPath(key, { folder: place.home, home: place.home }),
      value: { key },
    })),
    { label: 'another file', value: 'other' },
  ]);
  if (chosen !== 'other') return chosen.key;
  const written = await prompter.text('Private key file:', {
    wrong: async (text) => {
      const trouble = text === '' ? 'is no path' : await keyTrouble(expandPath(text, base));
      return trouble === undefined ? undefined : `it ${trouble}`;
    },
  });
  return expandPath(written, base);
}
