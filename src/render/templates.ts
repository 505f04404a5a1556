import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Absolute path of a file or folder below `templates/`, which lies beside `dist/` wherever kmon is installed. */
export function templatePath(name: string): string {
  return fileURLToPath(new URL(`../../templates/${name}`, import.meta.url));
}

/** The text of a template. */
export function readTemplate(name: string): Promise<string> {
  return readFile(templatePath(name), 'utf8');
}
