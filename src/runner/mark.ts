import { randomBytes } from 'node:crypto';

/** Unpredictable, so that nothing a shell prints can pass for it. */
export function newMark(): string {
  return `kmon:${randomBytes(9).toString('hex')}`;
}
