/** Where a relay may fetch from: it serves the room and is no proxy for whoever works on a machine. */
export interface Origins {
  /** The https address of each registry, by the name that stands in an image's reference: `docker.io` is asked under another one. */
  readonly registries: Readonly<Record<string, string>>;
  /** The https addresses that packages come from, each the beginning of what may be asked. */
  readonly packages: readonly string[];
}
