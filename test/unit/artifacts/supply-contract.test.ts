import { describe, expect, it } from 'vitest';
import type { Purpose } from '../../../src/artifacts/artifact.js';
import { purposeOf } from '../../../src/artifacts/artifact.js';
import { absentBundle, bundleSupply } from '../../../src/artifacts/bundle-supply.js';
import { CHARTS } from '../../../src/artifacts/charts.js';
import { IMAGES, published } from '../../../src/artifacts/images.js';
import { isNeeded } from '../../../src/artifacts/need.js';
import type { Need } from '../../../src/artifacts/need.js';
import { onlineSupply, onlineSupplyBy } from '../../../src/artifacts/online-supply.js';
import { containerdFor, DOCKERS_CONTAINERD, packagesFor } from '../../../src/artifacts/packages.js';
import { CONTAINERD, LOOPBACK, PROGRAMS, SENT_BY_SOME } from '../../../src/artifacts/programs.js';
import type { Shipment, Supply } from '../../../src/artifacts/supply.js';
import type { BundlePart } from '../../../src/bundle/bundle.js';
import { POD_NETWORKS } from '../../../src/config/sections/kubernetes.js';
import { MINORS } from '../../../src/config/versions.js';
import type { Role } from '../../../src/room/machine.js';
import { toolPaths } from '../../../src/tools/paths.js';
import { bundleWithRuntime, fullBundle } from './full-bundle.js';

/** A relay is one more line here. */
const SUPPLIES: Readonly<Record<string, Supply>> = {
  'the Internet': onlineSupply,
  mirrors: onlineSupplyBy({
    packages: { kubernetes: 'https://mirror.example/kubernetes' },
    images: { 'registry.k8s.io': 'https://mirror.example', 'quay.io': 'https://mirror.example/quay' },
  }),
  'a bundle': bundleSupply(fullBundle()),
  'a bundle with a container runtime': bundleSupply(bundleWithRuntime()),
  'a bundle that is not at hand': absentBundle,
};

const NEEDS: readonly Need[] = MINORS.flatMap(({ version }) =>
  (['parent', 'child'] as const).flatMap((role) =>
    POD_NETWORKS.flatMap((network) =>
      (['lite', 'stack'] as const).flatMap((profile) => [
        { version, role, network, profile },
        {
          ...{ version, role, network, profile },
          base: { distribution: 'ubuntu' as const, codename: 'noble', version: '24.04' },
        },
      ]),
    ),
  ),
);

