import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { stringify } from 'yaml';

/** A folder with a small bundle in it; new for every test of a file that calls `placeForEach`. */
export const place = { folder: '', memory: '' };

const FILES: Readonly<Record<string, string>> = {
  'bin/kubeadm': 'kubeadm of this test\n',
  'bin/helm': 'helm of this test\n',
  'images/node.tar.gz': 'images of this test\n',
};

export interface WrittenPart {
  readonly [key: string]: unknown;
}

/** A part as bundle.yaml lists it. */
export function part(file: string, over: WrittenPart = {}): WrittenPart {
  const content = FILES[file] ?? '';
  return {
    name: file.replace(/^.*\//, '').replace(/\..*$/, ''),
    kind: file.startsWith('bin/') ? 'binary' : 'images',
    version: 'v1.36.3',
    file,
    sha256: createHash('sha256').update(content).digest('hex'),
    size: content.length,
    for: file === 'bin/helm' ? ['parent'] : ['parent', 'child'],
    ...over,
  };
}

export const LIST = {
  format: 'kmon-bundle/1',
  name: 'lab',
  kubernetes: 'v1.36.3',
  architecture: 'amd64',
  parts: [
    part('bin/kubeadm'),
    part('bin/helm'),
    part('images/node.tar.gz', {
      images: ['registry.k8s.io/pause:3.10.2', 'localhost:5000/a/node-exporter@sha256:0'],
    }),
  ],
};

export async function writeList(list: unknown): Promise<void> {
  await writeFile(join(place.folder, 'bundle.yaml'), typeof list === 'string' ? list : stringify(list));
}

/** To be called by each test file: files share a process, in which a module is there only once. */
export function placeForEach(): void {
  beforeEach(async () => {
    place.folder = await mkdtemp(join(tmpdir(), 'kmon-bundle-'));
    place.memory = join(place.folder, '.kmon', 'proven.json');
    for (const [file, content] of Object.entries(FILES)) {
      await mkdir(dirname(join(place.folder, file)), { recursive: true });
      await writeFile(join(place.folder, file), content);
    }
    await writeList(LIST);
  });

  afterEach(async () => {
    await rm(place.folder, { recursive: true, force: true });
  });
}
