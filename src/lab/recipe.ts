import { createHash } from 'node:crypto';
import { quote } from '../shell/quote.js';
import { SUITE } from './apt-config.js';
import { IMAGE_REPOSITORY } from './names.js';
import type { OverlayFile } from './templates.js';

/**
 * A student's computer as far as kmon can see it: init, login, sudo, network tools, an editor. Nothing of containers or Kubernetes:
 * installing these is what a workshop shows.
 */
export const PACKAGES = [
  'systemd',
  'systemd-sysv',
  'libpam-systemd',
  'dbus',
  'openssh-server',
  'sudo',
  'passwd',
  'iproute2',
  'iputils-ping',
  'iptables',
  'nftables',
  'netbase',
  'procps',
  'kmod',
  'ca-certificates',
  'curl',
  'less',
  'nano',
] as const;

/** Everything that decides what is in the base image. */
export interface Recipe {
  readonly suite: string;
  readonly packages: readonly string[];
  readonly sourcesList: string;
  readonly customize: string;
  readonly overlay: readonly OverlayFile[];
}

export function recipe(o: Pick<Recipe, 'sourcesList' | 'customize' | 'overlay'>): Recipe {
  return { suite: SUITE, packages: PACKAGES, ...o };
}

/** Names an image by its recipe: another recipe is another image, the same recipe is never built twice. */
export function recipeKey(r: Recipe): string {
  const ordered = [r.suite, r.packages, r.sourcesList, r.customize, r.overlay.map((f) => [f.path, f.text])];
  return createHash('sha256').update(JSON.stringify(ordered)).digest('hex').slice(0, 16);
}

export function imageName(key: string): string {
  return `${IMAGE_REPOSITORY}:${key}`;
}

/** Where a build reads and writes. */
export interface BuildFiles {
  readonly sourcesList: string;
  readonly aptSettings: string;
  readonly customize: string;
  readonly overlay: string;
  readonly archive: string;
}

/**
 * Arguments of mmdebstrap. Settings go in by file and not by value: a proxy's address may hold a password. Its settings are removed
 * again by customize.sh, so that the image holds nothing of the computer it was made on.
 */
export function bootstrapArgs(r: Recipe, files: BuildFiles): readonly string[] {
  return [
    '--mode=root',
    '--variant=minbase',
    '--format=tar',
    `--include=${r.packages.join(',')}`,
    `--aptopt=${files.aptSettings}`,
    // The root is thrown away when the build is interrupted; syncing each file would double its time.
    '--dpkgopt=force-unsafe-io',
    `--customize-hook=sh ${quote(files.customize)} ${quote(files.overlay)} "$1"`,
    r.suite,
    files.archive,
    files.sourcesList,
  ];
}
