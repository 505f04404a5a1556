import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bundleSupply } from '../../../src/artifacts/bundle-supply.js';
import { IMAGES } from '../../../src/artifacts/images.js';
import { isNeeded } from '../../../src/artifacts/need.js';
import type { Need } from '../../../src/artifacts/need.js';
import { PROGRAMS, SENT_BY_SOME } from '../../../src/artifacts/programs.js';
import { kubeadmSource, newestOf, RELEASED } from '../../../src/artifacts/releases.js';
import { isPartNeeded, networksOf, wantedBundle } from '../../../src/artifacts/wanted-bundle.js';
import type { BundleConfig } from '../../../src/artifacts/wanted-bundle.js';
import type { Bundle } from '../../../src/bundle/bundle.js';
import { partsOf } from '../../../src/bundle/wanted.js';
import type { WantedBundle } from '../../../src/bundle/wanted.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { POD_NETWORKS } from '../../../src/config/sections/kubernetes.js';

/** As kubeadm's source says it. */
const SOURCE = `
	MinExternalEtcdVersion = "3.5.24-0"
	DefaultEtcdVersion = "3.6.8-0"
	CoreDNSVersion = "v1.14.2"
	PauseVersion = "3.10.2"
`;

function config(
  o: { readonly network?: 'flannel' | 'routes'; readonly grafana?: boolean } = {},
): BundleConfig {
  return {
    addons: [],
    kubernetes: { ...DEFAULTS.kubernetes, version: '1.36', network: o.network ?? 'flannel' },
    monitoring: { ...DEFAULTS.monitoring, profile: 'lite', grafana: o.grafana ?? true },
  };
}

const ask = async (url: string): Promise<string> => {
  if (url === newestOf('1.36')) return 'v1.36.3\n';
  if (url === kubeadmSource('v1.36.3')) return SOURCE;
  throw new Error(`asked for ${url}`);
};

/** The bundle that such a wish ends in; what the files are is no matter. */
function made({ kubernetes, architectures, sources }: WantedBundle): Bundle {
  const parts = sources.flatMap((source) =>
    partsOf(source).map((part) => ({
      ...part,
      ...{ sha256: 'a'.repeat(64), sizeBytes: 1, from: [] },
      images: source.kind === 'images' ? source.images.map((i) => i.name) : [],
    })),
  );
  return { folder: '/srv/bundle', name: 'made', kubernetes, architectures, parts };
}

const imagesOf = ({ sources }: WantedBundle): readonly string[] =>
  sources.flatMap((s) => (s.kind === 'images' ? s.images.map((i) => i.name) : []));

