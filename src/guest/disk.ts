import type { GuestArchitecture, GuestFormat } from './manifest.js';

const MIB = 1024 * 1024;

/** What a guest's disk seems to have; the file grows with what is written. */
export const DISK_BYTES = 20 * 1024 * MIB;

/** Where firmware looks for what it starts: the loader, the kernel and its first root. */
const FIRMWARE = { startMib: 1, sizeMib: 128 } as const;
const ROOT_START_MIB = FIRMWARE.startMib + FIRMWARE.sizeMib;

/** By it the kernel and /etc/fstab find the root, whatever the hypervisor calls the disk. */
const ROOT_LABEL = 'kmon-guest';

/** UAPI's Discoverable Partitions Specification: the type of a root is another one for each kind of processor. */
const ROOT_TYPE: Readonly<Record<GuestArchitecture, string>> = {
  amd64: '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709',
  arm64: 'B921B045-1DF0-41C3-AF44-4C6F280D3FAE',
};

/** UEFI, 3.5.1.1: the name that is started where the firmware was told of none. */
const LOADER: Readonly<Record<GuestArchitecture, { readonly is: string; readonly called: string }>> = {
  amd64: { is: 'systemd-bootx64.efi', called: 'BOOTX64.EFI' },
  arm64: { is: 'systemd-bootaa64.efi', called: 'BOOTAA64.EFI' },
};

/** Its own last: what a start says is seen on the screen, and on a serial line where there is one. */
const CONSOLES: Readonly<Record<GuestArchitecture, string>> = {
  amd64: 'console=ttyS0,115200 console=tty0',
  arm64: 'console=ttyAMA0 console=tty0',
};

/** The size of a root that holds so much and has room for a first start, which lets it grow to the whole disk. */
export function rootMib(contentBytes: number): number {
  const withRoom = (contentBytes * 1.15) / MIB + 192;
  return Math.ceil(withRoom / 64) * 64;
}

/** What sfdisk reads: a GPT with the firmware's partition, and the root as the last, so that it can grow. */
export function partitions(architecture: GuestArchitecture, sizeMib: number): string {
  return [
    'label: gpt',
    `start=${FIRMWARE.startMib}MiB, size=${FIRMWARE.sizeMib}MiB, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name=efi`,
    `start=${ROOT_START_MIB}MiB, size=${sizeMib}MiB, type=${ROOT_TYPE[architecture]}, name=root`,
    '',
  ].join('\n');
}

/** What systemd-boot reads: one system, at once. */
export const LOADER_SETTINGS = 'timeout 0\ndefault guest\neditor no\n';

export function loaderEntry(architecture: GuestArchitecture): string {
  return `title Debian\nlinux /vmlinuz\ninitrd /initrd.img\noptions root=LABEL=${ROOT_LABEL} ro ${CONSOLES[architecture]}\n`;
}

/** Files of this computer that go onto the firmware's partition. */
export interface FirmwareFiles {
  readonly root: string;
  /** Names in the root's /boot. */
  readonly kernel: string;
  readonly initrd: string;
  readonly loaderSettings: string;
  readonly loaderEntry: string;
}

type Call = readonly [program: string, ...args: string[]];

/** Fills the firmware's partition within the file `disk`, and its root by the folder. Needs no loop device and no mount. */
export function fillDisk(
  architecture: GuestArchitecture,
  disk: string,
  sizeMib: number,
  files: FirmwareFiles,
): readonly Call[] {
  const partition = `${disk}@@${FIRMWARE.startMib}M`;
  const loader = LOADER[architecture];
  const copies: readonly (readonly [string, string])[] = [
    [`${files.root}/usr/lib/systemd/boot/efi/${loader.is}`, `EFI/BOOT/${loader.called}`],
    [files.loaderSettings, 'loader/loader.conf'],
    [files.loaderEntry, 'loader/entries/guest.conf'],
    [`${files.root}/boot/${files.kernel}`, 'vmlinuz'],
    [`${files.root}/boot/${files.initrd}`, 'initrd.img'],
  ];
  return [
    ['mformat', '-i', partition, '-T', String((FIRMWARE.sizeMib * MIB) / 512), '-F', '-v', 'EFI', '::'],
    ['mmd', '-i', partition, '::/EFI', '::/EFI/BOOT', '::/loader', '::/loader/entries'],
    ...copies.map(([from, to]): Call => ['mcopy', '-i', partition, from, `::/${to}`]),
    [
      ...(['mke2fs', '-q', '-F', '-t', 'ext4', '-L', ROOT_LABEL, '-m', '1'] as const),
      ...['-E', `offset=${ROOT_START_MIB * MIB}`, '-d', files.root, disk, `${sizeMib}M`],
    ],
  ];
}

const CONVERSION: Readonly<Record<GuestFormat, readonly string[]>> = {
  qcow2: ['-c', '-O', 'qcow2'],
  // Compressed too; VirtualBox reads it as it is, and makes of it what it can write to.
  vmdk: ['-O', 'vmdk', '-o', 'subformat=streamOptimized'],
  vdi: ['-O', 'vdi'],
};

/** Makes a file that a hypervisor opens out of one of `from`. */
export function convertDisk(from: 'raw' | GuestFormat, disk: string, to: GuestFormat, file: string): Call {
  return ['qemu-img', 'convert', '-f', from, ...CONVERSION[to], disk, file];
}
