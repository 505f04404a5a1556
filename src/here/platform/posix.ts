import { rename } from 'node:fs/promises';
import { posix as path } from 'node:path';
import { quote } from '../../shell/quote.js';
import type { Exposed, Platform } from './platform.js';

/** What a posix system is asked for. A test has answers of its own. */
export interface PosixFacts {
  readonly name: 'linux' | 'macos' | 'posix';
  readonly userNumber: number | undefined;
  routes(): readonly string[];
}

export function posix(facts: PosixFacts): Platform {
  const { userNumber } = facts;
  return {
    name: facts.name,
    path,
    readers: (file, { mode }) =>
      (mode & 0o077) === 0 ? undefined : { how: shownMode(mode), remedy: `chmod 600 ${quoteForSh(file)}` },
    writers: (file, { mode, uid }): Exposed | undefined => {
      // Root may work with the home folder of whoever called it.
      if (uid !== 0 && ![0, uid].includes(userNumber ?? 0))
        return {
          how: `owner ${uid}`,
          owner: true,
          remedy: `sudo chown ${String(userNumber)} ${quoteForSh(file)}`,
        };
      return (mode & 0o022) === 0
        ? undefined
        : { how: shownMode(mode), remedy: `chmod go-w ${quoteForSh(file)}` };
    },
    // Modes are given when a file is made.
    shut: () => {},
    shutAgain: () => {},
    replace: rename,
    agentPath: (written) => written,
    sshFolder: () => '/etc/ssh',
    shell: (command, env) => ({ program: env['SHELL'] ?? '/bin/sh', args: ['-c', `exec ${command}`] }),
    routes: () => facts.routes(),
    userNumber,
    programEndings: () => [''],
    quote: quoteForSh,
  };
}

/** Plain words stay as people write them. */
function quoteForSh(word: string): string {
  return /^[\w.:/@=+,~-]+$/.test(word) ? word : quote(word);
}

function shownMode(mode: number): string {
  return `mode ${(mode & 0o777).toString(8).padStart(4, '0')}`;
}
