import { describe, expect, it } from 'vitest';
import { APT_SOURCES } from '../../../src/artifacts/apt-sources.js';
import { IMAGES } from '../../../src/artifacts/images.js';
import { PACKAGE_ORIGINS, REGISTRIES } from '../../../src/artifacts/origins.js';

describe('where a room fetches from', () => {
  it('has every source of packages that kmon adds, and no other', () => {
    const need = { role: 'parent', version: '1.36', network: 'routes', profile: 'lite' } as const;
    const lines = Object.values(APT_SOURCES).map((source) => source(need).line);
    const used = lines.map((line) => PACKAGE_ORIGINS.find((origin) => line.startsWith(origin)));
    expect(used.toSorted()).toEqual(PACKAGE_ORIGINS.toSorted());
  });

  it('has the registry of every image', () => {
    for (const { repository } of IMAGES) expect(REGISTRIES).toHaveProperty([repository.split('/')[0] ?? '']);
  });
});
