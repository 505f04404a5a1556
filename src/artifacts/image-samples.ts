import type { MirrorsConfig } from '../config/config.js';
import { MIRRORED_REGISTRIES, MIRRORS } from '../config/sections/mirrors.js';
import type { Image } from './artifact.js';
import { DOCKER_REGISTRY, PAUSE } from './images.js';
import type { RegistryMirror, Sample } from './supply.js';

/**
 * Where a registry sends on to other names, which what is between may not let through: what is asked there too. Only what every image takes:
 * some choose another name for everybody who asks.
 */
const SENT_ON: Readonly<Record<string, string>> = {
  'registry.k8s.io': `https://registry.k8s.io/v2/pause/manifests/${PAUSE.tag ?? 'latest'}`,
  'ghcr.io': 'https://pkg-containers.githubusercontent.com/',
  [DOCKER_REGISTRY]: 'https://auth.docker.io/token?service=registry.docker.io',
};

/** What tells whether these images come. A registry that has a mirror is not asked. */
export function imageSamples(images: readonly Image[], mirrors: MirrorsConfig = MIRRORS): readonly Sample[] {
  const wanted = images.map((i) => i.repository.split('/')[0] ?? '');
  const all = [...new Set(wanted)].flatMap((registry): readonly Sample[] => {
    const mirror = MIRRORED_REGISTRIES.map((r) => (r === registry ? mirrors.images[r] : undefined)).find(
      Boolean,
    );
    if (mirror !== undefined) return [greeting(new URL(mirror).origin)];
    const host = registry === 'docker.io' ? DOCKER_REGISTRY : registry;
    const beyond = SENT_ON[host];
    return [
      greeting(`https://${host}`),
      ...(beyond === undefined ? [] : [{ gives: 'images', url: beyond, proof: 'answer' } as const]),
    ];
  });
  // Several registries may have one mirror.
  return all.filter(({ url }, i) => all.findIndex((s) => s.url === url) === i);
}

/** The mirrors that containerd is told of, in the order in which registries are known. */
export function registryMirrorsBy(mirrors: MirrorsConfig): readonly RegistryMirror[] {
  return MIRRORED_REGISTRIES.flatMap((registry) => {
    const url = mirrors.images[registry];
    return url === undefined ? [] : [{ registry, url }];
  });
}

function greeting(origin: string): Sample {
  return { gives: 'images', url: `${origin}/v2/`, proof: 'registry' };
}
