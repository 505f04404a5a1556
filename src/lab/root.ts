import { KmonError } from '../errors/kmon-error.js';
import type { Platform } from '../here/platform/platform.js';
import { thisPlatform } from '../here/platform/this-platform.js';

/** @throws KmonError `precondition` unless root: a machine with an init, cgroups and a network of its own needs it. */
export function requireRoot({
  name,
  userNumber,
}: Pick<Platform, 'name' | 'userNumber'> = thisPlatform): void {
  if (name !== 'linux')
    throw new KmonError(
      'precondition',
      'the lab makes machines of Linux out of containers, which takes a Linux computer',
      { hint: linuxElsewhere(name) },
    );
  if (userNumber === 0) return;
  throw new KmonError('precondition', 'the lab makes machines with an init and a network, which needs root', {
    hint: 'run the same command with sudo',
  });
}

/** Where somebody has a Linux of whom this computer is none. */
export function linuxElsewhere(name: Platform['name']): string {
  return name === 'windows'
    ? 'install WSL with Debian, and call it there, as root'
    : 'call it as root in a virtual machine with Debian or Ubuntu (UTM, Multipass, Lima), or on another computer';
}
