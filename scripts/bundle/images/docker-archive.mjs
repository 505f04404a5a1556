// Lays out a docker-archive (what `docker save` writes and `ctr images import` reads) without a container engine.
//
// usage: docker-archive.mjs SPEC.json FOLDER
// SPEC is { architecture, images: [{ name, layer, config }] }: `layer` is an uncompressed tar, `config` is the part
// of the image configuration that a runtime reads (Entrypoint, Cmd, Env, User, ...). FOLDER must exist and be empty.
// It prints the names of the images, one a line. The same spec and layers give the same bytes: nothing depends on the clock.
//
// The layers are compressed and the archive around them must not be: `ctr images import` of containerd 1.6 answers
// "invalid tar header" to a compressed archive, and it keeps compressed layers as they are, at a quarter of the disk.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const EPOCH = '1970-01-01T00:00:00Z';

async function sha256OfFile(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Layers that are in the folder already, by their file: several images may stand on one. */
const added = new Map();

/** Gives its checksum. */
async function addLayer(file, folder) {
  const known = added.get(file);
  if (known !== undefined) return known;
  const layer = await sha256OfFile(file);
  await pipeline(
    createReadStream(file),
    createGzip({ level: 6 }),
    createWriteStream(join(folder, `${layer}.tar.gz`)),
  );
  added.set(file, layer);
  return layer;
}

async function addImage(architecture, image, folder) {
  const layer = await addLayer(image.layer, folder);
  const config = JSON.stringify({
    architecture,
    os: 'linux',
    created: EPOCH,
    config: image.config,
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    history: [{ created: EPOCH, created_by: 'scripts/bundle/build' }],
  });
  const digest = createHash('sha256').update(config).digest('hex');
  await writeFile(join(folder, `${digest}.json`), config);
  return { Config: `${digest}.json`, RepoTags: [image.name], Layers: [`${layer}.tar.gz`] };
}

const [specPath, folder] = process.argv.slice(2);
const spec = JSON.parse(await readFile(specPath, 'utf8'));
const manifest = [];
for (const image of spec.images) manifest.push(await addImage(spec.architecture, image, folder));
await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
process.stdout.write(manifest.map((image) => `${image.RepoTags[0]}\n`).join(''));