describe.each(Object.entries(SUPPLIES))('%s', (_, supply) => {
  const needed = <T extends Parameters<typeof isNeeded>[0]>(all: readonly T[], need: Need): readonly T[] =>
    all.filter((a) => isNeeded(a, need));
  /** For whatever purpose. */
  const sentTo = (role: Role): Shipment => {
    const [node, addons] = [supply.sentTo(role, 'node', 'amd64'), supply.sentTo(role, 'addons', 'amd64')];
    return {
      files: [...node.files, ...addons.files],
      archives: [...node.archives, ...addons.archives],
    };
  };

  it('says of every program where it lies, which is where kmon calls it', () => {
    const paths: Readonly<Record<string, string>> = { ...toolPaths(supply) };
    for (const program of [...PROGRAMS, ...SENT_BY_SOME]) {
      const { path, comesAs, origin } = supply.program(program);
      expect(path).toBe(paths[program.name] ?? path);
      expect(path.endsWith(`/${program.name}`)).toBe(true);
      expect(['package', 'file']).toContain(comesAs);
      expect(origin).not.toBe('');
    }
  });

  it('brings every program to every machine that needs it, by apt or as a file, and never by both', () => {
    for (const need of NEEDS) {
      const wanted = [...packagesFor(need), CONTAINERD.package];
      const { names } = supply.packages(wanted, need);
      const sent = sentTo(need.role).files.map((f) => f.path);
      for (const program of needed([...PROGRAMS, ...SENT_BY_SOME], need)) {
        const { path, comesAs } = supply.program(program);
        expect(names.includes(program.package.name)).toBe(comesAs === 'package');
        if (supply === absentBundle) continue;
        expect(sent.includes(path)).toBe(comesAs === 'file');
        for (const { name } of program.alone ?? []) expect(names.includes(name)).toBe(comesAs === 'file');
      }
    }
  });

  it('brings every other package of the distribution by apt, and says where else apt has to look', () => {
    const ofPrograms = SENT_BY_SOME.map((p) => p.package);
    for (const need of NEEDS) {
      const wanted = [...packagesFor(need), containerdFor(need)];
      const { names, sources } = supply.packages(wanted, need);
      const plain = wanted.filter((w) => w.source === undefined && !ofPrograms.includes(w));
      expect(names).toEqual(expect.arrayContaining(supply === absentBundle ? [] : plain.map((p) => p.name)));
      for (const { line, key } of sources) {
        expect(line).toMatch(/^https:\/\/\S+ \S+( \S+)*$/);
        expect(key).toMatch(/^https:\/\/\S+$/);
      }
      expect(new Set(sources.map((s) => s.name)).size).toBe(sources.length);
    }
  });

  it('has a name for every image that a machine needs, and has it there where nothing can be fetched', () => {
    for (const need of NEEDS) {
      const sent = sentTo(need.role).archives.flatMap((a) => a.images);
      for (const image of needed(IMAGES, need)) {
        const ref = supply.image(image) ?? '';
        expect(ref).toMatch(/^[\w.-]+\/[\w./-]+(:[\w.-]+)?$/);
        expect(supply.indispensable(image)).toBe(ref);
        if (supply !== absentBundle && !supply.fetched) expect(sent).toContain(ref);
      }
    }
  });

  it('has every chart, among what is sent or made here', async () => {
    for (const need of NEEDS.slice(0, 8)) {
      for (const wanted of needed(CHARTS, need)) {
        const chart = supply.chart(wanted);
        // What is fetched is another test's matter.
        if (chart.comesAs === 'made' && chart.here !== undefined) continue;
        const sent = sentTo(need.role).files.find((f) => f.path === chart.path);
        if (chart.comesAs === 'file') expect(sent).toMatchObject({ sha256: chart.sha256, mode: '644' });
        else expect((await chart.make()).length).toBeGreaterThan(0);
      }
    }
  });

  it('sends nothing twice, and for a node all that it needs before there is a cluster', () => {
    for (const need of NEEDS) {
      const { files, archives } = sentTo(need.role);
      const all = [...files, ...archives].map((f) => f.file);
      expect(new Set(all).size).toBe(all.length);
      if (supply === absentBundle || supply.fetched) continue;
      const first = supply.sentTo(need.role, 'node', 'amd64');
      const paths = first.files.map((f) => f.path);
      for (const p of needed(PROGRAMS, need).filter((a) => purposeOf(a) === 'node'))
        expect(paths).toContain(supply.program(p).path);
      const refs = first.archives.flatMap((a) => a.images);
      for (const i of needed(IMAGES, need).filter((a) => purposeOf(a) === 'node'))
        expect(refs).toContain(supply.image(i));
    }
  });

  it('has each sample of what is downloaded once, and none where all of it is sent', () => {
    for (const need of NEEDS) {
      const urls = supply.samples(need).map(({ url }) => url);
      expect(new Set(urls).size).toBe(urls.length);
      expect(urls.length > 0).toBe(supply.fetched);
      expect(supply.lacking(need)).toEqual([]);
      expect(urls.every((url) => URL.canParse(url) && !/\s/.test(url))).toBe(true);
    }
  });

  it('says what to do about a machine that nothing of it runs on', () => {
    expect(supply.misfit('amd64')).toBeUndefined();
    const { evidence = '', remedy } = supply.misfit('armhf') ?? {};
    expect(evidence).toContain('armhf (32 bit)');
    expect(remedy).not.toBe('');
  });
});

