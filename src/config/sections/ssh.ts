import { z } from 'zod';
import { choice, optional, path } from '../kinds.js';
import { expandPath } from '../paths.js';
import type { PathBase } from '../paths.js';
import { login } from './login.js';

export const knownHostsFile = path('the path of a known_hosts file');
export const knownHosts = z.array(knownHostsFile, {
  error: 'the path of a known_hosts file, or a list of them',
});

/** One file may be written without its list. */
const fileAlone = (value: unknown): unknown => (typeof value === 'string' ? [value] : value);

const STANDARD = '~/.ssh/known_hosts';

/** `ssh`: how to log in to every machine that says nothing else, and whom to trust. */
export const ssh = z.strictObject(
  {
    ...login,
    knownHosts: optional(
      z.preprocess(fileAlone, knownHosts),
      "Files of host keys that are trusted: one, or a list. kmon's own pins are in .kmon/known_hosts.",
      STANDARD,
    ),
    hostKeys: optional(
      choice('pin', 'pinned-only'),
      "pin: show a new machine's key and keep it; pinned-only: refuse unknown machines. Default: ~/.ssh/config (StrictHostKeyChecking yes), then pin.",
    ),
  },
  { error: 'a map such as {user: student, key: ~/.ssh/id_ed25519}' },
);

/** Files of host keys, kmon's own before all others; absolute, each once. */
export function knownHostsFilesOf(
  written: z.output<typeof ssh> | undefined,
  ownFile: string,
  base: PathBase,
): readonly string[] {
  const files = (written?.knownHosts ?? [STANDARD]).map((file) => expandPath(file, base));
  return [...new Set([ownFile, ...files])];
}
