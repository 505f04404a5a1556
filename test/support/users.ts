import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface UserOptions {
  /** Login shell; `/bin/sh` when absent. */
  readonly shell?: string;
  /** Without one the user can only log in with a key. */
  readonly password?: string;
  /** Lines for sudoers with `USER` for the name. */
  readonly sudoers?: readonly string[];
  /** Start files in the home folder, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A real user of this computer, made for one test. */
export interface TestUser {
  readonly name: string;
  readonly home: string;
  /** Ends what still runs as the user, and removes the user, the home folder and the sudoers file. */
  remove(): void;
}

export function makeUser(options: UserOptions = {}): TestUser {
  const name = `kmon-t${randomBytes(4).toString('hex')}`;
  const home = join('/home', name);
  const sudoers = join('/etc/sudoers.d', name);
  const shell = options.shell ?? '/bin/sh';
  // By the comment scripts/test finds the users of a run that was interrupted.
  const comment = process.env['KMON_TEST_RUN'] ?? '';
  execFileSync('useradd', ['-m', '--home-dir', home, '--shell', shell, '--comment', comment, name]);
  try {
    // `*` is no password but, unlike `!`, no locked account either, which sshd would refuse even with a key.
    if (options.password === undefined) execFileSync('usermod', ['--password', '*', name]);
    else execFileSync('chpasswd', { input: `${name}:${options.password}\n` });
    for (const [file, text] of Object.entries(options.files ?? {})) {
      const path = join(home, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      execFileSync('chown', ['-R', name, home]);
    }
    if (options.sudoers !== undefined) {
      const text = options.sudoers.map((line) => `${line.replaceAll('USER', name)}\n`).join('');
      execFileSync('visudo', ['-cqf', '-'], { input: text });
      writeFileSync(sudoers, text, { mode: 0o440 });
    }
  } catch (error) {
    remove(name, sudoers);
    throw error;
  }
  return {
    name,
    home,
    remove: () => {
      remove(name, sudoers);
    },
  };
}

function remove(name: string, sudoers: string): void {
  rmSync(sudoers, { force: true });
  // A command that was given up goes on, and when its connection ends, it is no descendant of the server any more. Users of lab machines have
  // the same numbers, and this computer sees their processes: only those of its own namespace are meant.
  spawnSync('pkill', ['-KILL', '-U', name, '--ns', String(process.pid), '--nslist', 'pid']);
  try {
    execFileSync('userdel', ['--remove', '--force', name], { stdio: 'ignore' });
  } catch (error) {
    // userdel says 12 or 8 for trifles such as a missing mail folder: what counts is that the user is gone.
    if (existsSync(join('/home', name))) throw error;
  }
}
