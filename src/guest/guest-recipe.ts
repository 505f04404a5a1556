import { createHash } from 'node:crypto';
import { SUITE } from '../lab/apt-config.js';
import { PACKAGES } from '../lab/recipe.js';
import type { OverlayFile } from '../lab/templates.js';
import { quote } from '../shell/quote.js';
import type { GuestArchitecture } from './manifest.js';

/** A Linux that starts by itself, is told who it is by a seed, and can be logged in to; and what kmon calls on a machine. */
const SYSTEM: readonly string[] = [
  // A student's computer, as a lab has it.
  ...PACKAGES,
  'systemd-resolved',
  'udev',
  'initramfs-tools',
  // The loader itself, as a file: nothing of it runs while the image is made.
  'systemd-boot-efi',
  'zstd',
  'cloud-init',
  // `growpart`
  'cloud-guest-utils',
  'e2fsprogs',
  'fdisk',
  'perl-base',
  // `kmon stress` calls it.
  'stress-ng',
];

/** The kernel with the drivers of every hypervisor's disks and adapters; the one that Debian has for clouds lacks VirtualBox's. */
const KERNEL: Readonly<Record<GuestArchitecture, string>> = {
  amd64: 'linux-image-amd64',
  arm64: 'linux-image-arm64',
};

/** Drivers of what no virtual machine has, and pages that nobody reads on one: some 250 MB. */
const LEFT_OUT: readonly string[] = [
  ...['bluetooth', 'comedi', 'gpu/drm/amd', 'gpu/drm/i915', 'gpu/drm/nouveau', 'gpu/drm/radeon'],
  ...['iio', 'isdn', 'media', 'mtd', 'net/wireless', 'staging'],
]
  .map((drivers) => `/lib/modules/*/kernel/drivers/${drivers}/*`)
  .concat(
    '/lib/modules/*/kernel/sound/*',
    '/usr/share/man/*',
    '/usr/share/info/*',
    '/usr/share/doc/*',
    '/usr/share/locale/*',
  );

/** Licences stay with what they are of. */
const KEPT = '/usr/share/doc/*/copyright';

/** A program that the image has at the place where kmon looks for it. */
export interface GuestProgram {
  readonly path: string;
  readonly sha256: string;
  readonly mode: string;
}

/** Everything that decides what is in an image. */
export interface GuestRecipe {
  readonly architecture: GuestArchitecture;
  readonly packages: readonly string[];
  readonly sourcesList: string;
  readonly customize: string;
  readonly overlay: readonly OverlayFile[];
  readonly programs: readonly GuestProgram[];
}

/** Counted up where what is done with a recipe changes: disks of before are made again. */
const EDITION = 1;

/** @param packages those that kmon would install on such a machine */
export function guestRecipe(o: GuestRecipe): GuestRecipe {
  const { architecture } = o;
  return { ...o, packages: [...new Set([...SYSTEM, KERNEL[architecture], ...o.packages])].toSorted() };
}

/** Names an image by its recipe: another recipe is another image, the same recipe is never built twice. */
export function guestRecipeKey(r: GuestRecipe): string {
  const ordered = [
    EDITION,
    SUITE,
    LEFT_OUT,
    r.architecture,
    r.packages,
    r.sourcesList,
    r.customize,
    r.overlay.map((f) => [f.path, f.text]),
    r.programs.map((p) => [p.path, p.sha256, p.mode]),
  ];
  return createHash('sha256').update(JSON.stringify(ordered)).digest('hex').slice(0, 16);
}

/** Where the making of a root reads and writes. */
export interface RootFiles {
  readonly sourcesList: string;
  readonly aptSettings: string;
  readonly customize: string;
  readonly overlay: string;
  /** The root, a folder. */
  readonly root: string;
}

/** Arguments of mmdebstrap. Settings go in by file and not by value: a proxy's address may hold a password. */
export function rootArgs(r: GuestRecipe, files: RootFiles): readonly string[] {
  return [
    '--mode=root',
    '--variant=minbase',
    '--format=directory',
    `--architectures=${r.architecture}`,
    `--include=${r.packages.join(',')}`,
    `--aptopt=${files.aptSettings}`,
    // The root is thrown away when the build is interrupted; syncing each file would double its time.
    '--dpkgopt=force-unsafe-io',
    ...LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
    `--dpkgopt=path-include=${KEPT}`,
    `--customize-hook=sh ${quote(files.customize)} ${quote(files.overlay)} "$1"`,
    SUITE,
    files.root,
    files.sourcesList,
  ];
}
