import { describe, expect, it } from 'vitest';
import { APT_SOURCES } from '../../../src/artifacts/apt-sources.js';
import { IMAGES } from '../../../src/artifacts/images.js';
import { originsBy } from '../../../src/artifacts/origins.js';

describe('where a room fetches from', () => {
  it('has every source of packages that kmon adds, and no other', () => {
    const need = { role: 'parent', version: '1.36', network: 'routes', profile: 'lite' } as const;
    const { packages } = originsBy();
    const lines = Object.values(APT_SOURCES).map((source) => source(need).line);
    const used = lines.map((line) => packages.find((origin) => line.startsWith(origin)));
    expect(used.toSorted()).toEqual(packages.toSorted());
  });

  it('has the registry of every image', () => {
    const { registries } = originsBy();
    for (const { repository } of IMAGES) expect(registries).toHaveProperty([repository.split('/')[0] ?? '']);
    expect(registries['docker.io']).toBe('https://registry-1.docker.io/v2');
  });

  it('is a mirror where there is one, but what stands in the room itself is left to each machine', () => {
    const by = originsBy({
      packages: { kubernetes: 'https://mirror.example:8443/k+8', docker: 'https://cache.local/docker' },
      images: {
        'registry.k8s.io': 'https://mirror.example',
        'quay.io': 'http://mirror.example:5000/quay/',
        'ghcr.io': 'http://192.0.2.5:5000',
        'docker.io': 'http://cache:5000/hub',
      },
    });
    expect(by).toEqual({
      registries: {
        'registry.k8s.io': 'https://mirror.example/v2',
        'quay.io': 'http://mirror.example:5000/v2/quay',
      },
      packages: [
        'https://mirror.example:8443/k+8/',
        'https://packages.buildkite.com/helm-linux/helm-debian/',
      ],
    });
  });
});
