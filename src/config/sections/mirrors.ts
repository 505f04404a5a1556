import { z } from 'zod';
import { matching, optional } from '../kinds.js';

/** Where things come from that is not where they are published: the addresses of mirrors, without a slash at their end. */
export interface MirrorsConfig {
  /** By whose packages these are. */
  readonly packages: Readonly<Partial<Record<'kubernetes' | 'docker' | 'helm', string>>>;
  /** By the registry that an image is named after. */
  readonly images: Readonly<Partial<Record<MirroredRegistry, string>>>;
}

/** The registries that kmon's images are named after. */
export const MIRRORED_REGISTRIES = ['registry.k8s.io', 'ghcr.io', 'quay.io', 'docker.io'] as const;
export type MirroredRegistry = (typeof MIRRORED_REGISTRIES)[number];

/** No mirror. */
export const MIRRORS: MirrorsConfig = { packages: {}, images: {} };

/** What an address may consist of: no name and password, since the file is no place for them, and nothing that a shell or TOML would mind. */
const REST = String.raw`[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?(\/[A-Za-z0-9._~:+-]+)*\/?$`;

// Its key comes from there too, and nothing else says that it is the right one.
const packagesFrom = () =>
  matching(
    'an https address such as https://mirror.example/kubernetes, without a name and a password',
    new RegExp(`^https:\\/\\/${REST}`),
  );
const imagesFrom = () =>
  matching(
    'an address such as https://mirror.example, http too, without a name and a password',
    new RegExp(`^https?:\\/\\/${REST}`),
  );

const packages = z.strictObject(
  {
    kubernetes: optional(
      packagesFrom(),
      'In place of https://pkgs.k8s.io: what stands below it, core:/stable:/….',
    ),
    docker: optional(
      packagesFrom(),
      'In place of https://download.docker.com (containerd): linux/debian, ….',
    ),
    helm: optional(packagesFrom(), 'In place of https://packages.buildkite.com/helm-linux/helm-debian.'),
  },
  { error: 'a map such as {kubernetes: https://mirror.example/kubernetes}' },
);

const image = (registry: MirroredRegistry) =>
  optional(imagesFrom(), `A mirror of ${registry}; with a path, images are below it.`);

const images = z.strictObject(
  {
    'registry.k8s.io': image('registry.k8s.io'),
    'ghcr.io': image('ghcr.io'),
    'quay.io': image('quay.io'),
    'docker.io': image('docker.io'),
  } satisfies Record<MirroredRegistry, z.ZodType>,
  { error: 'a map such as {registry.k8s.io: https://mirror.example}' },
);

/** `mirrors`: where packages and images come from in place of where they are published. */
export const mirrors = z.strictObject(
  {
    packages: optional(packages, 'Mirrors of package repositories.'),
    images: optional(images, 'Mirrors of image registries; containerd asks them first.'),
  },
  { error: 'a map such as {images: {registry.k8s.io: https://mirror.example}}' },
);

export function mirrorsOf(written: z.output<typeof mirrors> = {}): MirrorsConfig {
  return { packages: tidied(written.packages ?? {}), images: tidied(written.images ?? {}) };
}

/** Without what is not there, and without a slash at the end. */
function tidied<K extends string>(
  of: Readonly<Partial<Record<K, string | undefined>>>,
): Partial<Record<K, string>> {
  const result: Partial<Record<K, string>> = {};
  for (const key in of) {
    const url = of[key];
    if (url !== undefined) result[key] = url.replace(/\/$/, '');
  }
  return result;
}
