import { LABEL } from '../../config/names.js';
import type { Facts } from '../../facts/facts.js';
import { roomDevice } from '../sight/devices.js';
import type { Present } from '../sight/sight.js';
import { catalogue, subject } from '../subject.js';
import type { Group, VerdictOf } from '../subject.js';

const { entries, finding } = catalogue({
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
});

type Verdict = VerdictOf<keyof typeof entries>;

/** Without the machine's name, so that many machines with one note can be told in one line. */
const NAMES_OF_KMON = 'go on, the cluster has the names of kmon.yaml';

const hostname: Verdict = (one, group) => {
  const { machine, facts } = one;
  const same = others(one, group).filter((p) => p.facts.hostname === facts.hostname);
  if (same.length === 0 || facts.hostname === '') return [];
  return [
    finding('K-HOSTNAME', 'note', machine, {
      evidence: `same hostname (${facts.hostname}) as ${namesOf(same)}`,
      remedy: NAMES_OF_KMON,
    }),
  ];
};

/** A node name is a DNS subdomain: labels with dots between them, 63 characters at most since it also becomes a label's value. */
const invalidHostname: Verdict = ({ machine, facts }) => {
  const name = facts.hostname;
  const valid = name.length <= 63 && name.split('.').every((label) => LABEL.test(label));
  if (name === '' || (valid && !/^localhost(\.|$)/.test(name))) return [];
  const why = valid
    ? 'is the name of every computer for itself'
    : /[A-Z]/.test(name)
      ? 'has capital letters'
      : /_/.test(name)
        ? 'has an underscore'
        : 'is no valid node name';
  return [
    finding('K-HOSTNAME-INVALID', 'note', machine, {
      evidence: `the hostname ${name} ${why}`,
      remedy: NAMES_OF_KMON,
    }),
  ];
};

const unknownHostname: Verdict = ({ machine, facts }) => {
  const name = facts.hostname;
  if (facts.hostnameResolves !== false) return [];
  // Only a name that can stand in /etc/hosts can be put there, by kmon or by the command that is shown.
  const plain = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,62}$/.test(name);
  return [
    finding('K-HOSTNAME-UNKNOWN', 'hurts', machine, {
      evidence: `the name ${name} leads to no address on the machine itself`,
      remedy: plain
        ? `on that machine: echo '127.0.1.1 ${name}' | sudo tee -a /etc/hosts`
        : 'give it a hostname of letters, digits and hyphens: sudo hostnamectl set-hostname NAME',
      fixable: plain,
    }),
  ];
};

/** The id of D-Bus goes with it: systemd-machine-id-setup takes that one again where it finds it. */
const machineId: Verdict = (one, group) => {
  const { machine, facts } = one;
  const same = others(one, group).filter((p) => p.facts.machineId === facts.machineId);
  if (same.length === 0 || facts.machineId === '') return [];
  return [
    finding('K-MACHINE-ID', 'hurts', machine, {
      evidence: `same machine-id as ${namesOf(same)}: a copied disk`,
      remedy:
        'give it its own: sudo rm -f /etc/machine-id /var/lib/dbus/machine-id && sudo systemd-machine-id-setup, then restart it',
    }),
  ];
};

/** A container has that of its host. */
const productUuid: Verdict = (one, group) => {
  const { machine, facts } = one;
  if (facts.container || !tellsApart(facts.productUuid)) return [];
  const same = others(one, group).filter(
    (p) => !p.facts.container && p.facts.productUuid === facts.productUuid,
  );
  if (same.length === 0) return [];
  const evidence = `same product UUID (${facts.productUuid}) as ${namesOf(same)}`;
  if (facts.virtualization === 'none' || facts.virtualization === '') {
    return [
      finding('K-PRODUCT-UUID', 'hurts', machine, {
        evidence,
        cause: 'their maker gave several boards the same one; Kubernetes expects it to be unique',
        remedy:
          "set another one with the maker's program for the board, or go on: kmon itself does not rely on it",
      }),
    ];
  }
  return [
    finding('K-PRODUCT-UUID', 'hurts', machine, {
      evidence,
      remedy:
        'switch the copy off and give it its own on the computer that runs it (VirtualBox: VBoxManage modifyvm NAME --hardware-uuid $(uuidgen); libvirt: copy it anew with virt-clone)',
    }),
  ];
};

/** What makers leave in when they set no UUID. */
const PLACEHOLDERS = ['03000200-0400-0500-0006-000700080009', '12345678-1234-5678-90ab-cddeefaabbcc'];

/** A UUID, or the serial number of a Raspberry Pi; not a text such as "Not Settable", and not one digit all over. */
function tellsApart(uuid: string): boolean {
  const digits = uuid.replaceAll('-', '');
  return /^[0-9a-f]{12,32}$/.test(digits) && !/^(.{1,2})\1*$/.test(digits) && !PLACEHOLDERS.includes(uuid);
}

const mac: Verdict = (one, group) => {
  const { machine, facts } = one;
  for (const link of ownLinks(one)) {
    const same = others(one, group).filter((p) => ownLinks(p).some((l) => l.mac === link.mac));
    if (same.length === 0) continue;
    return [
      finding('K-MAC', 'stops', machine, {
        evidence: `${link.device} has the MAC address ${link.mac}, as ${namesOf(same)} has`,
        remedy:
          facts.virtualization === 'none' || facts.virtualization === ''
            ? `use another network adapter on one of them, or another address: sudo ip link set dev ${link.device} address ${anotherMac(link.mac)}`
            : 'give the copy its own on the computer that runs it (VirtualBox: VBoxManage modifyvm NAME --macaddress1 auto; libvirt: copy it anew with virt-clone)',
      }),
    ];
  }
  return [];
};

/** Network cards that are on, and whatever has the machine's address in the room; bridges and tunnels may be alike everywhere. */
function ownLinks(one: Present): Facts['links'] {
  const { facts } = one;
  // Behind its laptop nobody else of the room sees them.
  if (one.machine.guest === true) return [];
  const inRoom = roomDevice(one);
  return facts.links.filter(
    (l) =>
      ((l.physical && l.up) || l.device === inRoom) &&
      /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(l.mac) &&
      !/^(00:){5}00$|^(ff:){5}ff$/i.test(l.mac),
  );
}

/** The same with the bit "administered locally" turned over, which no maker uses. */
function anotherMac(address: string): string {
  const first = Number.parseInt(address.slice(0, 2), 16) ^ 2;
  return `${first.toString(16).padStart(2, '0')}${address.slice(2)}`;
}

/** As they stand in a sentence. */
function namesOf(present: readonly Present[]): string {
  return present.map((p) => p.machine.name).join(', ');
}

function others(one: Present, group: Group): readonly Present[] {
  return group.present.filter((p) => p.machine.name !== one.machine.name);
}

/** Whatever must be this machine's alone: hostname, machine-id, product UUID, MAC addresses. */
export const identity = subject({
  entries,
  ofMachine: [hostname, invalidHostname, unknownHostname, machineId, productUuid, mac],
});
