import { KmonError } from '../errors/kmon-error.js';

/** @throws KmonError `precondition` unless root: a machine with an init, cgroups and a network of its own needs it. */
export function requireRoot(uid: number | undefined = process.getuid?.()): void {
  if (uid === 0) return;
  throw new KmonError('precondition', 'the lab makes machines with an init and a network, which needs root', {
    hint: 'run the same command with sudo',
  });
}
