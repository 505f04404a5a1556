import type { FactLines } from './lines.js';

/** What virtual machines call their mainboard: beginnings of the names, and what `systemd-detect-virt` says then. */
const VENDORS: readonly (readonly [beginning: string, name: string])[] = [
  ['KVM', 'kvm'],
  ['OpenStack', 'kvm'],
  ['KubeVirt', 'kvm'],
  ['Amazon EC2', 'amazon'],
  ['QEMU', 'kvm'],
  ['VMware', 'vmware'],
  ['VMW', 'vmware'],
  ['innotek GmbH', 'oracle'],
  ['VirtualBox', 'oracle'],
  ['Oracle Corporation', 'oracle'],
  ['Xen', 'xen'],
  ['Bochs', 'bochs'],
  ['Parallels', 'parallels'],
  ['BHYVE', 'bhyve'],
  ['Hyper-V', 'microsoft'],
  ['Apple Virtualization', 'apple'],
  ['Google Compute Engine', 'google'],
];

/**
 * By the names that the firmware tells, which is how systemd does it too, without starting its program for it. "vm-other": nothing is
 * named, but the devices are those of a virtual machine. Empty when nothing of the machine could be seen.
 */
export function virtualization(lines: FactLines): string {
  if (lines.has('container')) return lines.text('container');
  const names = [...lines.all('model'), ...lines.all('dmi')];
  for (const name of names) {
    const known = VENDORS.find(([beginning]) => name.startsWith(beginning));
    if (known !== undefined) return known[1];
  }
  // Microsoft builds laptops too.
  if (names.includes('Microsoft Corporation') && names.includes('Virtual Machine')) return 'microsoft';
  if (lines.has('virtio')) return 'vm-other';
  return names.length > 0 || lines.has('release') ? 'none' : '';
}