describe('what a bundle is made of', () => {
  it('is the newest release, with the images that its kubeadm asks for', async () => {
    const wanted = await wantedBundle(config(), ['amd64'], { ask });
    expect(wanted.kubernetes).toBe('v1.36.3');
    expect(imagesOf(wanted)).toEqual(
      expect.arrayContaining([
        'registry.k8s.io/kube-apiserver:v1.36.3',
        'registry.k8s.io/etcd:3.6.8-0',
        'registry.k8s.io/coredns/coredns:v1.14.2',
        'registry.k8s.io/pause:3.10.2',
        'docker.io/grafana/grafana:13.2.0',
        // Whether anybody will type `kmon test-app` is not known.
        'docker.io/library/nginx:1.30.5-alpine',
        'ghcr.io/colinianking/stress-ng:f882a7540accdaa38f15474594b7f0339d5f7472',
      ]),
    );
  });

  it('stays at the release that a bundle has', async () => {
    const asked = async (url: string): Promise<string> =>
      url === kubeadmSource('v1.36.1') ? SOURCE : ask(`no ${url}`);
    const wanted = await wantedBundle(config(), ['amd64'], { ask: asked, kubernetes: 'v1.36.1' });
    expect(imagesOf(wanted)).toContain('registry.k8s.io/kube-proxy:v1.36.1');
  });

  it.each(['flannel', 'routes'] as const)(
    'with %s is all that a room needs, and no more',
    async (network) => {
      const architectures = ['amd64', 'arm64'];
      const bundle = made(await wantedBundle(config({ network }), architectures, { ask }));
      const supply = bundleSupply(bundle);
      for (const role of ['parent', 'child'] as const) {
        const need: Need = { role, version: '1.36', network, profile: 'lite' };
        for (const architecture of architectures) {
          const sent = [
            supply.sentTo(role, 'node', architecture),
            supply.sentTo(role, 'addons', architecture),
          ];
          const paths = sent.flatMap((s) => s.files.map((f) => f.path));
          for (const program of [...PROGRAMS, ...SENT_BY_SOME].filter((p) => isNeeded(p, need)))
            expect(paths).toContain(supply.program(program).path);
          const images = sent.flatMap((s) => s.archives.flatMap((a) => a.images));
          for (const image of IMAGES.filter((i) => isNeeded(i, need)))
            expect(images).toContain(supply.image(image));
          const files = sent.flatMap((s) => [...s.files, ...s.archives].map((f) => f.file));
          expect(files.filter((f) => !f.includes(`/${architecture}/`) && !f.includes('/charts/'))).toEqual(
            [],
          );
          expect(new Set(paths).size).toBe(paths.length);
        }
      }
      expect(bundle.parts.every((p) => isPartNeeded(p, config({ network })))).toBe(true);
      expect(networksOf(bundle)).toEqual(
        POD_NETWORKS.filter((n) => network === 'flannel' || n !== 'flannel'),
      );
      expect(supply.misfit('arm64')).toBeUndefined();
      expect(supply.misfit('s390x')?.evidence).toBe('the machine is s390x, the bundle amd64 and arm64');
    },
  );

  it('has an Alertmanager where alerts leave the room, and only there', async () => {
    const { kubernetes, monitoring, addons } = config();
    const leaving = {
      addons,
      kubernetes,
      monitoring: { ...monitoring, alerts: { slack: { variable: 'KMON_SLACK' } } },
    };
    const alertmanagers = (wanted: WantedBundle): readonly string[] =>
      imagesOf(wanted).filter((name) => name.includes('alertmanager'));
    expect(alertmanagers(await wantedBundle(config(), ['amd64'], { ask }))).toEqual([]);
    expect(alertmanagers(await wantedBundle(leaving, ['amd64'], { ask }))).toEqual([
      'quay.io/prometheus/alertmanager:v0.35.0',
    ]);
  });

  it('leaves what only another network needs, and what nobody wants', async () => {
    const bundle = made(await wantedBundle(config(), ['amd64'], { ask }));
    const idle = bundle.parts.filter((p) => !isPartNeeded(p, config({ network: 'routes' })));
    expect(idle.map((p) => p.name)).toEqual(['flannel-all-images']);
    const wanted = await wantedBundle(config({ grafana: false }), ['amd64'], { ask });
    expect(imagesOf(wanted).filter((name) => name.includes('grafana'))).toEqual([]);
  });

  it('with the profile stack has its chart as it is published, and every image of it', async () => {
    const stack = { ...config(), monitoring: { ...config().monitoring, profile: 'stack' as const } };
    const wanted = await wantedBundle(stack, ['amd64'], { ask });
    expect(wanted.sources.filter((s) => s.kind === 'pulled')).toMatchObject([
      {
        part: { name: 'kube-prometheus-stack', file: 'charts/kube-prometheus-stack.tgz', for: ['parent'] },
        at: { registry: 'https://ghcr.io', repository: 'prometheus-community/charts/kube-prometheus-stack' },
      },
    ]);
    const supply = bundleSupply(made(wanted));
    for (const role of ['parent', 'child'] as const)
      expect(supply.lacking({ role, version: '1.36', network: 'flannel', profile: 'stack' })).toEqual([]);
    const lite = bundleSupply(made(await wantedBundle(config(), ['amd64'], { ask })));
    const need: Need = {
      role: 'parent',
      version: '1.36',
      network: 'flannel',
      profile: 'stack',
      alerts: true,
    };
    expect(lite.lacking(need).map((i) => i.name)).toEqual([
      ...['prometheus-operator', 'prometheus-config-reloader', 'alertmanager'],
    ]);
    expect(wanted.sources.flatMap(partsOf).filter((p) => p.name === 'kmon-lite')).toEqual([]);
  });

  it('asks each registry by its own name', async () => {
    const wanted = await wantedBundle(config(), ['arm64'], { ask });
    const images = wanted.sources.flatMap((s) => (s.kind === 'images' ? s.images : []));
    expect(images.find((i) => i.name.includes('grafana'))?.at).toEqual({
      registry: 'https://registry-1.docker.io',
      repository: 'grafana/grafana',
      tag: '13.2.0',
    });
  });
});

describe('a version that cannot be told', () => {
  it.each(['<html>please log in</html>', 'v1.35.9', ''])('for an answer of %j', async (answer) => {
    await expect(wantedBundle(config(), ['amd64'], { ask: async () => answer })).rejects.toMatchObject({
      code: 'precondition',
      message: `${newestOf('1.36')} names no release of Kubernetes 1.36`,
    });
  });

  it('for a kubeadm that does not tell what it asks for', async () => {
    const asked = async (url: string): Promise<string> =>
      url.includes('constants') ? 'package x' : ask(url);
    await expect(wantedBundle(config(), ['amd64'], { ask: asked })).rejects.toMatchObject({
      message: 'the source of kubeadm v1.36.3 does not tell its DefaultEtcdVersion',
    });
  });
});

it('what is released by itself has the versions that the lab builds', () => {
  const built = (path: string): string =>
    readFileSync(new URL(`../../../scripts/bundle/${path}`, import.meta.url), 'utf8');
  expect(built('go/containerd/go.mod')).toContain(`containerd/v2 v${RELEASED.containerd}`);
  expect(built('go/cni-plugins/go.mod')).toContain(`plugins v${RELEASED.plugins}`);
  expect(built('go/clients/go.mod')).toContain(`cri-tools v${RELEASED.crictl}`);
  expect(built('versions.sh')).toContain(`HELM_VERSION=v${RELEASED.helm}`);
});
