// Lays out the images of an archive (what `docker save` writes) as registries, in files that any web server can give: pulling an image is
// reading a list, a configuration and layers by their digests.
//
// usage: registry.mjs UNPACKED FOLDER STAND_INS
// UNPACKED is the archive's folder. In FOLDER it makes `blobs/DIGEST`, `hosts/HOST/v2/NAME/manifests/REFERENCE`, and adds to `manifests.map`,
// one line a manifest: host and path, and its digest; `indexes.map` has those of them that are indexes. A tag is an index with one image for
// one platform, as in the world.
// STAND_INS has names under which an image is served too: `ASKED_FOR SERVED`, where SERVED may end in `:*`.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, link, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** Where the images of a registry really lie: registry.k8s.io sends on whoever asks it. */
const STORES = new Map([
  ['registry.k8s.io', { host: 'europe-west1-docker.pkg.dev', folder: 'k8s-artifacts-prod/images/' }],
  ['docker.io', { host: 'registry-1.docker.io', folder: '' }],
]);

const [unpacked, folder, standIns] = process.argv.slice(2);

async function descriptor(mediaType, path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { mediaType, digest: `sha256:${hash.digest('hex')}`, size: (await stat(path)).size };
}

async function keepBlob(mediaType, path) {
  const made = await descriptor(mediaType, path);
  const blob = join(folder, 'blobs', made.digest);
  await mkdir(dirname(blob), { recursive: true });
  await link(path, blob).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return made;
}

function digestOf(text) {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

async function putManifest(place, reference, text) {
  const path = `v2/${place.folder}/manifests/${reference}`;
  const file = join(folder, 'hosts', place.host, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await appendFile(join(folder, 'manifests.map'), `"${place.host}/${path}" "${digestOf(text)}";\n`);
}

/** `registry.k8s.io/coredns/coredns:v1.14.2` */
function placeOf(name) {
  const [, host, path, tag] = /^([^/]+)\/(.+):([^:/]+)$/.exec(name);
  const store = STORES.get(host) ?? { host, folder: '' };
  return { host: store.host, folder: store.folder + path, tag };
}

async function addImage(image, others) {
  const config = await keepBlob(CONFIG, join(unpacked, image.Config));
  const layers = [];
  for (const layer of image.Layers) layers.push(await keepBlob(LAYER, join(unpacked, layer)));
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers });
  const { architecture, os } = JSON.parse(await readFile(join(unpacked, image.Config), 'utf8'));
  const digest = digestOf(manifest);
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: [
      { mediaType: MANIFEST, digest, size: Buffer.byteLength(manifest), platform: { architecture, os } },
    ],
  });
  await appendFile(join(folder, 'indexes.map'), `"${digestOf(index)}" "${INDEX}";\n`);
  for (const name of image.RepoTags.flatMap((tag) => [tag, ...others(tag)])) {
    const place = placeOf(name);
    await putManifest(place, digest, manifest);
    await putManifest(place, digestOf(index), index);
    await putManifest(place, place.tag, index);
  }
}

/** What an image is served as, beside its own name. */
function standInsOf(text) {
  const pairs = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(' '));
  return (name) =>
    pairs
      .filter(([, served]) =>
        served.endsWith(':*') ? name.startsWith(served.slice(0, -1)) : served === name,
      )
      .map(([asked]) => asked)
      .filter((asked) => asked !== name);
}

const others = standInsOf(await readFile(standIns, 'utf8'));
const images = JSON.parse(await readFile(join(unpacked, 'manifest.json'), 'utf8'));
for (const image of images) await addImage(image, others);
