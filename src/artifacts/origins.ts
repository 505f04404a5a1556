/** Where the registries that images are named by are asked; Docker's short name is for people only. */
export const REGISTRIES: Readonly<Record<string, string>> = {
  'registry.k8s.io': 'https://registry.k8s.io',
  'ghcr.io': 'https://ghcr.io',
  'quay.io': 'https://quay.io',
  'docker.io': 'https://registry-1.docker.io',
};

/** What the addresses of all sources of packages begin with that kmon adds to a machine's own. */
export const PACKAGE_ORIGINS: readonly string[] = [
  'https://pkgs.k8s.io/',
  'https://download.docker.com/',
  'https://packages.buildkite.com/',
];
