import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Engine } from '../../../src/lab/container-engine.js';
import { keepPackages, replaced } from '../../../src/lab/package-cache.js';

it('drops all but the latest of a package, an architecture at a time', () => {
  expect(
    replaced([
      { file: 'runc_1.1.4-1_amd64.deb', at: 1 },
      { file: 'runc_1.1.5-1_amd64.deb', at: 3 },
      { file: 'runc_1.1.3-1_arm64.deb', at: 1 },
      { file: 'runc-doc_1.1.4-1_all.deb', at: 1 },
    ]),
  ).toEqual(['runc_1.1.4-1_amd64.deb']);
});

it("leaves the lab's own packages behind, which are made anew under the same names", async () => {
  const cache = await mkdtemp(join(tmpdir(), 'packages-'));
  const engine: Engine = {
    kind: 'podman',
    cgroups: 'v2',
    run: async ([what, , to = '']) => {
      if (what === 'cp') await writeFile(to, '');
      return '';
    },
    create: async () => '',
    ask: async () => ({
      missing: false,
      exitCode: 0,
      stdout: '/var/cache/apt/archives/runc_1_amd64.deb\n/var/cache/apt/archives/kubeadm_1_amd64.deb\n',
      stderr: '',
    }),
  };
  try {
    expect(await keepPackages(engine, cache, 'c', new Set(['kubeadm_1_amd64.deb']))).toBe(1);
    expect(await readdir(cache)).toEqual(['runc_1_amd64.deb']);
  } finally {
    await rm(cache, { recursive: true });
  }
});
