import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a text is a script for a shell that shellcheck knows. */
export function isShellScript(text: string): boolean {
  return /^#!.*[/ ](ba|da)?sh\b|^# shellcheck shell=/m.test(text);
}

/** All shell scripts in some folders of the project, by path. */
export function shellScripts(project: string, folders: readonly string[]): readonly string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(project, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    )
    .filter((path) => isShellScript(readFileSync(path, 'utf8')))
    .map((path) => path.slice(project.length + 1))
    .sort();
}
