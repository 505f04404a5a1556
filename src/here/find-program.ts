import { accessSync, constants, statSync } from 'node:fs';
import type { Platform } from './platform/platform.js';
import { thisPlatform } from './platform/this-platform.js';

/** Where a program lies that a shell here would start by this name; `undefined`: in none of the folders of PATH. */
export function findProgram(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: Pick<Platform, 'path' | 'programEndings'> = thisPlatform,
): string | undefined {
  const folders = (env['PATH'] ?? env['Path'] ?? '')
    .split(platform.path.delimiter)
    .filter((folder) => folder !== '');
  return folders
    .flatMap((folder) =>
      platform.programEndings(env).map((ending) => platform.path.join(folder, `${name}${ending}`)),
    )
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
