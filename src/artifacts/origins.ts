import type { MirrorsConfig } from '../config/config.js';
import { MIRRORED_REGISTRIES, MIRRORS } from '../config/sections/mirrors.js';
import type { MirroredRegistry } from '../config/sections/mirrors.js';
import { isNear } from '../relay/origins.js';
import type { Origins } from '../relay/origins.js';
import { PUBLISHED } from './apt-sources.js';
import type { AptSourceName } from './artifact.js';
import { DOCKER_REGISTRY } from './images.js';

/** Address of a registry that images are named by; Docker's short name is for people only. */
export function registryUrl(registry: MirroredRegistry): string {
  return `https://${registry === 'docker.io' ? DOCKER_REGISTRY : registry}`;
}

/** Where a mirror of a registry has what stands there below `/v2`: with a path of its own, below that. */
export function mirrorUrl(mirror: string): string {
  const { origin, pathname } = new URL(mirror);
  return `${origin}/v2${pathname.replace(/\/$/, '')}`;
}

/**
 * What is fetched once for a room that has these mirrors: from them, where there are any. What stands in the room's own network is left to each
 * machine.
 */
export function originsBy(mirrors: MirrorsConfig = MIRRORS): Origins {
  const registries = MIRRORED_REGISTRIES.map((registry) => {
    const mirror = mirrors.images[registry];
    return [registry, mirror === undefined ? `${registryUrl(registry)}/v2` : mirrorUrl(mirror)] as const;
  });
  const sources = Object.keys(PUBLISHED) as readonly AptSourceName[];
  return {
    registries: Object.fromEntries(registries.filter(([, url]) => isFar(url))),
    packages: sources.map((name) => `${mirrors.packages[name] ?? PUBLISHED[name]}/`).filter(isFar),
  };
}

function isFar(url: string): boolean {
  return !isNear(new URL(url).hostname);
}
