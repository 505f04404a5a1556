import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fetchingInWords, parseFetching, watched } from '../../../src/runner/watch.js';
import { CONTAINERD, PULLING_IMAGES } from '../../../src/tools/containerd.js';

it.each([
  ['1048576 - kubelet_1.36.3-1.1_amd64.deb\n', { what: 'kubelet_1.36.3-1.1_amd64.deb', bytes: 1_048_576 }],
  ['5 10 images\n', { what: 'images', bytes: 5, of: 10 }],
  ['5 0 images\n', { what: 'images', bytes: 5 }],
  ['', undefined],
  ['ls: no such file\n', undefined],
])('reads what is on its way: %j', (stdout, fetching) => {
  expect(parseFetching(stdout)).toEqual(fetching);
});

it('tells how far it is, and for how long nothing has come', () => {
  const kubelet = { what: 'kubelet.deb', bytes: 3_140_000 };
  expect(fetchingInWords(kubelet, 0)).toBe('kubelet.deb: 3.1 MB so far');
  expect(fetchingInWords({ ...kubelet, of: 14_000_000 }, 20_000)).toBe(
    'kubelet.deb: 3.1 of 14.0 MB, nothing has come for 20 s',
  );
});

/** Tells for work whose looks print this, one every ten seconds; the work ends behind the last. */
async function told(...printed: readonly (string | Error)[]): Promise<readonly string[]> {
  const said: string[] = [];
  let end: () => void = () => undefined;
  const work = new Promise<void>((resolve) => (end = resolve));
  const looks = [...printed];
  const wait = async (): Promise<void> => {
    if (looks.length > 0) return;
    end();
    await new Promise(() => undefined);
  };
  const look = async (): Promise<string> => {
    const next = looks.shift();
    if (next instanceof Error) throw next;
    return next ?? '';
  };
  await watched(work, look, (text) => said.push(text), wait);
  return said;
}

it('says what comes while it comes, and that nothing comes when it stalls', async () => {
  expect(await told('1000000 - a.deb', '2000000 - a.deb', '2000000 - a.deb', '500000 - b.deb')).toEqual([
    'a.deb: 1.0 MB so far',
    'a.deb: 2.0 MB so far',
    'a.deb: 2.0 MB so far, nothing has come for 10 s',
    'b.deb: 0.5 MB so far',
  ]);
});

it('says after half a minute that it is under way, where nothing can be seen of it, and bears looks that fail', async () => {
  expect(await told('', new Error('lost'), '', '', '1 - a.deb', '')).toEqual([
    'under way for 30 s',
    'under way for 40 s',
    'a.deb: 0.0 MB so far',
  ]);
});

it('gives what the work comes to, or what it fails with', async () => {
  expect(
    await watched(
      Promise.resolve(7),
      async () => '',
      () => undefined,
    ),
  ).toBe(7);
  await expect(
    watched(
      Promise.reject(new Error('x')),
      async () => '',
      () => undefined,
    ),
  ).rejects.toThrow('x');
});

it('counts the bytes of the images that containerd fetches', () => {
  const root = mkdtempSync(join(tmpdir(), 'kmon-test-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true });
  });
  const look = (): string =>
    spawnSync('sh', ['-s'], { input: PULLING_IMAGES.script.replace(CONTAINERD.root, root), encoding: 'utf8' })
      .stdout;
  expect(look()).toBe('');
  const ingest = join(root, 'io.containerd.content.v1.content/ingest');
  for (const [name, bytes, total] of [
    ['a', 10, '30'],
    ['b', 5, ''],
  ] as const) {
    mkdirSync(join(ingest, name), { recursive: true });
    writeFileSync(join(ingest, name, 'data'), 'x'.repeat(bytes));
    writeFileSync(join(ingest, name, 'total'), total);
  }
  mkdirSync(join(ingest, 'begun'));
  expect(look()).toBe('15 30 images\n');
});
