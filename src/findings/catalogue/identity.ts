import type { CatalogueEntry } from './entry.js';

/** What must be one machine's alone. */
export const IDENTITY = {
  'K-HOSTNAME': {
    title: 'Another machine has the same hostname',
    severities: ['note'],
    cause: 'copied disks keep the name',
    remedy: 'nothing: in the cluster kmon uses the names of kmon.yaml',
  },
  'K-HOSTNAME-INVALID': {
    title: 'The hostname is no valid node name',
    severities: ['note'],
    cause: 'Kubernetes takes small letters, digits and hyphens',
    remedy: 'nothing: in the cluster kmon uses the names of kmon.yaml',
  },
  'K-HOSTNAME-UNKNOWN': {
    title: 'The machine does not know its own hostname',
    severities: ['hurts'],
    cause: 'sudo and kubeadm look it up and wait',
    remedy: 'write a line `127.0.1.1 HOSTNAME` into /etc/hosts',
    fix: 'adds the name to /etc/hosts',
  },
  'K-MACHINE-ID': {
    title: 'Another machine has the same machine-id',
    severities: ['hurts'],
    cause: 'one disk was copied to both; DHCP may give them one address',
    remedy:
      'give the copy its own: `sudo rm -f /etc/machine-id /var/lib/dbus/machine-id && sudo systemd-machine-id-setup`, then restart it',
  },
  'K-PRODUCT-UUID': {
    title: 'Another machine has the same product UUID',
    severities: ['hurts'],
    cause: 'one virtual machine was copied; Kubernetes expects it to be unique',
    remedy:
      'give the copy its own on the computer that runs it (`VBoxManage modifyvm NAME --hardware-uuid UUID`)',
  },
  'K-MAC': {
    title: 'Another machine has the same MAC address',
    severities: ['stops'],
    cause: 'a switch delivers to one of them at a time',
    remedy:
      'use another network adapter, or give the copy its own address (`VBoxManage modifyvm NAME --macaddress1 auto`)',
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
