import { KmonError } from '../errors/kmon-error.js';
import { findProgram } from '../here/find-program.js';
import type { Platform } from '../here/platform/platform.js';
import { thisPlatform } from '../here/platform/this-platform.js';

/**
 * Commands on this computer are scripts of `sh`, which Windows has none of by itself: without this, what its own shell says of that would be
 * told as if a machine had said it.
 *
 * @throws KmonError `precondition`
 */
export function requireShell(
  env: Readonly<Record<string, string | undefined>>,
  platform: Pick<Platform, 'name' | 'path' | 'programEndings'> = thisPlatform,
): void {
  if (platform.name !== 'windows' || findProgram('sh', env, platform) !== undefined) return;
  throw new KmonError(
    'precondition',
    'there is no sh on this computer (PATH), by which kmon runs kubectl and helm',
    {
      hint: 'install Git for Windows, which brings it, and add its folder (C:\\Program Files\\Git\\bin) to PATH',
    },
  );
}
