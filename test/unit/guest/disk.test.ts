import { expect, it } from 'vitest';
import {
  convertDisk,
  DISK_BYTES,
  fillDisk,
  loaderEntry,
  partitions,
  rootMib,
} from '../../../src/guest/disk.js';

const FILES = {
  root: '/w/root',
  kernel: 'vmlinuz-6',
  initrd: 'initrd.img-6',
  loaderSettings: '/w/loader.conf',
  loaderEntry: '/w/guest.conf',
};

it('cuts the disk into the part of the firmware and the root, which is last and can grow', () => {
  expect(partitions('amd64', 1500)).toBe(
    [
      'label: gpt',
      'start=1MiB, size=128MiB, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name=efi',
      'start=129MiB, size=1500MiB, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, name=root',
      '',
    ].join('\n'),
  );
  expect(partitions('arm64', 1500)).toContain('type=B921B045-1DF0-41C3-AF44-4C6F280D3FAE, name=root');
});

it('fills both within one file, by the same places as the table says', () => {
  expect(fillDisk('amd64', '/w/disk.raw', 1500, FILES).map((call) => call.join(' '))).toEqual([
    'mformat -i /w/disk.raw@@1M -T 262144 -F -v EFI ::',
    'mmd -i /w/disk.raw@@1M ::/EFI ::/EFI/BOOT ::/loader ::/loader/entries',
    'mcopy -i /w/disk.raw@@1M /w/root/usr/lib/systemd/boot/efi/systemd-bootx64.efi ::/EFI/BOOT/BOOTX64.EFI',
    'mcopy -i /w/disk.raw@@1M /w/loader.conf ::/loader/loader.conf',
    'mcopy -i /w/disk.raw@@1M /w/guest.conf ::/loader/entries/guest.conf',
    'mcopy -i /w/disk.raw@@1M /w/root/boot/vmlinuz-6 ::/vmlinuz',
    'mcopy -i /w/disk.raw@@1M /w/root/boot/initrd.img-6 ::/initrd.img',
    'mke2fs -q -F -t ext4 -L kmon-guest -m 1 -E offset=135266304 -d /w/root /w/disk.raw 1500M',
  ]);
  expect(fillDisk('arm64', '/w/disk.raw', 1500, FILES)[2]?.slice(3)).toEqual([
    '/w/root/usr/lib/systemd/boot/efi/systemd-bootaa64.efi',
    '::/EFI/BOOT/BOOTAA64.EFI',
  ]);
  expect(loaderEntry('amd64')).toContain('root=LABEL=kmon-guest ');
  expect(loaderEntry('arm64')).toContain('console=ttyAMA0');
});

it('makes a root with room, in whole steps, smaller than the disk', () => {
  for (const bytes of [0, 1, 2 ** 20, 8e8, 1.3e9, 5e9]) {
    const sizeBytes = rootMib(bytes) * 2 ** 20;
    expect(sizeBytes - bytes, `${bytes}`).toBeGreaterThan(192 * 2 ** 20 - 1);
    expect(sizeBytes + 130 * 2 ** 20).toBeLessThan(DISK_BYTES);
    expect(rootMib(bytes) % 64).toBe(0);
  }
});

it('writes what hypervisors open', () => {
  const lines = (['qcow2', 'vmdk', 'vdi'] as const).map((to) => convertDisk('raw', '/a', to, '/b').join(' '));
  expect(lines).toEqual([
    'qemu-img convert -f raw -c -O qcow2 /a /b',
    'qemu-img convert -f raw -O vmdk -o subformat=streamOptimized /a /b',
    'qemu-img convert -f raw -O vdi /a /b',
  ]);
});
