import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { KMON } from './kmon.js';

/** How a program of Windows ended. */
export interface WindowsEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningOnWindows {
  readonly child: ChildProcess;
  readonly ended: Promise<WindowsEnd>;
}

const WINE = '/usr/lib/wine';

/** The way from Windows to a file of this computer: Wine has its root as drive Z. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll('/', '\\')}`;
}

/**
 * Programs of Windows under Wine. What they write goes through files in `dir`: pipes of this computer are none that
 * Windows' Node can write to (EBADF).
 */
export class Windows {
  /** The Node.js that runs under Wine. */
  readonly node: string;
  readonly #env: NodeJS.ProcessEnv;
  #runs = 0;

  /** Where its user's home lies on this computer: below drive C, whatever the environment says. */
  readonly home: string;
  readonly #dir: string;

  constructor(dir: string) {
    const folder = process.env['KMON_WINDOWS'];
    if (folder === undefined) throw new Error('run scripts/test windows, which says where its Node is');
    this.node = join(folder, 'node.exe');
    this.#env = {
      PATH: process.env['PATH'],
      WINEPREFIX: join(folder, 'prefix'),
      WINEDEBUG: '-all',
      // It would not run on what it takes for a Windows 7.
      NODE_SKIP_PLATFORM_CHECK: '1',
    };
    this.#dir = dir;
    this.home = join(folder, 'prefix/drive_c/users', userInfo().username);
  }

  /** kmon as it is built. */
  kmon(args: readonly string[], cwd: string): Promise<WindowsEnd> {
    return this.start([windowsPath(KMON), ...args], cwd).ended;
  }

  /** Node with these arguments. */
  start(args: readonly string[], cwd: string): RunningOnWindows {
    return this.startProgram(this.node, args, cwd);
  }

  startProgram(program: string, args: readonly string[], cwd: string): RunningOnWindows {
    this.#runs += 1;
    const [out, err] = ['out', 'err'].map((name) => join(this.#dir, `${name}-${this.#runs}`));
    if (out === undefined || err === undefined) throw new Error('unreachable');
    const files = [openSync(out, 'w'), openSync(err, 'w')];
    const child = spawn(join(WINE, 'wine64'), [program, ...args], {
      cwd,
      env: this.#env,
      stdio: ['ignore', ...files],
      timeout: 100_000,
    });
    for (const file of files) closeSync(file);
    const ended = new Promise<WindowsEnd>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (exitCode) => {
        resolve({ exitCode, stdout: readFileSync(out, 'utf8'), stderr: readFileSync(err, 'utf8') });
      });
    });
    return { child, ended };
  }

  /** Ends what still runs there, and waits for it. */
  async end(): Promise<void> {
    await new Promise((done) => {
      spawn(join(WINE, 'wineserver64'), ['--kill'], { env: this.#env, stdio: 'ignore' }).once('exit', done);
    });
  }
}
