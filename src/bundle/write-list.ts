import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { Bundle } from './bundle.js';
import { makeFolder } from '../here/make-folder.js';
import { thisPlatform } from '../here/platform/this-platform.js';

/** Writes the list of a bundle, as `readBundle` reads it: whole, or not at all. */
export async function writeList(bundle: Bundle, list: string): Promise<void> {
  const file = join(bundle.folder, list);
  await makeFolder(dirname(file));
  await writeFile(`${file}.new`, listText(bundle));
  await thisPlatform.replace(`${file}.new`, file);
}

function listText({ name, kubernetes, architectures, parts }: Bundle): string {
  const [only] = architectures;
  const list = {
    format: 'kmon-bundle/1',
    name,
    kubernetes,
    architecture: architectures.length === 1 ? only : architectures,
    parts: parts.map(({ sizeBytes, images, architecture, from, unpacked, ...part }) => ({
      ...part,
      size: sizeBytes,
      ...(unpacked === undefined ? {} : { unpacked: { sha256: unpacked.sha256, size: unpacked.sizeBytes } }),
      ...(images.length === 0 ? {} : { images }),
      ...(architecture === undefined ? {} : { architecture }),
      ...(from === undefined ? {} : { from }),
    })),
  };
  // An address stays on its line.
  return stringify(list, { lineWidth: 0 });
}
