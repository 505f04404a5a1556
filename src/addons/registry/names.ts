import type { Context } from '../../engine/context.js';
import { ENDPOINT_NAME } from '../../config/names.js';
import type { Config } from '../../config/config.js';
import { PORTS } from '../../room/ports.js';

export const NAMESPACE = 'kmon-registry';

/** What keeps the images of the class, and what keeps those of Docker's registry for it. */
export const CLASS = { name: 'kmon-registry', port: PORTS.registry.port } as const;
export const CACHE = { name: 'kmon-registry-cache', port: PORTS.registryCache.port } as const;

/** `host:port`, as every machine of the room finds the parent by its /etc/hosts. */
export function reachedAt({ port }: typeof CLASS | typeof CACHE): string {
  return `${ENDPOINT_NAME}:${port}`;
}

/** What images of the class begin with: the name that is the same in every room, and the address by which somebody without that name pushes them. */
export function namesOfClass({ room }: Pick<Config, 'room'>): readonly string[] {
  return [...new Set([reachedAt(CLASS), `${room.parent.address}:${CLASS.port}`])];
}

/**
 * Whether images of Docker's registry are kept: where the room has them from the Internet. A mirror that kmon.yaml names is asked as it is, and a
 * parent that gets out by a proxy only has pods that do not: there every machine fetches for itself.
 */
export function hasCache({
  config,
  supply,
  factsOf,
}: Pick<Context, 'config' | 'supply' | 'factsOf'>): boolean {
  return (
    supply.fetched &&
    !supply.registryMirrors.some(({ registry }) => registry === 'docker.io') &&
    factsOf.get(config.room.parent.name)?.proxy === undefined
  );
}
