import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundlePartFile, fileName, findImage, partsFor } from '../../../src/bundle/parts.js';
import { readBundle } from '../../../src/bundle/read.js';
import { LIST, part, place, writeList, placeForEach } from './bundle-on-disk.js';

placeForEach();

describe('a good list', () => {
  it('is read as it is', async () => {
    const bundle = await readBundle(place.folder);
    expect(bundle).toMatchObject({
      folder: place.folder,
      name: 'lab',
      kubernetes: 'v1.36.3',
      architectures: ['amd64'],
    });
    expect(bundle.parts[0]).toEqual({
      name: 'kubeadm',
      kind: 'binary',
      version: 'v1.36.3',
      file: 'bin/kubeadm',
      sha256: LIST.parts[0]?.['sha256'],
      sizeBytes: 21,
      for: ['parent', 'child'],
      images: [],
    });
  });

  it('may have packed programs, which lie unpacked on a machine', async () => {
    const unpacked = { sha256: 'e'.repeat(64), size: 100 };
    await writeList({ ...LIST, parts: [part('bin/helm.gz', { unpacked })] });
    const [helm] = (await readBundle(place.folder)).parts;
    expect(helm).toMatchObject({ file: 'bin/helm.gz', unpacked: { sha256: 'e'.repeat(64), sizeBytes: 100 } });
    expect(helm === undefined ? '' : fileName(helm)).toBe('helm');
  });

  it('tells what a role needs, where it is, and which images there are', async () => {
    const bundle = await readBundle(place.folder);
    expect(partsFor(bundle, 'parent').map((p) => p.name)).toEqual(['kubeadm', 'helm', 'node']);
    const forChild = partsFor(bundle, 'child');
    expect(forChild.map((p) => bundlePartFile(bundle, p))).toEqual([
      join(place.folder, 'bin/kubeadm'),
      join(place.folder, 'images/node.tar.gz'),
    ]);
    expect(findImage(bundle, 'pause')).toBe('registry.k8s.io/pause:3.10.2');
    expect(findImage(bundle, 'grafana')).toBeUndefined();
  });
});

it('reads a list for two architectures, with parts for either and for both', async () => {
  const [amd64, arm64] = ['amd64', 'arm64'].map((architecture) =>
    part('bin/helm', { architecture, file: `${architecture}/bin/helm`, from: ['https://a/helm sha256:1'] }),
  );
  await writeList({ ...LIST, architecture: ['amd64', 'arm64'], parts: [amd64, arm64, part('bin/kubeadm')] });
  const bundle = await readBundle(place.folder);
  expect(bundle.architectures).toEqual(['amd64', 'arm64']);
  expect(partsFor(bundle, 'parent', 'arm64').map((p) => p.file)).toEqual(['arm64/bin/helm', 'bin/kubeadm']);
  expect(partsFor(bundle, 'parent').map((p) => p.file)).toHaveLength(3);
});

describe('a wrong list', () => {
  it.each([
    ['another format', { ...LIST, format: 'kmon-bundle/2' }, 'format: '],
    ['an unknown key', { ...LIST, colour: 'red' }, 'Unrecognized key: "colour"'],
    ['no parts', { ...LIST, parts: [] }, 'parts: '],
    ['no version', { ...LIST, kubernetes: '1.36' }, 'kubernetes: must be a version such as v1.36.2'],
    ['a number for a version', { ...LIST, parts: [part('bin/helm', { version: 4 })] }, 'parts.0.version: '],
    [
      'no checksum',
      { ...LIST, parts: [part('bin/helm', { sha256: 'x' })] },
      'parts.0.sha256: must be 64 hexadecimal digits',
    ],
    ['a size below zero', { ...LIST, parts: [part('bin/helm', { size: -1 })] }, 'parts.0.size: '],
    ['an unknown kind', { ...LIST, parts: [part('bin/helm', { kind: 'script' })] }, 'parts.0.kind: '],
    ['nobody to need it', { ...LIST, parts: [part('bin/helm', { for: [] })] }, 'parts.0.for: '],
    [
      'a hostile image',
      { ...LIST, parts: [part('bin/helm', { images: ['a b'] })] },
      'parts.0.images.0: must be the name of an image',
    ],
    [
      'the same name twice',
      { ...LIST, parts: [part('bin/helm'), part('bin/helm')] },
      'parts: two parts have the same name',
    ],
    [
      'one file on a machine for two parts',
      { ...LIST, parts: [part('bin/helm'), part('other/helm', { name: 'helm3', kind: 'binary' })] },
      'parts: two parts would be the same file on a machine',
    ],
    [
      'one file on a machine, once packed',
      {
        ...LIST,
        parts: [
          part('bin/helm.gz', { unpacked: { sha256: 'e'.repeat(64), size: 1 } }),
          part('other/helm', { name: 'helm3', kind: 'binary' }),
        ],
      },
      'parts: two parts would be the same file on a machine',
    ],
    [
      'images that are packed once more',
      {
        ...LIST,
        parts: [part('images/node.tar.gz', { unpacked: { sha256: 'e'.repeat(64), size: 1 } })],
      },
      'parts: only programs and charts may be packed, in a file that ends in .gz',
    ],
    [
      'a part for no machine of the bundle',
      { ...LIST, parts: [part('bin/helm', { architecture: 'arm64' })] },
      'parts: a part is for an architecture that the bundle is not for',
    ],
    [
      'the same name twice for one architecture',
      {
        ...LIST,
        architecture: ['amd64', 'arm64'],
        parts: [part('bin/helm'), part('bin/helm', { architecture: 'arm64' })],
      },
      'parts: two parts have the same name',
    ],
    ['a list', '- a\n', 'is not a bundle'],
    ['a key twice', 'name: a\nname: b\n', 'is no YAML'],
    ['broken YAML', 'name: [\n', 'is no YAML'],
    ['nothing', '', 'is not a bundle'],
  ])('%s', async (_why, list, message) => {
    await writeList(list);
    await expect(readBundle(place.folder)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining('make the bundle again') as string,
    });
  });

  it.each([
    '/etc/shadow',
    '../x',
    'bin/../../x',
    'bin/..',
    '.',
    '..',
    './bin/x',
    'bin//x',
    'bin/',
    '',
    'bin/-rf',
    'bin/a b',
    'bin/a\nb',
    'bin\\x',
    '~/x',
  ])('a file at %j', async (file) => {
    await writeList({ ...LIST, parts: [part('bin/helm', { file })] });
    await expect(readBundle(place.folder)).rejects.toMatchObject({
      message: expect.stringContaining('parts.0.file: must be a plain path below the bundle') as string,
    });
  });

  it('tells every mistake at once', async () => {
    await writeList({ ...LIST, name: '', parts: [part('bin/helm', { size: 'x', sha256: 'y' })] });
    await expect(readBundle(place.folder)).rejects.toMatchObject({
      message: expect.stringMatching(/name: .*; parts\.0\.sha256: .*; parts\.0\.size: /) as string,
    });
  });
});

it('says that there is no bundle', async () => {
  await expect(readBundle(join(place.folder, 'nowhere'))).rejects.toMatchObject({
    code: 'config',
    message: `there is no bundle in ${join(place.folder, 'nowhere')}`,
  });
});
