import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { inMegabytes } from '../../bundle/bytes.js';
import { findProgram } from '../../here/find-program.js';
import { thisPlatform, thisSystem } from '../../here/platform/this-platform.js';
import { userCache } from '../../here/user-cache.js';
import type { Seen } from './seen.js';

/** A bundle for a room with everything that kmon knows, and as much again while it is made. */
const CACHE_BYTES = 2e9;

/** The computer itself: what kmon runs by, where it writes, and the programs that some commands start. Changes nothing. */
export async function seeComputer(o: {
  readonly version: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Promise<readonly Seen[]> {
  return [
    { what: 'kmon', state: 'good', found: `${o.version}, by Node.js ${process.version} (${thisSystem})` },
    seeFolder(o.cwd),
    await seeCache(userCache(o.env)),
    seeContext(o.env),
    seeLab(o.env),
  ];
}

function seeFolder(folder: string): Seen {
  const what = 'this folder';
  try {
    accessSync(folder, constants.W_OK);
    return { what, state: 'good', found: 'a room may be kept here' };
  } catch {
    return {
      what,
      state: 'lacks',
      found: `${folder} may not be written to`,
      fix: 'go to a folder of your own',
    };
  }
}

async function seeCache(folder: string): Promise<Seen> {
  const what = 'room for downloads';
  try {
    const { bavail, bsize } = await statfs(nearest(folder));
    const found = `${inMegabytes(bavail * bsize)} in ${folder}`;
    return bavail * bsize >= CACHE_BYTES
      ? { what, state: 'good', found }
      : {
          what,
          state: 'less',
          found,
          fix: `make room for ${inMegabytes(CACHE_BYTES)}, or name another place in KMON_CACHE`,
        };
  } catch (error) {
    return {
      what,
      state: 'less',
      found: `${folder} cannot be used (${error instanceof Error ? error.message : String(error)})`,
      fix: 'name another place in KMON_CACHE',
    };
  }
}

/** The folder itself, or that above it in which it would be made. */
function nearest(folder: string): string {
  const above = dirname(folder);
  return existsSync(folder) || above === folder ? folder : nearest(above);
}

function seeContext(env: Readonly<Record<string, string | undefined>>): Seen {
  const what = '--context';
  const lacking = ['sh', 'kubectl', 'helm'].filter((name) => findProgram(name, env) === undefined);
  if (lacking.length === 0) return { what, state: 'good', found: 'sh, kubectl and helm are there' };
  const isWindows = thisPlatform.name === 'windows';
  return {
    what,
    state: 'less',
    found: `there is no ${lacking.join(', no ')}, which only a cluster of somebody else needs`,
    fix:
      isWindows && lacking.includes('sh')
        ? 'install Git for Windows, whose sh will do, and what else is missing'
        : `install ${lacking.join(', ')}`,
  };
}

function seeLab(env: Readonly<Record<string, string | undefined>>): Seen {
  const what = 'kmon lab';
  if (thisPlatform.name !== 'linux')
    return {
      what,
      state: 'less',
      found: 'a rehearsal takes a Linux computer',
      fix:
        thisPlatform.name === 'windows'
          ? 'use WSL with Debian for it'
          : 'use a virtual machine with Debian or Ubuntu for it',
    };
  const engine = ['podman', 'docker'].find((name) => findProgram(name, env) !== undefined);
  if (engine === undefined)
    return {
      what,
      state: 'less',
      found: 'there is no podman and no docker, which only a rehearsal needs',
      fix: 'install podman',
    };
  return thisPlatform.userNumber === 0
    ? { what, state: 'good', found: `root and ${engine} are there` }
    : {
        what,
        state: 'less',
        found: `${engine} is there; only root can make machines with an init`,
        fix: 'use sudo for a rehearsal',
      };
}
