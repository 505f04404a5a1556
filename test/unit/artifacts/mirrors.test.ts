import { describe, expect, it } from 'vitest';
import { APT_SOURCES } from '../../../src/artifacts/apt-sources.js';
import { IMAGES } from '../../../src/artifacts/images.js';
import type { Need } from '../../../src/artifacts/need.js';
import { onlineSupply, onlineSupplyBy } from '../../../src/artifacts/online-supply.js';
import { containerdFor, packagesFor } from '../../../src/artifacts/packages.js';
import { supplyFor } from '../../../src/artifacts/supply-for.js';
import { MIRRORED_REGISTRIES, mirrors } from '../../../src/config/sections/mirrors.js';
import { containerdConfig, containerdUnit } from '../../../src/tools/containerd.js';
import { mirrorFile } from '../../../src/tools/containerd-hosts.js';
import { fullBundle } from './full-bundle.js';

const NEED: Need = {
  role: 'parent',
  version: '1.36',
  network: 'flannel',
  profile: 'lite',
  base: { distribution: 'debian', codename: 'bookworm', version: '12' },
};

const supply = onlineSupplyBy({
  packages: {
    kubernetes: 'https://mirror.example/kubernetes',
    docker: 'https://mirror.example/docker-ce',
    helm: 'https://mirror.example/helm',
  },
  images: {
    'registry.k8s.io': 'https://mirror.example',
    'quay.io': 'http://192.0.2.5:5000/quay',
    'docker.io': 'http://192.0.2.5:5000/hub',
  },
});

describe('mirrors', () => {
  it('give the packages, with what stands below the address', () => {
    const { sources } = supply.packages([...packagesFor(NEED), containerdFor(NEED)], NEED);
    expect(sources.map(({ line, key }) => [line, key])).toEqual([
      [
        'https://mirror.example/kubernetes/core:/stable:/v1.36/deb/ /',
        'https://mirror.example/kubernetes/core:/stable:/v1.36/deb/Release.key',
      ],
      [
        'https://mirror.example/docker-ce/linux/debian bookworm stable',
        'https://mirror.example/docker-ce/linux/debian/gpg',
      ],
      ['https://mirror.example/helm/any/ any main', 'https://mirror.example/helm/gpgkey'],
    ]);
  });

  it('are asked for a few bytes, and what they stand for is not', () => {
    expect(supply.samples(NEED).map(({ url, proof }) => `${proof} ${url}`)).toEqual([
      'key https://mirror.example/kubernetes/core:/stable:/v1.36/deb/Release.key',
      'release https://mirror.example/kubernetes/core:/stable:/v1.36/deb/InRelease',
      'key https://mirror.example/docker-ce/linux/debian/gpg',
      'release https://mirror.example/docker-ce/linux/debian/dists/bookworm/InRelease',
      'key https://mirror.example/helm/gpgkey',
      'release https://mirror.example/helm/any/dists/any/InRelease',
      'registry https://mirror.example/v2/',
      'registry https://ghcr.io/v2/',
      'answer https://pkg-containers.githubusercontent.com/',
      'registry http://192.0.2.5:5000/v2/',
    ]);
  });

  it('leave images their names, and are told to containerd', () => {
    for (const image of IMAGES) expect(supply.image(image)).toBe(onlineSupply.image(image));
    expect(supply.registryMirrors.map(mirrorFile)).toEqual([
      {
        path: '/etc/kmon/certs.d/registry.k8s.io/hosts.toml',
        content: `# Written by kmon; \`kmon teardown\` removes it.
server = "https://registry.k8s.io"
[host."https://mirror.example"]
  capabilities = ["pull", "resolve"]
`,
      },
      {
        path: '/etc/kmon/certs.d/quay.io/hosts.toml',
        content: `# Written by kmon; \`kmon teardown\` removes it.
server = "https://quay.io"
[host."http://192.0.2.5:5000/v2/quay"]
  capabilities = ["pull", "resolve"]
  override_path = true
`,
      },
      {
        path: '/etc/kmon/certs.d/docker.io/hosts.toml',
        content: `# Written by kmon; \`kmon teardown\` removes it.
server = "https://registry-1.docker.io"
[host."http://192.0.2.5:5000/v2/hub"]
  capabilities = ["pull", "resolve"]
  override_path = true
`,
      },
    ]);
  });

  it.each([
    [1, '[plugins."io.containerd.grpc.v1.cri".registry]'],
    [2, '[plugins."io.containerd.cri.v1.images".registry]'],
  ] as const)('are found by containerd %i, through one link that the unit makes', (major, table) => {
    const settings = { major, sandboxImage: 'p', cgroup: 2, cniBin: '/c', mayRaiseLimits: true } as const;
    expect(containerdConfig(settings)).toContain(
      `${table}\n  config_path = "/run/kmon-containerd/certs.d"\n`,
    );
    expect(containerdUnit('/usr/bin')).toContain(
      '\nExecStartPre=/bin/ln -sfn /etc/kmon/certs.d /run/kmon-containerd/certs.d\nExecStart=',
    );
  });

  it('may be of whatever kmon fetches, and of nothing else', () => {
    const { packages, images } = mirrors.shape;
    expect(Object.keys(packages.unwrap().shape)).toEqual(Object.keys(APT_SOURCES));
    expect(Object.keys(images.unwrap().shape)).toEqual([...MIRRORED_REGISTRIES]);
    const registries = new Set(IMAGES.map((i) => i.repository.split('/')[0]));
    expect([...MIRRORED_REGISTRIES].toSorted()).toEqual([...registries].toSorted());
  });

  it('are asked for what a bundle lacks', () => {
    const config = { bundle: '/srv/bundle', mirrors: { packages: {}, images: { 'quay.io': 'https://m' } } };
    // Nothing is sent, and nothing pulled.
    expect(supplyFor(config).registryMirrors).toEqual([]);
    const supply = supplyFor(config, { ...fullBundle(), parts: [] });
    expect(supply.registryMirrors).toEqual([{ registry: 'quay.io', url: 'https://m' }]);
    const hosts = supply.samples({ role: 'child', version: '1.36', network: 'routes', profile: 'lite' });
    expect(hosts.map((s) => new URL(s.url).host)).toEqual(['registry.k8s.io', 'registry.k8s.io', 'm']);
  });
});
