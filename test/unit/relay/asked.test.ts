import { describe, expect, it } from 'vitest';
import { askedFor } from '../../../src/relay/asked.js';

const ORIGINS = {
  registries: {
    'registry.k8s.io': 'https://registry.k8s.io/v2',
    'docker.io': 'https://registry-1.docker.io/v2',
    'quay.io': 'http://mirror.example:5000/v2/quay',
  },
  packages: ['https://pkgs.k8s.io/'],
};
const HEX = 'ab'.repeat(32);
const ask = (target: string, method = 'GET') => askedFor(method, target, ORIGINS);

describe('what is asked of the relay', () => {
  it('is an image by its digest', () => {
    expect(ask(`/images/docker.io/v2/grafana/grafana/blobs/sha256:${HEX}?ns=docker.io`)).toEqual({
      from: 'registry',
      url: `https://registry-1.docker.io/v2/grafana/grafana/blobs/sha256:${HEX}`,
      keep: 'always',
      name: `sha256-${HEX}`,
      sha256: HEX,
    });
    expect(ask(`/images/registry.k8s.io/v2/coredns/coredns/manifests/sha256:${HEX}`)?.name).toBe(
      ask(`/images/registry.k8s.io/v2/pause/blobs/sha256:${HEX}`)?.name,
    );
  });

  it('comes from a mirror, below the path that the mirror has', () => {
    expect(ask(`/images/quay.io/v2/prometheus/prometheus/manifests/sha256:${HEX}`)?.url).toBe(
      `http://mirror.example:5000/v2/quay/prometheus/prometheus/manifests/sha256:${HEX}`,
    );
  });

  it('is a package, or what a repository says of them', () => {
    const deb = ask('/packages/pkgs.k8s.io/core:/stable:/v1.36/deb/amd64/kubelet_1.36.2-1.1_amd64.deb');
    expect(deb).toMatchObject({
      from: 'packages',
      url: 'https://pkgs.k8s.io/core:/stable:/v1.36/deb/amd64/kubelet_1.36.2-1.1_amd64.deb',
      keep: 'always',
    });
    expect(deb?.name).toMatch(/^url-[0-9a-f]{64}$/);
    expect(ask('/packages/pkgs.k8s.io/core:/stable:/v1.36/deb/InRelease')?.keep).toBe('run');
    const pool = 'http://apt.example/debian/pool/main/r/runc/runc_1.1.5%2bds1-1%2bb1_amd64.deb';
    expect(ask(pool)).toMatchObject({ url: pool, keep: 'always', begins: '!<arch>\n' });
    const lists = 'http://apt.example/debian/dists/bookworm';
    expect(ask(`${lists}/InRelease`)?.keep).toBe('run');
    expect(ask(`${lists}/main/binary-amd64/Packages.xz`)?.keep).toBe('run');
    expect(ask(`${lists}/main/binary-amd64/by-hash/SHA256/${HEX}`)).toMatchObject({
      keep: 'always',
      sha256: HEX,
    });
    expect(ask(`${lists}/main/binary-amd64/by-hash/MD5Sum/${HEX.slice(0, 32)}`)?.keep).toBe('run');
  });

  it.each([
    ['a tag: what it stands for cannot be proven', '/images/docker.io/v2/grafana/grafana/manifests/13.2.0'],
    ['a registry that nothing of the room comes from', `/images/evil.example/v2/a/blobs/sha256:${HEX}`],
    ['a name that every object has', `/images/constructor/v2/a/blobs/sha256:${HEX}`],
    ['a way out of the registry', `/images/docker.io/v2/../../secret/blobs/sha256:${HEX}`],
    ['the same in disguise', `/images/docker.io/v2/%2e%2e/%2e%2e/a/blobs/sha256:${HEX}`],
    ['a digest with more behind it', `/images/docker.io/v2/a/blobs/sha256:${HEX}/../../x`],
    ['the catalogue', '/images/docker.io/v2/_catalog'],
    ['another host for packages', '/packages/evil.example/a.deb'],
    ['a host that only begins so', '/packages/pkgs.k8s.io.evil.example/a.deb'],
    ['a host behind a name', '/packages/pkgs.k8s.io@evil.example/a.deb'],
    ['a path that leads out', '/packages/pkgs.k8s.io/../evil.example/a.deb'],
    ['two slashes', '//evil.example/packages/pkgs.k8s.io/a.deb'],
    ['https as by a proxy', 'https://apt.example/debian/dists/bookworm/InRelease'],
    ['another port', 'http://apt.example:8080/debian/dists/bookworm/InRelease'],
    ['this very computer', 'http://127.0.0.1/debian/dists/bookworm/InRelease'],
    ['the same in other digits', 'http://2130706433/debian/dists/bookworm/InRelease'],
    ['the same in IPv6', 'http://[::1]/debian/dists/bookworm/InRelease'],
    ['a computer of the own network', 'http://printer/debian/dists/bookworm/InRelease'],
    ['one that mDNS finds', 'http://cache.local/debian/dists/bookworm/InRelease'],
    ['localhost', 'http://localhost/dists/bookworm/InRelease'],
    ['what is no repository', 'http://intranet.example/admin'],
    ['a question', 'http://intranet.example/dists/x?drop=table'],
    ['a login', 'http://me:secret@apt.example/debian/dists/bookworm/InRelease'],
    ['nothing', ''],
    ['nonsense', 'http://'],
  ])('is not %s', (_, target) => {
    expect(ask(target)).toBeUndefined();
  });

  it.each(['HEAD', 'POST', 'PUT', 'CONNECT', 'DELETE'])('is not %s', (method) => {
    expect(ask('http://apt.example/debian/dists/bookworm/InRelease', method)).toBeUndefined();
  });
});
