import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { join } from 'node:path';
import { create } from 'tar/create';
import { list } from 'tar/list';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleSupply } from '../../../../src/artifacts/bundle-supply.js';
import type { Bundle } from '../../../../src/bundle/bundle.js';
import { examineBundle } from '../../../../src/bundle/examine.js';
import { fillBundle } from '../../../../src/bundle/make/fill.js';
import type { Progress } from '../../../../src/bundle/make/fill.js';
import { planBundle } from '../../../../src/bundle/make/plan.js';
import type { BundlePlan } from '../../../../src/bundle/make/plan.js';
import { spaceNeeded } from '../../../../src/bundle/make/space.js';
import { pruneBundle } from '../../../../src/bundle/prune.js';
import { readBundle } from '../../../../src/bundle/read.js';
import type { Release, WantedBundle } from '../../../../src/bundle/wanted.js';
import { openRegistries } from '../../../../src/fetch/registry.js';
import { openWeb } from '../../../../src/fetch/web.js';
import type { Web } from '../../../../src/fetch/web.js';
import { digest, putFileAt, putImage, webServer } from '../../../support/web-server.js';
import type { WebServer } from '../../../support/web-server.js';

const KUBEADM = 'kubeadm of this test\n'.repeat(10_000);
const never = new AbortController().signal;

let site: WebServer;
let web: Web;
let place: string;
let folder: string;
let progress: Progress[];

beforeEach(async () => {
  site = await webServer();
  web = openWeb({});
  place = mkdtempSync(join(tmpdir(), 'kmon-make-'));
  folder = join(place, 'bundle');
  progress = [];
  publish('/kubeadm', Buffer.from(KUBEADM));
  const files = join(place, 'files');
  mkdirSync(join(files, 'bin'), { recursive: true });
  for (const name of ['ctr', 'containerd']) writeFileSync(join(files, 'bin', name), `${name} of this test`);
  publish('/containerd.tgz', await create({ gzip: true, cwd: files }, ['./bin']).concat());
  putImage(site, 'pause', '3.10', { amd64: ['the base', 'pause'], arm64: ['arm'] });
  putImage(site, 'kube-proxy', 'v1', { amd64: ['the base', 'the proxy'], arm64: ['arm', 'arm proxy'] });
});
afterEach(async () => {
  await web.close();
  await site.close();
  rmSync(place, { recursive: true });
});

function publish(path: string, content: Buffer): void {
  site.files.set(path, content);
  site.files.set(`${path}.sha256`, `${createHash('sha256').update(content).digest('hex')}  ${path}\n`);
}

function release(
  path: string,
  parts: readonly { readonly name: string; readonly member?: string }[],
): Release {
  const url = `${site.url}${path}`;
  return {
    kind: 'release',
    url,
    sumUrl: `${url}.sha256`,
    parts: parts.map(({ name, member }) => ({
      ...{ name, kind: 'binary', version: 'v1.36.3', file: `amd64/bin/${name}`, for: ['parent', 'child'] },
      architecture: 'amd64',
      ...(member === undefined ? {} : { member }),
    })),
  };
}

const image = (repository: string, tag: string) => ({
  name: `registry.test/${repository}:${tag}`,
  at: { registry: site.url, repository, tag },
});

function wanted(chart = 'a chart'): WantedBundle {
  return {
    kubernetes: 'v1.36.3',
    architectures: ['amd64'],
    sources: [
      release('/kubeadm', [{ name: 'kubeadm' }]),
      release('/containerd.tgz', [
        { name: 'containerd', member: 'bin/containerd' },
        { name: 'ctr', member: 'bin/ctr' },
      ]),
      {
        kind: 'images',
        part: {
          ...{ name: 'all-images', kind: 'images', version: 'v1.36.3', file: 'amd64/images/all.tar' },
          ...{ for: ['parent', 'child'], architecture: 'amd64' },
        },
        processor: 'amd64',
        images: [image('pause', '3.10'), image('kube-proxy', 'v1')],
      },
      {
        kind: 'own',
        part: { name: 'lite', kind: 'chart', version: '0.1.0', file: 'charts/lite.tgz', for: ['parent'] },
        content: async () => Buffer.from(chart),
      },
    ],
  };
}

