import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownFolder } from '../here/own-folder.js';

/** Absolute path of a file or folder below `templates/`. */
export function templatePath(name: string): string {
  return join(ownFolder(), 'templates', name);
}

/** The text of a template. */
export function readTemplate(name: string): Promise<string> {
  return readFile(templatePath(name), 'utf8');
}
