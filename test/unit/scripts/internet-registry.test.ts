import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../../scripts/internet/registry.mjs');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'registry-'));
  mkdirSync(join(folder, 'archive'));
  mkdirSync(join(folder, 'out'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function layOut(name: string, standIns = ''): void {
  writeFileSync(join(folder, 'archive/layer.tar.gz'), 'a layer');
  writeFileSync(join(folder, 'archive/config.json'), '{"architecture":"amd64","os":"linux"}');
  writeFileSync(
    join(folder, 'archive/manifest.json'),
    JSON.stringify([{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar.gz'] }]),
  );
  writeFileSync(join(folder, 'stand-ins'), standIns);
  execFileSync(process.execPath, [
    SCRIPT,
    join(folder, 'archive'),
    join(folder, 'out'),
    join(folder, 'stand-ins'),
  ]);
}

function read(path: string): string {
  return readFileSync(join(folder, 'out', path), 'utf8');
}

function digest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

it('makes files that a client gets from tag to layer by digests alone', () => {
  layOut('quay.io/a/b:v1');
  const index = read('hosts/quay.io/v2/a/b/manifests/v1');
  const [entry] = (JSON.parse(index) as { manifests: [{ digest: string; size: number; platform: object }] })
    .manifests;
  const manifest = read(`hosts/quay.io/v2/a/b/manifests/${entry.digest}`);
  expect([digest(manifest), manifest.length]).toEqual([entry.digest, entry.size]);
  expect(entry.platform).toEqual({ architecture: 'amd64', os: 'linux' });
  const { config, layers } = JSON.parse(manifest) as Record<'config', { digest: string }> & {
    layers: { digest: string }[];
  };
  expect(layers.map((layer) => read(`blobs/${layer.digest}`))).toEqual(['a layer']);
  expect(digest(read(`blobs/${config.digest}`))).toBe(config.digest);
});

it('tells the web server the digest of each manifest, and which are indexes', () => {
  layOut('quay.io/a/b:v1');
  const index = digest(read('hosts/quay.io/v2/a/b/manifests/v1'));
  expect(read('manifests.map')).toContain(`"quay.io/v2/a/b/manifests/v1" "${index}";\n`);
  expect(read('manifests.map').trimEnd().split('\n')).toHaveLength(3);
  expect(read('indexes.map')).toBe(`"${index}" "application/vnd.oci.image.index.v1+json";\n`);
});

it.each([
  [
    'registry.k8s.io/coredns/coredns:v1.14.2',
    'europe-west1-docker.pkg.dev/v2/k8s-artifacts-prod/images/coredns/coredns/manifests/v1.14.2',
  ],
  ['docker.io/grafana/grafana:13.2.0', 'registry-1.docker.io/v2/grafana/grafana/manifests/13.2.0'],
])('puts %s where its registry has it', (name, path) => {
  layOut(name);
  expect(existsSync(join(folder, 'out/hosts', path))).toBe(true);
});

it('serves an image under the name that is asked for too', () => {
  layOut('quay.io/a/b:v1', '# why\nquay.io/a/b:v9-small quay.io/a/b:*\nquay.io/a/c:v9 quay.io/a/c:*\n');
  expect(read('hosts/quay.io/v2/a/b/manifests/v9-small')).toBe(read('hosts/quay.io/v2/a/b/manifests/v1'));
  expect(existsSync(join(folder, 'out/hosts/quay.io/v2/a/c'))).toBe(false);
});
