import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ownFolder } from '../here/own-folder.js';

/** Folder of the lab's templates. */
export const LAB_TEMPLATES = join(ownFolder(), 'templates/lab');

/** A file by its path below the machine's root, with its text. */
export interface OverlayFile {
  readonly path: string;
  readonly text: string;
}

export async function readTemplate(name: string): Promise<string> {
  return readFile(join(LAB_TEMPLATES, name), 'utf8');
}

/** What the base image gets on top of Debian's packages, sorted by path. */
export async function readOverlay(): Promise<readonly OverlayFile[]> {
  return readRoot(join(LAB_TEMPLATES, 'rootfs'));
}

/** All files below a folder that stands for a machine's root, sorted by path. */
export async function readRoot(root: string): Promise<readonly OverlayFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    files.sort().map(async (file) => ({ path: relative(root, file), text: await readFile(file, 'utf8') })),
  );
}
