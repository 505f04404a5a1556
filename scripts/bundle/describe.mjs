// Prints a bundle's bundle.yaml: what is in it, with the size and SHA-256 of every file, and of what comes out of a packed one.
//
// usage: describe.mjs FOLDER KUBERNETES_VERSION ARCHITECTURE < PARTS
// PARTS has one part a line, tab-separated: name, kind, version, file, machines (by spaces), images (by spaces, may lack).
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** The checksum and the size of what flows there. */
async function measured(...streams) {
  const hash = createHash('sha256');
  let size = 0;
  await pipeline(...streams, async function (chunks) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      size += chunk.length;
    }
  });
  return { sha256: hash.digest('hex'), size };
}

async function describe(folder, line) {
  const [name, kind, version, file, machines, images = ''] = line.split('\t');
  const path = join(folder, file);
  const read = () => createReadStream(path, { highWaterMark: 1 << 20 });
  const { sha256, size } = await measured(read());
  const unpacked = file.endsWith('.gz') ? await measured(read(), createGunzip()) : undefined;
  return [
    `  - name: ${name}`,
    `    kind: ${kind}`,
    // Quoted: a chart's version such as 1.0 would be read as a number.
    `    version: ${JSON.stringify(version)}`,
    `    file: ${file}`,
    `    sha256: ${sha256}`,
    `    size: ${size}`,
    ...(unpacked === undefined
      ? []
      : [`    unpacked: { sha256: ${unpacked.sha256}, size: ${unpacked.size} }`]),
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
