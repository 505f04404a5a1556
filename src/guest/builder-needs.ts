import { KmonError } from '../errors/kmon-error.js';
import { thisPlatform } from '../here/platform/this-platform.js';
import type { Platform } from '../here/platform/platform.js';
import { linuxElsewhere } from '../lab/root.js';
import type { RunProgram } from '../lab/process.js';
import type { GuestArchitecture } from './manifest.js';

/** What makes an image, and the package of Debian that has it. */
const PROGRAMS: Readonly<Record<string, string>> = {
  mmdebstrap: 'mmdebstrap',
  sfdisk: 'fdisk',
  mke2fs: 'e2fsprogs',
  mformat: 'mtools',
  mmd: 'mtools',
  mcopy: 'mtools',
  'qemu-img': 'qemu-utils',
  setpriv: 'util-linux',
};

/** The kernel's name of who runs programs of another kind of processor. */
const STAND_IN: Readonly<Record<GuestArchitecture, string>> = { amd64: 'qemu-x86_64', arm64: 'qemu-aarch64' };

/**
 * Whether this computer can make an image for such machines. Changes nothing.
 *
 * @throws KmonError `precondition` with the one thing that is missing first: a Linux, root, programs, or who runs those of another processor.
 */
export async function requireBuilder(
  run: RunProgram,
  architecture: GuestArchitecture,
  platform: Pick<Platform, 'name' | 'userNumber'> = thisPlatform,
): Promise<void> {
  if (platform.name !== 'linux') {
    throw new KmonError(
      'precondition',
      "a guest's image is made of Debian's packages, which takes a Linux computer",
      {
        hint: linuxElsewhere(platform.name),
      },
    );
  }
  if (platform.userNumber !== 0) {
    throw new KmonError('precondition', "a guest's image has files of root's, which root alone can make", {
      hint: 'run the same command with sudo',
    });
  }
  const looked = await run('sh', [
    '-c',
    'for p; do command -v "$p" >/dev/null || echo "$p"; done',
    'sh',
    ...Object.keys(PROGRAMS),
  ]);
  const missing = looked.stdout.split('\n').filter((name) => name !== '');
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((name) => PROGRAMS[name] ?? name))];
    throw new KmonError(
      'precondition',
      `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed`,
      {
        hint: `install what makes an image: sudo apt-get install ${packages.join(' ')}`,
      },
    );
  }
  const own = await ownArchitecture(run);
  if (own === architecture) return;
  const stands = await run('sh', [
    '-c',
    'grep -qx enabled "$1"',
    'sh',
    `/proc/sys/fs/binfmt_misc/${STAND_IN[architecture]}`,
  ]);
  if (stands.exitCode === 0) return;
  throw new KmonError('precondition', `this computer is ${own}, and runs no programs of ${architecture}`, {
    hint: 'install those that stand in (sudo apt-get install qemu-user-static binfmt-support), or make the image on such a computer',
  });
}

/** This computer's, as Debian names it. */
export async function ownArchitecture(run: RunProgram): Promise<string> {
  return (await run('dpkg', ['--print-architecture'])).stdout.trim();
}
