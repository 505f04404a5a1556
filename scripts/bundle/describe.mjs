// Prints a bundle's bundle.yaml: what is in it, with the size and SHA-256 of every file.
//
// usage: describe.mjs FOLDER KUBERNETES_VERSION ARCHITECTURE < PARTS
// PARTS has one part a line, tab-separated: name, kind, version, file, machines (by spaces), images (by spaces, may lack).
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

async function describe(folder, line) {
  const [name, kind, version, file, machines, images = ''] = line.split('\t');
  const path = join(folder, file);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return [
    `  - name: ${name}`,
    `    kind: ${kind}`,
    // Quoted: a chart's version such as 1.0 would be read as a number.
    `    version: ${JSON.stringify(version)}`,
    `    file: ${file}`,
    `    sha256: ${hash.digest('hex')}`,
    `    size: ${(await stat(path)).size}`,
    `    for: [${machines.split(' ').join(', ')}]`,
    ...(images === '' ? [] : [`    images: ${JSON.stringify(images.split(' '))}`]),
  ];
}

const [folder, kubernetes, architecture] = process.argv.slice(2);
const input = await readFile('/dev/stdin', 'utf8');
const lines = [
  'format: kmon-bundle/1',
  'name: lab',
  `kubernetes: ${kubernetes}`,
  `architecture: ${architecture}`,
  'parts:',
];
for (const line of input.split('\n')) {
  if (line !== '') lines.push(...(await describe(folder, line)));
}
process.stdout.write(`${lines.join('\n')}\n`);
