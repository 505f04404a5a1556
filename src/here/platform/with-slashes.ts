import type { Platform } from './platform.js';
import { thisPlatform } from './this-platform.js';

/** A path of this computer as lists, archives and kmon.yaml have it on every system: with slashes between its parts. */
export function withSlashes(path: string, rules: Pick<Platform, 'path'> = thisPlatform): string {
  return path.replaceAll(rules.path.sep, '/');
}