describe('a bundle that lacks things', () => {
  const supply = bundleSupply({ ...fullBundle(), parts: [] });

  it('says so of images, and has those that there is no going on without pulled from where they are published', () => {
    for (const image of IMAGES) {
      expect(supply.image(image)).toBeUndefined();
      expect(supply.indispensable(image)).toBe(published(image));
    }
  });

  it('names what a machine of such a room needs of them, and where it has to come from then', () => {
    const child = { version: '1.36', role: 'child', network: 'flannel', profile: 'lite' } as const;
    const names = (need: Need): readonly string[] => supply.lacking(need).map((i) => i.name);
    expect(names(child)).toEqual(['pause', 'kube-proxy', 'flannel', 'flannel-cni-plugin', 'node-exporter']);
    expect(names({ ...child, network: 'routes' })).not.toContain('flannel');
    // Grafana is left out, and that is told where it is.
    expect(names({ ...child, role: 'parent' })).not.toContain('grafana');
    expect(supply.samples(child).map((s) => new URL(s.url).host)).toEqual([
      ...['registry.k8s.io', 'registry.k8s.io', 'ghcr.io', 'pkg-containers.githubusercontent.com', 'quay.io'],
    ]);
  });

  it('leaves the container runtime and the plugins to the distribution, for it adds no source', () => {
    for (const need of NEEDS) {
      const { names } = supply.packages([...packagesFor(need), containerdFor(need)], need);
      expect(names).toContain(CONTAINERD.package.name);
      expect(names).not.toContain(DOCKERS_CONTAINERD.name);
      expect(names.includes(LOOPBACK.package.name)).toBe(need.network !== 'flannel');
    }
    for (const program of SENT_BY_SOME)
      expect(supply.program(program)).toEqual(onlineSupply.program(program));
  });

  it('lacks nothing of what a command alone needs, until the command is typed', () => {
    const child = { version: '1.36', role: 'child', network: 'routes', profile: 'lite' } as const;
    const names = (need: Need): readonly string[] => supply.lacking(need).map((i) => i.name);
    expect(names(child)).not.toContain('nginx');
    expect(names({ ...child, command: 'test-app' })).toContain('nginx');
    expect(names(child)).not.toContain('stress-ng');
    expect(names({ ...child, command: 'stress' })).toContain('stress-ng');
    const hosts = (need: Need): readonly string[] =>
      onlineSupply.samples(need).map((s) => new URL(s.url).host);
    expect(hosts({ ...child, grafana: false })).not.toContain('registry-1.docker.io');
  });

  it("leaves kmon's own charts to be made here", () => {
    for (const chart of CHARTS) expect(supply.chart(chart).comesAs).toBe('made');
  });
});

describe('a bundle', () => {
  const part = { version: 'v1', sizeBytes: 1, sha256: 'a'.repeat(64), for: ['parent'] as const };
  const archive = (name: string, ...images: readonly string[]): BundlePart => ({
    ...{ ...part, name, images },
    kind: 'images',
    file: `images/${name}.tar`,
  });
  const program = (name: string): BundlePart => ({
    ...{ ...part, name, images: [] },
    kind: 'binary',
    file: `bin/${name}`,
  });

  it('sends an archive for add-ons alone when all of its images are theirs, and what it does not know for the node', () => {
    const supply = bundleSupply({
      ...fullBundle(),
      parts: [
        archive('theirs', 'quay.test/prometheus:v3', 'quay.test/node-exporter:v1'),
        archive('mixed', 'quay.test/kube-proxy:v1', 'quay.test/node-exporter:v1'),
        archive('unknown', 'quay.test/what-is-it:v1'),
        archive('apps', 'quay.test/nginx:v1'),
        archive('both', 'quay.test/nginx:v1', 'quay.test/prometheus:v3'),
        program('helm'),
        program('what-is-it'),
      ],
    });
    const names = (purpose: Purpose): readonly string[] => {
      const { files, archives } = supply.sentTo('parent', purpose, 'amd64');
      return [...files, ...archives].map((f) => f.name);
    };
    expect(names('addons')).toEqual(['helm', 'theirs', 'both']);
    expect(names('test-app')).toEqual(['apps']);
    expect(names('node')).toEqual(['what-is-it', 'mixed', 'unknown']);
  });
});
