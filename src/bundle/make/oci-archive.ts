import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Header } from 'tar/header';
import type { KnownImage } from './plan.js';

const BLOCK = 512;

/** A piece of content in an archive. */
interface Entry {
  readonly path: string;
  readonly size: number;
  readonly content: Buffer | { readonly file: string };
}

/**
 * Writes images as one archive in the layout of OCI, which containerd imports: layers as they were published, compressed as they were, each
 * once however many images have it. The same images give the same bytes.
 *
 * @param blob where the content of a digest lies on this computer
 */
export async function writeOciArchive(
  images: readonly KnownImage[],
  blob: (digest: string) => string,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  await pipeline(Readable.from(blocks(entriesOf(images, blob))), createWriteStream(file), { signal });
}

function entriesOf(images: readonly KnownImage[], blob: (digest: string) => string): readonly Entry[] {
  const blobs = new Map<string, Entry>();
  for (const { manifest } of images) {
    const { text, digest } = manifest;
    blobs.set(digest, { path: pathOf(digest), size: text.length, content: text });
    for (const { digest: of, size } of [manifest.config, ...manifest.layers])
      blobs.set(of, { path: pathOf(of), size, content: { file: blob(of) } });
  }
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: images.map(({ name, tag, manifest: { mediaType, digest, text } }) => ({
      mediaType,
      digest,
      size: text.length,
      annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': tag },
    })),
  };
  // What tells what it is comes first: whoever reads it as it arrives knows at once.
  return [
    textEntry('oci-layout', { imageLayoutVersion: '1.0.0' }),
    textEntry('index.json', index),
    ...[...blobs.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  ];
}

function pathOf(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function textEntry(path: string, value: object): Entry {
  const content = Buffer.from(JSON.stringify(value));
  return { path, size: content.length, content };
}

async function* blocks(entries: readonly Entry[]): AsyncGenerator<Buffer> {
  for (const { path, size, content } of entries) {
    yield headerOf(path, size);
    if ('file' in content)
      yield* createReadStream(content.file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
    else yield content;
    const rest = size % BLOCK;
    if (rest > 0) yield Buffer.alloc(BLOCK - rest);
  }
  yield Buffer.alloc(2 * BLOCK);
}

function headerOf(path: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const header = new Header({ path, size, type: 'File', mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 });
  header.encode(block, 0);
  return block;
}
