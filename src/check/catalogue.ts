import type { Severity } from './finding.js';

/** What there is to know of a code without a machine at hand. The documentation is made from this. */
export interface CatalogueEntry {
  /** A few words, as a heading: "Another machine has the same hostname". */
  readonly title: string;
  /** The severities it may come with, the worst first. */
  readonly severities: readonly Severity[];
  /** Said with every finding of this code, unless the verdict knows better. */
  readonly cause: string;
  /** What `kmon check --fix` does about it; absent: a person must. */
  readonly fix?: string;
}

/** Every finding there is. Codes are only ever added: scripts rely on them. */
export const CATALOGUE = {
  // Access
  'K-UNREACHABLE': {
    title: 'The machine does not answer',
    severities: ['stops'],
    cause: 'it is off, asleep, in another network, or its SSH port is closed',
  },
  'K-LOGIN': {
    title: 'The login is refused',
    severities: ['stops'],
    cause: 'the user, the key or the password is not the one that the machine knows',
  },
  'K-HOST-KEY': {
    title: 'The host key is not the pinned one',
    severities: ['stops'],
    cause: 'the machine was installed anew, or another computer has its address',
  },
  'K-SUDO': {
    title: 'The user may not become root',
    severities: ['stops'],
    cause: 'Kubernetes is installed as root',
  },
  'K-NOT-LINUX': {
    title: 'The computer runs Windows or macOS',
    severities: ['stops', 'note'],
    cause: 'a Kubernetes node made by kubeadm is a Linux',
  },
  'K-UNSEEN': {
    title: 'The machine could not be looked at',
    severities: ['stops'],
    cause: 'the login works, but what kmon asks there does not run to its end',
  },
  // System
  'K-SYSTEMD': {
    title: 'systemd does not run',
    severities: ['stops'],
    cause: 'the kubelet is a unit of systemd',
  },
  'K-OS': {
    title: 'The operating system is not one that kmon prepares',
    severities: ['stops', 'hurts'],
    cause: 'kmon installs with apt, on systems whose packages it knows',
  },
  'K-ARCH': {
    title: 'The processor or system is of another architecture',
    severities: ['stops'],
    cause: 'programs of one kind of processor do not run on another',
  },
  'K-CGROUP': {
    title: 'The cgroup version does not fit the Kubernetes version',
    severities: ['stops'],
    cause: 'newer kubelets refuse cgroup v1',
  },
  'K-KERNEL': {
    title: 'The kernel lacks a feature',
    severities: ['stops'],
    cause: 'containers and the pod network are built from it',
  },
  'K-CPU': {
    title: 'Too few CPUs',
    severities: ['stops', 'hurts'],
    cause: 'kubeadm wants two for a control plane',
  },
  'K-MEMORY': {
    title: 'Too little memory',
    severities: ['stops', 'hurts'],
    cause: 'control plane, Prometheus and pods share it',
  },
  'K-DISK': {
    title: 'Too little free disk',
    severities: ['stops', 'hurts'],
    cause: 'images need room, and the kubelet evicts pods when the disk is nearly full',
  },
  'K-INODES': {
    title: 'Too few free inodes',
    severities: ['stops', 'hurts'],
    cause: 'images are many small files',
  },
  // Identity
  'K-HOSTNAME': {
    title: 'Another machine has the same hostname',
    severities: ['note'],
    cause: 'copied disks keep the name',
  },
  'K-HOSTNAME-INVALID': {
    title: 'The hostname is no valid node name',
    severities: ['note'],
    cause: 'Kubernetes takes small letters, digits and hyphens',
  },
  'K-HOSTNAME-UNKNOWN': {
    title: 'The machine does not know its own hostname',
    severities: ['hurts'],
    cause: 'sudo and kubeadm look it up and wait',
    fix: 'adds the name to /etc/hosts',
  },
  'K-MACHINE-ID': {
    title: 'Another machine has the same machine-id',
    severities: ['hurts'],
    cause: 'one disk was copied to both; DHCP may give them one address',
  },
  'K-PRODUCT-UUID': {
    title: 'Another machine has the same product UUID',
    severities: ['hurts'],
    cause: 'one virtual machine was copied; Kubernetes expects it to be unique',
  },
  'K-MAC': {
    title: 'Another machine has the same MAC address',
    severities: ['stops'],
    cause: 'a switch delivers to one of them at a time',
  },
  // What is there already
  'K-LEFTOVER': {
    title: 'An earlier cluster is on the machine',
    severities: ['stops'],
    cause: 'kubeadm refuses a machine that is part of another cluster',
  },
  'K-OTHER-KUBERNETES': {
    title: 'Another Kubernetes runs on the machine',
    severities: ['stops', 'hurts'],
    cause: 'two kubelets cannot share a machine',
  },
  'K-PORT-TAKEN': {
    title: 'A port is in use',
    severities: ['stops', 'hurts'],
    cause: 'a part of Kubernetes listens on this port',
  },
  'K-EXPORTER': {
    title: 'Another node-exporter has port 9100',
    severities: ['stops'],
    cause: 'the one of kmon could not start beside it',
  },
  'K-APT-LOCK': {
    title: 'The package manager is busy',
    severities: ['note'],
    cause: 'an installation or update is under way; kmon waits for it',
  },
  // Addresses
  'K-ADDRESS': {
    title: 'The machine does not have the address of kmon.yaml',
    severities: ['stops'],
    cause: 'the address was reached through something else, or has moved',
  },
  'K-ROUTE': {
    title: 'The machine reaches the parent from another address',
    severities: ['stops', 'hurts'],
    cause: 'the node would be known by an address that others may not reach',
  },
  'K-LEASE': {
    title: 'The address is leased',
    severities: ['hurts', 'note'],
    cause: 'after the lease, or on a new connection, DHCP may give another one',
    fix: 'makes the present address a static one; it goes back by itself if the machine cannot be reached with it',
  },
  'K-DEFAULT-ROUTE': {
    title: 'The default route leaves by another network',
    severities: ['note'],
    cause: 'programs that choose an address by the default route choose the wrong one',
  },
  'K-VPN': {
    title: 'A VPN is up',
    severities: ['hurts', 'note'],
    cause: 'it may take traffic of the room with it',
  },
  'K-SEGMENT': {
    title: 'The machines are not in one network',
    severities: ['stops', 'hurts'],
    cause: 'routes between machines need one network segment',
  },
  'K-RANGE': {
    title: 'A range of the cluster is in use in the network',
    severities: ['stops'],
    cause: 'the machine could not reach one of the two',
  },
  // The network, proven
  'K-NET-ISOLATED': {
    title: 'The network keeps computers apart',
    severities: ['stops'],
    cause: 'access points for guests let clients talk to the Internet only, not to each other',
  },
  'K-NET-BLOCKED': {
    title: 'One machine does not reach another',
    severities: ['stops', 'hurts'],
    cause: 'something between the two drops what is sent',
  },
  'K-FIREWALL': {
    title: 'A firewall drops what the workshop needs',
    severities: ['stops', 'hurts'],
    cause: 'the port answers on the machine itself, but not from the room',
    fix: "opens the port for the room's network only",
  },
  'K-NET-LOSS': {
    title: 'Packets are lost',
    severities: ['hurts'],
    cause: 'weak Wi-Fi, a bad cable, or a network that is full',
  },
  'K-NET-LATENCY': {
    title: 'Answers take long',
    severities: ['hurts'],
    cause: 'weak Wi-Fi or a detour; etcd and the kubelet wait for every one of them',
  },
  'K-NET-MTU': {
    title: 'Large packets do not pass',
    severities: ['stops', 'hurts'],
    cause: 'a link with a smaller MTU lies in between; pods use what the machine believes',
  },
  'K-NET-SLOW': {
    title: 'The network is slow',
    severities: ['hurts'],
    cause: 'images of some hundred megabytes go over it',
  },
  'K-NET-UNPROVEN': {
    title: 'A part of the network could not be tried',
    severities: ['note'],
    cause: 'what is needed for the trial is missing or in use',
  },
  // Clock
  'K-CLOCK': {
    title: 'The clock is off',
    severities: ['stops', 'hurts'],
    cause: 'certificates and tokens of one machine are not valid yet on the other',
    fix: "sets the clock to the room's median where no time service runs",
  },
  'K-CLOCK-SERVICE': { title: 'No time service runs', severities: ['note'], cause: 'the clock will drift' },
  // Laptop
  'K-BATTERY': {
    title: 'The computer runs on its battery',
    severities: ['hurts', 'note'],
    cause: 'under load it lasts an hour or two',
  },
  'K-SLEEP': {
    title: 'The computer may fall asleep',
    severities: ['note'],
    cause: 'a closed lid or an idle hour suspends it',
    fix: 'keeps it awake until teardown',
  },
  'K-POWER-PROFILE': {
    title: 'A power-saving profile is on',
    severities: ['note'],
    cause: 'the processor is held back, and measurements with it',
  },
  'K-NO-SENSOR': {
    title: 'No temperature sensor',
    severities: ['note'],
    cause: 'the computer shows none; the dashboard says "no sensor"',
  },
  // Access to what is downloaded
  'K-DNS': {
    title: 'Names are not resolved',
    severities: ['stops', 'hurts'],
    cause: 'no name server is set, or it does not answer',
  },
  'K-PROXY': {
    title: 'The proxy would take traffic of the room',
    severities: ['hurts'],
    cause: 'NO_PROXY does not hold the network of the room and the ranges of the cluster',
  },
  'K-SOURCE': {
    title: 'A source of packages or images cannot be reached',
    severities: ['stops', 'hurts'],
    cause: 'no Internet, a proxy, or a firewall of the school',
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

export type FindingCode = keyof typeof CATALOGUE;

/** The codes that `kmon check --fix` can do something about. */
export type FixableCode = {
  readonly [C in FindingCode]: (typeof CATALOGUE)[C] extends { readonly fix: string } ? C : never;
}[FindingCode];