function plan(of = wanted(), signal = never): Promise<BundlePlan> {
  return planBundle(of, folder, { web, registries: openRegistries(web, signal), signal });
}

async function make(of = wanted(), signal = never): Promise<Bundle> {
  site.asked.length = 0;
  return fillBundle(await plan(of), { web, signal, told: (p) => void progress.push(p) });
}

const fetched = (): readonly string[] =>
  site.asked.filter((line) => /^GET \/(?:kubeadm|containerd\.tgz|v2\/.*\/blobs)(?![.\w])/.test(line));

async function membersOf(archive: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  await list({
    file: join(folder, archive),
    onReadEntry: (entry) => {
      const chunks: Buffer[] = [];
      entry.on('data', (chunk) => chunks.push(chunk));
      entry.on('end', () => found.set(entry.path, Buffer.concat(chunks).toString()));
    },
  });
  return found;
}

describe('making', () => {
  it('makes a bundle that is read, is whole, and holds nothing else', async () => {
    const made = await make();
    const read = await readBundle(folder);
    expect(read).toEqual(made);
    expect(read.parts.map((p) => p.file)).toEqual([
      'amd64/bin/kubeadm',
      'amd64/bin/containerd',
      'amd64/bin/ctr',
      'amd64/images/all.tar',
      'charts/lite.tgz',
    ]);
    expect(readFileSync(join(folder, 'amd64/bin/kubeadm'), 'utf8')).toBe(KUBEADM);
    expect(readFileSync(join(folder, 'amd64/bin/ctr'), 'utf8')).toBe('ctr of this test');
    expect(statSync(join(folder, 'amd64/bin/ctr')).mode & 0o777).toBe(0o755);
    expect(await examineBundle(read, never, () => undefined)).toEqual({
      wrong: [],
      strange: [],
      leftBytes: 0,
    });
    expect(readdirSync(folder).toSorted()).toEqual(['amd64', 'bundle.yaml', 'charts']);
  });

  it('puts images into an archive as OCI lays them out, a common layer once', async () => {
    const made = await make();
    expect(made.parts.find((p) => p.kind === 'images')?.images).toEqual([
      'registry.test/pause:3.10',
      'registry.test/kube-proxy:v1',
    ]);
    const members = await membersOf('amd64/images/all.tar');
    const index = JSON.parse(members.get('index.json') ?? '') as {
      manifests: { digest: string; annotations: Record<string, string> }[];
    };
    expect(members.get('oci-layout')).toBe('{"imageLayoutVersion":"1.0.0"}');
    expect(index.manifests.map((m) => m.annotations['io.containerd.image.name'])).toEqual([
      'registry.test/pause:3.10',
      'registry.test/kube-proxy:v1',
    ]);
    for (const { digest: of } of index.manifests)
      expect(digest(members.get(`blobs/${of.replace(':', '/')}`) ?? '')).toBe(of);
    const blobs = [...members].filter(([path]) => path.startsWith('blobs/'));
    for (const [path, content] of blobs) expect(digest(content)).toBe(path.slice(6).replace('/', ':'));
    expect(blobs.map(([, content]) => content)).toEqual(
      expect.arrayContaining(['the base', 'pause', 'the proxy']),
    );
    expect(site.asked.filter((line) => line.endsWith(digest('the base')))).toHaveLength(1);
  });

  it('packs for the way what is to be packed, and says what it is unpacked', async () => {
    const [kubeadm, ...others] = wanted().sources;
    if (kubeadm?.kind !== 'release') throw new Error('no release');
    const parts = kubeadm.parts.map((p) => ({ ...p, file: `${p.file}.gz`, packed: true as const }));
    const of = { ...wanted(), sources: [{ ...kubeadm, parts }, ...others] };
    const made = await make(of);
    const [part] = made.parts;
    const packed = readFileSync(join(folder, 'amd64/bin/kubeadm.gz'));
    expect(gunzipSync(packed).toString()).toBe(KUBEADM);
    expect(part).toMatchObject({
      sizeBytes: packed.length,
      unpacked: { sha256: createHash('sha256').update(KUBEADM).digest('hex'), sizeBytes: KUBEADM.length },
    });
    expect(await readBundle(folder)).toEqual(made);
    expect(bundleSupply(made).sentTo('child', 'node', 'amd64').files[0]).toMatchObject({
      ...{ packed: true, path: '/opt/kmon/bin/kubeadm', sizeBytes: packed.length },
      sha256: part?.unpacked?.sha256,
    });
    await make(of);
    expect(fetched()).toEqual([]);
  });

  it('tells how far it is, to the last byte', async () => {
    await make();
    const last = progress.at(-1);
    expect(last?.doneBytes).toBe(last?.allBytes);
    expect(last?.allBytes).toBeGreaterThan(KUBEADM.length);
  });

  it('fetches nothing the second time, and the same bytes in another folder', async () => {
    const first = await make();
    expect(await make()).toEqual(first);
    expect(fetched()).toEqual([]);
    folder = join(place, 'other');
    expect((await make()).parts).toEqual(first.parts);
  });

  it('fetches again what is damaged or missing, and nothing else', async () => {
    const first = await make();
    writeFileSync(join(folder, 'amd64/bin/kubeadm'), KUBEADM.replace('k', 'K'));
    rmSync(join(folder, 'amd64/bin/ctr'));
    expect(await make()).toEqual(first);
    // Two at a time.
    const paths = fetched().map((line) => line.split(' ')[1]);
    expect(paths.toSorted()).toEqual(['/containerd.tgz', '/kubeadm']);
  });

  it('makes a chart anew when kmon has another', async () => {
    await make();
    await make(wanted('another chart'));
    expect(fetched()).toEqual([]);
    expect(readFileSync(join(folder, 'charts/lite.tgz'), 'utf8')).toBe('another chart');
  });

  it('takes a chart of others as it lies at its registry, and not a second time', async () => {
    const mediaType = 'application/a.chart';
    putFileAt(site, 'charts/stack', '1.2.3', { mediaType, content: Buffer.from('their chart') });
    const of: WantedBundle = {
      ...wanted(),
      sources: [
        {
          kind: 'pulled',
          part: { name: 'stack', kind: 'chart', version: '1.2.3', file: 'charts/stack.tgz', for: ['parent'] },
          at: { registry: site.url, repository: 'charts/stack', tag: '1.2.3', what: 'chart' },
          mediaType,
        },
      ],
    };
    const made = await make(of);
    expect(readFileSync(join(folder, 'charts/stack.tgz'), 'utf8')).toBe('their chart');
    expect(made.parts[0]).toMatchObject({ kind: 'chart', sha256: digest('their chart').slice(7) });
    await make(of);
    expect(fetched()).toEqual([]);
    site.files.delete('/v2/charts/stack/manifests/1.2.3');
    await expect(make(of)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^the chart 127\.0\.0\.1:\d+\/charts\/stack:1\.2\.3 is not there$/,
      ) as string,
    });
  });

  it('keeps the parts of an architecture that it is not asked for this time', async () => {
    const arm: WantedBundle = {
      ...wanted(),
      architectures: ['arm64'],
      sources: wanted()
        .sources.filter((s) => s.kind === 'images')
        .map((s) => ({
          ...s,
          processor: 'arm64',
          part: { ...s.part, architecture: 'arm64', file: 'arm64/images/all.tar' },
        })),
    };
    await make();
    const both = await make(arm);
    expect(both.architectures).toEqual(['arm64', 'amd64']);
    expect(both.parts.map((p) => p.file)).toEqual(
      expect.arrayContaining(['arm64/images/all.tar', 'amd64/images/all.tar', 'amd64/bin/kubeadm']),
    );
    expect(await readBundle(folder)).toEqual(both);
  });
});

