/** Where a relay may fetch from: it serves the room and is no proxy for whoever works on a machine. */
export interface Origins {
  /** What stands before `/NAME/blobs/DIGEST` at each registry, by the name that stands in an image's reference: `docker.io` is asked under another one. */
  readonly registries: Readonly<Record<string, string>>;
  /** The https addresses that packages come from, each the beginning of what may be asked. */
  readonly packages: readonly string[];
}

/**
 * Whether what is named so stands in the machine's own network, if not in the machine itself: an address, a name without a dot, a name that
 * mDNS finds. To there the way round by this computer is no shorter, and this computer may mean another one by it.
 */
export function isNear(hostname: string): boolean {
  return (
    /^[\d.]+$/.test(hostname) ||
    hostname.startsWith('[') ||
    !hostname.includes('.') ||
    hostname.endsWith('.local')
  );
}