describe('an interrupted making', () => {
  it('keeps what it has, is no bundle, and goes on where it was', async () => {
    const stop = new AbortController();
    const planned = await plan();
    const filling = fillBundle(planned, {
      web,
      signal: stop.signal,
      told: ({ doneBytes }) => {
        if (doneBytes > 1000) stop.abort();
      },
    });
    await expect(filling).rejects.toMatchObject({
      code: 'interrupted',
      hint: 'run the same again: it goes on where it was',
    });
    await expect(readBundle(folder)).rejects.toMatchObject({ code: 'config' });
    expect(existsSync(join(folder, '.making'))).toBe(true);
    await make();
    expect(existsSync(join(folder, '.making'))).toBe(false);
    const all = progress.at(-1)?.allBytes ?? 0;
    expect(all).toBeLessThan(await spaceNeededAnew());
  });

  /** What the same would need in an empty folder. */
  async function spaceNeededAnew(): Promise<number> {
    folder = join(place, 'empty');
    return spaceNeeded(await plan());
  }

  it('ends with the reason of what failed first, and goes on when it is mended', async () => {
    site.broken.set(`/v2/kube-proxy/blobs/${digest('the proxy')}`, 403);
    await expect(make()).rejects.toMatchObject({
      message: expect.stringMatching(/is refused \(HTTP 403\)$/) as string,
    });
    site.broken.clear();
    await make();
    expect(fetched().filter((line) => line.includes('/kubeadm'))).toEqual([]);
    await expect(readBundle(folder)).resolves.toBeDefined();
  });
});

describe('what cannot be', () => {
  it.each([
    ['a file that a mirror lacks', '/kubeadm', /has no \/kubeadm \(HTTP 404\)$/],
    ['a checksum that it lacks', '/kubeadm.sha256', /has no \/kubeadm\.sha256 \(HTTP 404\)$/],
    ['an image that is not there', '/v2/pause/manifests/3.10', /\/pause:3\.10 is not there$/],
  ])('%s is said before anything is fetched', async (_, path, message) => {
    site.files.delete(path);
    await expect(plan()).rejects.toMatchObject({
      code: 'precondition',
      message: expect.stringMatching(message) as string,
    });
    expect(existsSync(folder)).toBe(false);
  });

  it('a page in place of a checksum', async () => {
    site.files.set('/kubeadm.sha256', '<html>please log in</html>');
    await expect(plan()).rejects.toMatchObject({
      message: expect.stringMatching(/kubeadm\.sha256 has no checksum in it$/) as string,
    });
  });

  it('a program that is not in its archive', async () => {
    const release = wanted().sources[1] as Release;
    const of = {
      ...wanted(),
      sources: [{ ...release, parts: release.parts.map((p) => ({ ...p, member: 'x' })) }],
    };
    await expect(make(of)).rejects.toMatchObject({
      message: expect.stringMatching(/containerd\.tgz has no x in it$/) as string,
    });
  });

  it('a folder with a bundle that something else made', async () => {
    await make();
    const file = join(folder, 'bundle.yaml');
    const written = readFileSync(file, 'utf8');
    writeFileSync(file, written.replaceAll(/^ {4}from:\n(?: {6}- .*\n)+/gm, ''));
    await expect(plan()).rejects.toMatchObject({
      code: 'precondition',
      message: `the bundle in ${folder} was not made by kmon bundle make`,
    });
  });
});

it('pruning leaves a bundle, without what goes and what is on its way', async () => {
  const made = await make();
  mkdirSync(join(folder, '.making'));
  writeFileSync(join(folder, '.making/x.part'), 'x');
  const pruned = await pruneBundle(
    made,
    made.parts.filter((p) => p.kind === 'chart'),
  );
  expect(await readBundle(folder)).toEqual(pruned);
  expect(readdirSync(folder).toSorted()).toEqual(['amd64', 'bundle.yaml']);
});

it('verifying tells each thing that is wrong', async () => {
  const made = await make();
  rmSync(join(folder, 'charts/lite.tgz'));
  writeFileSync(join(folder, 'amd64/bin/ctr'), 'ctr');
  writeFileSync(join(folder, 'amd64/bin/containerd'), 'containerd of some test');
  writeFileSync(join(folder, 'holiday.jpg'), 'x');
  const { wrong, strange } = await examineBundle(made, never, () => undefined);
  expect(wrong.map(({ part, what }) => `${part.file} ${what}`)).toEqual([
    'amd64/bin/containerd has another checksum',
    'amd64/bin/ctr has 3 bytes, not 16',
    'charts/lite.tgz is missing',
  ]);
  expect(strange).toEqual(['holiday.jpg']);
});
