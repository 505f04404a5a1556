import { bundleSupply } from '../../../src/artifacts/bundle-supply.js';
import type { FindingCode } from '../../../src/findings/index.js';
import type { Severity } from '../../../src/findings/severity.js';
import type { SourceTrial } from '../../../src/trial/network-proof.js';
import type { Sight } from '../../../src/findings/sight/sight.js';
import type { Facts, OsBase } from '../../../src/facts/facts.js';
import type { Machine } from '../../../src/room/machine.js';
import { inner } from '../../support/guest-facts.js';
import { ownLedger, sampleBundle, sampleConfig } from '../../support/sample-room.js';
import { GIB, link, listener, proof, routes, sightOf, tried, unseen, withKubernetes } from './sights.js';
import type { Different } from './sights.js';

/** A room in which one thing is wrong, and everything that is to be said about it. */
export interface Example {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Where it is said, and nothing else is said anywhere; `undefined`: of the room as a whole. */
  readonly on: readonly (string | undefined)[];
  readonly sight: Sight;
  readonly evidence: string;
  /** The remedy, or its beginning if that ends with `…`. */
  readonly remedy: string;
  readonly fixable?: true;
}

const child = (facts: Partial<Facts>): Sight => sightOf({ 'pc-11': facts });
const parent = (facts: Partial<Facts>): Sight => sightOf({ 'pc-10': facts });
const both = (facts: Partial<Facts>, more: Partial<Facts> = {}): Sight =>
  sightOf({ 'pc-11': { ...facts, ...more }, 'pc-12': { ...facts, ...more } });
const os = (id: string, version: string, name: string, base?: OsBase): Partial<Facts> => ({
  os: { id, like: [], version, codename: '', name, ...(base === undefined ? {} : { base }) },
});
const source = (outcome: SourceTrial['outcome'], ...hosts: readonly string[]): readonly SourceTrial[] =>
  hosts.map((host) => ({ machine: 'pc-11', host, port: 443, outcome }));
const answering = (is: Pick<SourceTrial, 'outcome' | 'at' | 'proxy' | 'said'>): Sight =>
  tried({ rest: { sources: [{ machine: 'pc-11', host: 'images.example', port: 443, ...is }] } });
const sentAll = (sight: Sight): Sight => ({ ...sight, supply: bundleSupply(sampleBundle()) });
const OPENED = { outcome: 'untrusted', said: 'signed by Filter CA' } as const;
const WANTS_LOGIN = { outcome: 'proxy-login', at: 'proxy.example:3128', proxy: true } as const;
const PAGE = { outcome: 'portal', at: 'login.example:443' } as const;
/** A child that kmon made a node. */
const NODE: Partial<Facts> = { ledger: ownLedger(), kubernetesFiles: ['/etc/kubernetes/kubelet.conf'] };
/** The sample room in which that machine is a guest of a laptop. */
const ofGuest = (name: string, different: Different): Sight => {
  const { room } = sampleConfig();
  const asGuest = (m: Machine): Machine => (m.name === name ? { ...m, guest: true } : m);
  const config = sampleConfig({
    room: { ...room, parent: asGuest(room.parent), children: room.children.map(asGuest) },
  });
  return sightOf({ [name]: inner() }, { config, network: proof(different) });
};
const lease = (leaseSeconds: number): Partial<Facts> => ({
  links: [link('eth0', '52:54:00:00:00:01')],
  addressing: [{ device: 'eth0', manager: 'NetworkManager', leased: true, leaseSeconds }],
});

/** One for every code and severity of the catalogue. */
export const EXAMPLES: readonly Example[] = [
  // Access
  {
    code: 'K-UNREACHABLE',
    severity: 'stops',
    on: ['pc-11'],
    sight: unseen('unreachable', '192.0.2.11 gives no answer within 10 s', 'check that pc-11 is on'),
    evidence: '192.0.2.11 gives no answer within 10 s',
    remedy: 'check that pc-11 is on',
  },
  {
    code: 'K-LOGIN',
    severity: 'stops',
    on: ['pc-11'],
    sight: unseen('login-refused', '192.0.2.11 refuses student', 'correct the key'),
    evidence: '192.0.2.11 refuses student',
    remedy: 'correct the key',
  },
  {
    code: 'K-HOST-KEY',
    severity: 'stops',
    on: ['pc-11'],
    sight: unseen('host-key-changed', 'another host key', 'find out why'),
    evidence: 'another host key',
    remedy: 'find out why',
  },
  {
    code: 'K-SUDO',
    severity: 'stops',
    on: ['pc-11'],
    sight: unseen('no-sudo', 'student may not use sudo', 'add student to the group sudo'),
    evidence: 'student may not use sudo',
    remedy: 'add student to the group sudo',
  },
  {
    code: 'K-NOT-LINUX',
    severity: 'stops',
    on: ['pc-11'],
    sight: unseen('not-a-node', 'it runs Windows 11', 'list it as observed'),
    evidence: 'it runs Windows 11',
    remedy: 'list it as observed',
  },
  {
    code: 'K-OBSERVED',
    severity: 'note',
    on: ['pc-13'],
    sight: sightOf(
      {},
      {
        config: sampleConfig({
          room: {
            ...sampleConfig().room,
            observed: [{ name: 'pc-13', address: '192.0.2.13', exporterPort: 9182 }],
          },
        }),
        observed: [
          {
            name: 'pc-13',
            exporter: 'silent',
            system: { family: 'windows', name: 'Windows 11 Pro', version: '10.0.22631' },
            look: { listening: true, opened: false, firewall: 'on', mayChange: true },
          },
        ],
      },
    ),
    evidence: 'no exporter answers at 192.0.2.13:9182 (silence); it runs Windows 11 Pro',
    remedy: 'open its port, with the commands that `kmon check` prints',
    fixable: true,
  },
  {
    code: 'K-UNSEEN',
    severity: 'stops',
    on: ['pc-11'],
    sight: unseen('timeout', 'the command did not end within 30 s'),
    evidence: 'the command did not end within 30 s',
    remedy: 'try `ssh 192.0.2.11` by hand, and run `kmon check` again',
  },
  // System
  {
    code: 'K-SYSTEMD',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({ systemd: false }),
    evidence: 'systemd does not run here',
    remedy: 'use a Linux with systemd (Debian, Ubuntu, Raspberry Pi OS)',
  },
  {
    code: 'K-OS',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({ ...os('fedora', '41', 'Fedora Linux 41'), apt: false }),
    evidence: 'Fedora Linux 41 is a system that Kubernetes runs on, but kmon installs with apt',
    remedy: 'install Debian 11, Ubuntu 20.04, Raspberry Pi OS 11 or a later one on this machine, …',
  },
  {
    code: 'K-OS',
    severity: 'hurts',
    on: ['pc-11'],
    sight: child(os('haiku', '1', 'Haiku 1')),
    evidence: 'Haiku 1 has apt, but kmon does not know its packages',
    remedy: 'go on, and use Debian 11, …',
  },
  {
    code: 'K-OS',
    severity: 'note',
    on: ['pc-11'],
    sight: child(
      os('kali', '2025.4', 'Kali GNU/Linux Rolling', { distribution: 'debian', codename: '', version: '' }),
    ),
    evidence: 'Kali GNU/Linux Rolling is made from no release of Debian that kmon knows',
    remedy: 'go on, and use Debian 11, …',
  },
  {
    code: 'K-ARCH',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({ architecture: 'armhf' }),
    evidence: 'the system is armhf (32 bit), which there are no packages of Kubernetes for',
    remedy: 'install the 64 bit edition of the system, …',
  },
  {
    code: 'K-CGROUP',
    severity: 'hurts',
    on: ['pc-11'],
    sight: child({ cgroup: 1 }),
    evidence: 'cgroup v1, which Kubernetes 1.36 serves only when it is told to (kmon does)',
    remedy:
      "go on; to be ready for later versions, add systemd.unified_cgroup_hierarchy=1 to the kernel's command line and restart the machine",
  },
  {
    code: 'K-CGROUP-CONTROLLER',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({
      model: 'Raspberry Pi 4 Model B Rev 1.4',
      cgroupControllers: ['cpuset', 'cpu', 'io', 'pids'],
      memoryCgroupOff: true,
    }),
    evidence: 'control groups without memory (cgroup v2); the kernel was started with cgroup_disable=memory',
    remedy:
      'append cgroup_enable=memory cgroup_memory=1 to the one line of /boot/firmware/cmdline.txt (older systems: /boot/cmdline.txt) and restart the machine',
  },
  {
    code: 'K-KERNEL',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({
      ...os('ubuntu', '24.04', 'Ubuntu 24.04', {
        distribution: 'ubuntu',
        codename: 'noble',
        version: '24.04',
      }),
      kernel: '6.8.0-1004-raspi',
      kernelFeatures: {
        overlay: 'present',
        br_netfilter: 'loadable',
        vxlan: 'missing',
        nf_conntrack: 'present',
      },
    }),
    evidence: 'the kernel 6.8.0-1004-raspi has no vxlan',
    remedy: 'run `sudo apt install linux-modules-extra-6.8.0-1004-raspi` on it; …',
  },
  {
    code: 'K-KERNEL-OLD',
    severity: 'stops',
    on: ['pc-11'],
    sight: sightOf({ 'pc-10': { proxyMode: 'nftables' }, 'pc-11': { kernel: '5.10.0-32-amd64' } }),
    evidence:
      'the kernel 5.10.0-32-amd64 is older than 5.13, which the kube-proxy of this cluster needs (nftables)',
    remedy: 'restart it with a newer kernel of its distribution, or make the cluster anew with it …',
  },
  {
    code: 'K-KERNEL-OLD',
    severity: 'hurts',
    on: ['pc-11'],
    sight: sightOf({ 'pc-11': { kernel: '5.10.0-32-amd64' } }),
    evidence:
      'the kernel 5.10.0-32-amd64 is older than 5.13, which kube-proxy needs where it makes its packet rules by nftables',
    remedy: 'make the cluster by `kmon up`, which sees all machines; …',
  },
  {
    code: 'K-CPU',
    severity: 'stops',
    on: ['pc-10'],
    sight: parent({ cpus: 1 }),
    evidence: '1 CPU, the control plane needs 2',
    remedy: 'make a stronger computer the parent in kmon.yaml',
  },
  {
    code: 'K-CPU',
    severity: 'hurts',
    on: ['pc-10'],
    sight: sightOf({ 'pc-10': { cpus: 1 } }, { config: withKubernetes({ ignorePreflight: ['NumCPU'] }) }),
    evidence: '1 CPU, the control plane needs 2',
    remedy: 'make a stronger computer the parent in kmon.yaml',
  },
  {
    code: 'K-MEMORY',
    severity: 'stops',
    on: ['pc-10'],
    sight: parent({ memoryBytes: 1.5 * GIB }),
    evidence: '1.5 GiB of memory',
    remedy: 'make a computer with 4 GiB or more the parent in kmon.yaml',
  },
  {
    code: 'K-MEMORY',
    severity: 'hurts',
    on: ['pc-11'],
    sight: child({ memoryBytes: 0.5 * GIB }),
    evidence: '0.5 GiB of memory',
    remedy: 'close other programs there, or use a computer with more',
  },
  {
    code: 'K-DISK',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({ freeDiskBytes: 0 }),
    evidence: '0.0 GiB free below /var/lib',
    remedy: 'free some space, images need about 3 GiB …',
  },
  {
    code: 'K-DISK',
    severity: 'hurts',
    on: ['pc-11'],
    sight: child({ freeDiskBytes: 5 * GIB }),
    evidence: '5.0 GiB free below /var/lib',
    remedy: 'free some space: the kubelet evicts pods when the disk is nearly full …',
  },
  {
    code: 'K-INODES',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({ freeInodes: 400, totalInodes: 2_000_000 }),
    evidence: '400 of 2000000 inodes free below /var/lib',
    remedy: 'delete folders with many small files …',
  },
  {
    code: 'K-INODES',
    severity: 'hurts',
    on: ['pc-11'],
    sight: child({ freeInodes: 150_000, totalInodes: 2_000_000 }),
    evidence: '150000 of 2000000 inodes free below /var/lib',
    remedy: 'delete folders with many small files …',
  },
  {
    code: 'K-FILESYSTEM',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({ fileSystems: { '/var/lib': 'overlayfs' } }),
    evidence: '/var/lib is on overlayfs, which no container can be put on',
    remedy: 'start the machine without the freeze of its disk …',
  },
  {
    code: 'K-FILESYSTEM',
    severity: 'hurts',
    on: ['pc-11'],
    sight: child({ fileSystems: { '/var/lib': 'tmpfs' } }),
    evidence: '/var/lib is on tmpfs: what is written there takes memory',
    remedy: 'start the machine from its own disk for the lesson',
  },
  {
    code: 'K-READ-ONLY',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({ unwritable: ['/etc/hosts'] }),
    evidence: 'not even root can write /etc/hosts',
    remedy: 'see why on that machine: `findmnt -T /etc/hosts` shows …',
  },
  {
    code: 'K-NOEXEC',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({ noexec: { '/var/lib/dpkg/info': '/var' } }),
    evidence: 'no program runs from /var/lib/dpkg/info (/var is mounted noexec)',
    remedy: 'on that machine, for the lesson: sudo mount -o remount,exec /var',
  },
  // Identity
  {
    code: 'K-HOSTNAME',
    severity: 'note',
    on: ['pc-11', 'pc-12'],
    sight: both({ hostname: 'raspberrypi' }),
    evidence: 'same hostname (raspberrypi) as pc-12',
    remedy: 'go on, the cluster has the names of kmon.yaml',
  },
  {
    code: 'K-HOSTNAME-INVALID',
    severity: 'note',
    on: ['pc-11'],
    sight: child({ hostname: 'LAPTOP-7' }),
    evidence: 'the hostname LAPTOP-7 has capital letters',
    remedy: 'go on, the cluster has the names of kmon.yaml',
  },
  {
    code: 'K-HOSTNAME-UNKNOWN',
    severity: 'hurts',
    on: ['pc-11'],
    sight: child({ hostnameResolves: false }),
    evidence: 'the name pc-11 leads to no address on the machine itself',
    remedy: "on that machine: echo '127.0.1.1 pc-11' | sudo tee -a /etc/hosts",
    fixable: true,
  },
  {
    code: 'K-MACHINE-ID',
    severity: 'hurts',
    on: ['pc-11', 'pc-12'],
    sight: both({ machineId: '0'.repeat(32) }),
    evidence: 'same machine-id as pc-12: a copied disk',
    remedy:
      'give it its own: sudo rm -f /etc/machine-id /var/lib/dbus/machine-id && sudo systemd-machine-id-setup, then restart it',
  },
  {
    code: 'K-PRODUCT-UUID',
    severity: 'hurts',
    on: ['pc-11', 'pc-12'],
    sight: both({ productUuid: '4c4c4544-0042-3510-8052-b4c04f4e3332', virtualization: 'oracle' }),
    evidence: 'same product UUID (4c4c4544-0042-3510-8052-b4c04f4e3332) as pc-12',
    remedy: 'switch the copy off and give it its own on the computer that runs it …',
  },
  {
    code: 'K-MAC',
    severity: 'stops',
    on: ['pc-11', 'pc-12'],
    sight: both({ links: [link('eth0', '52:54:00:00:00:01')] }),
    evidence: 'eth0 has the MAC address 52:54:00:00:00:01, as pc-12 has',
    remedy:
      'use another network adapter on one of them, or another address: sudo ip link set dev eth0 address 50:54:00:00:00:01',
  },
  // What is there already
  {
    code: 'K-LEFTOVER',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({ kubernetesFiles: ['/etc/kubernetes/kubelet.conf', '/a', '/b', '/c', '/d'] }),
    evidence:
      'an earlier cluster is here (/etc/kubernetes/kubelet.conf, /a, /b and 2 more) that kmon did not make',
    remedy: 'ask its owner; if it may go: sudo kubeadm reset',
  },
  {
    code: 'K-OTHER-ROOM',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({
      ledger: ownLedger('child', {
        room: { id: 'r', name: 'atelier-2', parent: '192.0.2.99', role: 'child', by: 'bob@lab' },
      }),
    }),
    evidence: 'belongs to room atelier-2, as a child of 192.0.2.99 (bob@lab, since 2026-11-29 08:00 UTC)',
    remedy:
      'give it back first: kmon teardown with the kmon.yaml of atelier-2, or on the machine itself: sudo kmon teardown --local',
  },
  {
    code: 'K-VERSION',
    severity: 'stops',
    on: ['pc-10'],
    sight: sightOf({
      'pc-10': {
        clusterVersion: 'v1.34.2',
        kubernetesFiles: ['/etc/kubernetes/admin.conf'],
        ledger: ownLedger('parent'),
      },
      'pc-11': NODE,
      'pc-12': NODE,
    }),
    evidence: 'the cluster of this room is Kubernetes v1.34.2, kmon.yaml asks for 1.36',
    remedy: 'set kubernetes.version in kmon.yaml to "1.34", or give the room back …',
  },
  {
    code: 'K-OTHER-KUBERNETES',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({ otherKubernetes: [{ name: 'k3s', running: true }] }),
    evidence: 'k3s runs here',
    remedy: 'ask its owner and stop it for the lesson: sudo k3s-killall.sh',
  },
  {
    code: 'K-OTHER-KUBERNETES',
    severity: 'hurts',
    on: ['pc-11'],
    sight: child({ otherKubernetes: [{ name: 'microk8s', running: false }] }),
    evidence: 'microk8s is installed; it does not run now',
    remedy: 'do not start microk8s during the lesson, …',
  },
  {
    code: 'K-PORT-TAKEN',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({ listeners: [listener(10250, 'k3s-agent', { unit: 'k3s-agent.service' })] }),
    evidence: 'port 10250 is taken by k3s-agent (pid 812)',
    remedy: 'stop it on that machine (sudo systemctl stop k3s-agent) and run `kmon join-child --only pc-11`',
  },
  {
    code: 'K-PORT-TAKEN',
    severity: 'hurts',
    on: ['pc-10'],
    sight: parent({ listeners: [listener(30090, 'python3')] }),
    evidence: 'port 30090 is taken by python3 (pid 812)',
    remedy:
      'stop python3 (pid 812) on that machine, or choose another nodePort under `monitoring` in kmon.yaml',
  },
  {
    code: 'K-LINK-TAKEN',
    severity: 'stops',
    on: ['pc-11'],
    sight: sightOf(
      {
        'pc-11': {
          links: [
            link('eth0', '02:00:00:00:00:11'),
            link('kmon-vxlan', '02:00:00:00:00:12', { physical: false }),
          ],
        },
      },
      { config: withKubernetes({ network: 'vxlan' }) },
    ),
    evidence: 'the network link kmon-vxlan of pc-11 was made by somebody else',
    remedy:
      'find out what it is for (ip -d link show dev kmon-vxlan) and, if its owner agrees, give it another name; or write `network: flannel` under `kubernetes` in kmon.yaml',
  },
  {
    code: 'K-EXPORTER',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({
      listeners: [listener(9100, 'prometheus-node', { unit: 'prometheus-node-exporter.service' })],
    }),
    evidence: 'port 9100 is taken by prometheus-node (pid 812) of prometheus-node-exporter.service',
    remedy:
      'stop it for the lesson: sudo systemctl stop prometheus-node-exporter, and after it: sudo systemctl start prometheus-node-exporter',
  },
  {
    code: 'K-APT-LOCK',
    severity: 'note',
    on: ['pc-11'],
    sight: child({ aptLock: { file: '/var/lib/dpkg/lock-frontend', pid: 7001, process: 'unattended-upgr' } }),
    evidence: 'unattended-upgr (pid 7001) holds /var/lib/dpkg/lock-frontend',
    remedy: 'let it finish: kmon waits for it, five minutes at most',
  },
  {
    code: 'K-PACKAGES',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({ unfinishedPackages: [{ name: 'canteen', state: 'half-configured' }] }),
    evidence: 'half-done package: canteen (half-configured)',
    remedy: 'on that machine: sudo dpkg --configure -a; …',
  },
  // Addresses
  {
    code: 'K-ADDRESS',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({ addresses: [{ device: 'wlan0', address: '192.0.2.57', prefix: 24 }] }),
    evidence: 'no interface has 192.0.2.11; there is 192.0.2.57 (wlan0)',
    remedy: 'write `address: 192.0.2.57` for pc-11 in kmon.yaml',
  },
  {
    code: 'K-ROUTE',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({ routeToParent: { source: '198.51.100.7', device: 'eth1' } }),
    evidence: 'it reaches the parent from 198.51.100.7 (eth1), not from 192.0.2.11',
    remedy:
      'unplug eth1 for the lesson, or on that machine: sudo ip route add 192.0.2.10/32 dev eth0 src 192.0.2.11',
  },
  {
    code: 'K-ROUTE',
    severity: 'hurts',
    on: ['pc-11'],
    sight: child({ routeToParent: { source: '192.0.2.99', device: 'eth0' } }),
    evidence: 'it reaches the parent from 192.0.2.99 (eth0), not from 192.0.2.11',
    remedy: 'write `address: 192.0.2.99` for pc-11 in kmon.yaml, or remove the second address',
  },
  {
    code: 'K-LEASE',
    severity: 'hurts',
    on: ['pc-11'],
    sight: child(lease(3412)),
    evidence: '192.0.2.11 on eth0 is leased by DHCP for 56 min more (NetworkManager)',
    remedy: 'reserve 192.0.2.11 for 52:54:00:00:00:01 in the router',
    fixable: true,
  },
  {
    code: 'K-LEASE',
    severity: 'note',
    on: ['pc-11'],
    sight: child(lease(86_400)),
    evidence: '192.0.2.11 on eth0 is leased by DHCP for 1 d more (NetworkManager)',
    remedy: 'reserve 192.0.2.11 for 52:54:00:00:00:01 in the router',
    fixable: true,
  },
  {
    code: 'K-DEFAULT-ROUTE',
    severity: 'note',
    on: ['pc-11'],
    sight: child({ routes: [{ destination: 'default', device: 'eth1', via: '198.51.100.1' }, ...routes()] }),
    evidence: 'the default route leaves by eth1 (to 198.51.100.1), 192.0.2.11 is on eth0',
    remedy: 'go on, kmon uses eth0; …',
  },
  {
    code: 'K-VPN',
    severity: 'hurts',
    on: ['pc-11'],
    sight: child({
      links: [link('office', '', { physical: false })],
      addresses: [
        { device: 'eth0', address: '192.0.2.11', prefix: 24 },
        { device: 'office', address: '198.51.100.6', prefix: 32 },
      ],
      routes: [{ destination: 'default', device: 'office' }, ...routes()],
    }),
    evidence: 'office takes the default route',
    remedy: 'disconnect it for the lesson: in its own program, or: sudo ip link set dev office down',
  },
  {
    code: 'K-VPN',
    severity: 'note',
    on: ['pc-11'],
    sight: child({
      addresses: [
        { device: 'eth0', address: '192.0.2.11', prefix: 24 },
        { device: 'wg0', address: '198.51.100.6', prefix: 32 },
      ],
      routes: routes({ destination: '198.51.100.0/24', device: 'wg0' }),
    }),
    evidence: 'wg0 is up',
    remedy: 'disconnect it for the lesson: sudo wg-quick down wg0 (or in the settings of the network)',
  },
  {
    code: 'K-SEGMENT',
    severity: 'stops',
    on: ['pc-11'],
    sight: sightOf(
      { 'pc-11': { addresses: [{ device: 'eth0', address: '192.0.2.11', prefix: 32 }] } },
      { config: withKubernetes({ network: 'routes' }) },
    ),
    evidence: 'it is in 192.0.2.11/32, the parent in 192.0.2.0/24',
    remedy:
      'connect it to the switch or Wi-Fi of the parent, or write `network: vxlan` under `kubernetes` in kmon.yaml',
  },
  {
    code: 'K-SEGMENT',
    severity: 'hurts',
    on: ['pc-11'],
    sight: child({ addresses: [{ device: 'eth0', address: '192.0.2.11', prefix: 32 }] }),
    evidence: 'it is in 192.0.2.11/32, the parent in 192.0.2.0/24',
    remedy: 'connect it to the switch or Wi-Fi of the parent',
  },
  {
    code: 'K-RANGE',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({ routes: routes({ destination: '10.244.0.0/16', device: 'eth1', via: '192.0.2.1' }) }),
    evidence: 'pod range 10.244.0.0/16 overlaps the route 10.244.0.0/16 (eth1)',
    remedy: 'write `podSubnet: 10.255.0.0/16` under `kubernetes` in kmon.yaml',
  },
  // The network, proven
  {
    code: 'K-NET-ISOLATED',
    severity: 'stops',
    on: [undefined],
    sight: tried({
      port: (t) => (t.from === 'pc-10' || t.to === 'pc-10' ? {} : { outcome: 'silent' }),
      echo: (t) => (t.from === 'pc-10' || t.to === 'pc-10' ? {} : { arrived: 0, answered: 0 }),
    }),
    evidence: 'the children do not reach each other, though each reaches the parent',
    remedy: 'use a plain switch, …',
  },
  {
    code: 'K-NET-BLOCKED',
    severity: 'stops',
    on: ['pc-11'],
    sight: tried({
      port: (t) => (t.from === 'pc-11' || t.to === 'pc-11' ? { outcome: 'silent' } : {}),
      echo: (t) => (t.from === 'pc-11' || t.to === 'pc-11' ? { arrived: 0, answered: 0 } : {}),
    }),
    evidence: 'pc-11 and the room do not reach each other',
    remedy: 'connect pc-11 to the same switch or Wi-Fi as the others',
  },
  {
    code: 'K-NET-BLOCKED',
    severity: 'hurts',
    on: ['pc-11'],
    sight: tried({
      port: (t) => (t.from === 'pc-11' && t.port === 30300 ? { outcome: 'silent' } : {}),
    }),
    evidence: 'pc-11 does not reach pc-10 on TCP 30300, though other machines do',
    remedy: 'look for a rule about the other one in the firewalls of pc-11 and pc-10',
  },
  {
    code: 'K-FIREWALL',
    severity: 'stops',
    on: ['pc-11'],
    sight: tried({ port: (t) => (t.to === 'pc-11' && t.port === 10250 ? { outcome: 'silent' } : {}) }),
    evidence: 'the firewall of pc-11 drops TCP 10250 (coming in, from 2 machines)',
    remedy: 'on that machine: …',
    fixable: true,
  },
  {
    code: 'K-FIREWALL',
    severity: 'hurts',
    on: ['pc-10'],
    sight: tried({ port: (t) => (t.port === 30300 ? { outcome: 'silent' } : {}) }),
    evidence: 'the firewall of pc-10 drops TCP 30300 (coming in, from 2 machines)',
    remedy: 'on that machine: …',
    fixable: true,
  },
  {
    code: 'K-GUEST-PORT',
    severity: 'stops',
    on: ['pc-11'],
    sight: ofGuest('pc-11', {
      port: (t) => (t.to === 'pc-11' && t.port === 10250 ? { outcome: 'refused' } : {}),
    }),
    evidence: 'what is sent to TCP 10250 of 192.0.2.11 does not get to the guest pc-11 (from 2 machines)',
    remedy: 'forward TCP 10250 of the laptop to the guest, …',
  },
  {
    code: 'K-GUEST-PORT',
    severity: 'hurts',
    on: ['pc-10'],
    sight: ofGuest('pc-10', { port: (t) => (t.port === 30300 ? { outcome: 'refused' } : {}) }),
    evidence: 'what is sent to TCP 30300 of 192.0.2.10 does not get to the guest pc-10 (from 2 machines)',
    remedy: 'forward TCP 30300 of the laptop to the guest, …',
  },
  {
    code: 'K-FORWARD',
    severity: 'stops',
    on: ['pc-11'],
    // The first of the old tools and the new ones: flannel opens but one of the two.
    sight: child({ packetRules: { 'iptables-legacy': 'policy INPUT ACCEPT\npolicy FORWARD DROP' } }),
    evidence:
      'packets of pods (10.244.0.0/16) do not get through: FORWARD of iptables-legacy has the policy DROP',
    remedy:
      'on that machine: sudo iptables-legacy -I FORWARD -s 10.244.0.0/16 -j ACCEPT; sudo iptables-legacy -I FORWARD -d 10.244.0.0/16 -j ACCEPT',
    fixable: true,
  },
  {
    code: 'K-NET-LOSS',
    severity: 'hurts',
    on: ['pc-11'],
    sight: tried({
      echo: (t) =>
        t.to === 'pc-11' ? { arrived: 80, answered: 80 } : t.from === 'pc-11' ? { answered: 80 } : {},
    }),
    evidence: '20 % of what is sent to pc-11 gets lost',
    remedy: '…',
  },
  {
    code: 'K-NET-LATENCY',
    severity: 'hurts',
    on: ['pc-11'],
    sight: tried({
      port: (t) => (t.from === 'pc-11' || t.to === 'pc-11' ? { rttMs: 120 } : {}),
      echo: (t) => (t.from === 'pc-11' || t.to === 'pc-11' ? { rttMs: 120 } : {}),
    }),
    evidence: 'answers of pc-11 take 120 ms',
    remedy: '…',
  },
  {
    code: 'K-NET-MTU',
    severity: 'hurts',
    on: ['pc-11'],
    sight: sightOf(
      {
        'pc-10': { links: [link('eth0', '52:54:00:00:00:00')] },
        'pc-11': { links: [link('eth0', '52:54:00:00:00:01', { mtu: 1400 })] },
        'pc-12': { links: [link('eth0', '52:54:00:00:00:02')] },
      },
      {
        network: proof({
          echo: (t) => (t.from === 'pc-11' || t.to === 'pc-11' ? { mtu: 1400, mtuThere: 1400 } : {}),
        }),
      },
    ),
    evidence:
      'packets above 1400 bytes do not reach pc-11: the MTU of its link is 1400, that of the others 1500',
    remedy: 'set the MTU of that link to 1500 (sudo ip link set dev eth0 mtu 1500), or the same on all',
  },
  {
    code: 'K-NET-MTU',
    severity: 'stops',
    on: ['pc-11'],
    sight: tried({
      echo: (t) => (t.from === 'pc-11' || t.to === 'pc-11' ? { mtu: 1400, mtuThere: 1400 } : {}),
    }),
    evidence:
      'packets above 1400 bytes do not reach pc-11, nor do its own arrive, though its link has an MTU of 1500',
    remedy: 'look for what lies between pc-11 and the others …',
  },
  {
    code: 'K-NET-SLOW',
    severity: 'hurts',
    on: ['pc-11'],
    sight: tried({ speed: (t) => (t.to === 'pc-11' ? { bitsPerSecond: 2_000_000 } : {}) }),
    evidence: 'pc-11 is slow (2 Mbit/s from the parent)',
    remedy: 'try another cable and another port of the switch; end what fills its network',
  },
  {
    code: 'K-NET-UNPROVEN',
    severity: 'note',
    on: ['pc-11'],
    sight: tried({ rest: { untried: [{ machine: 'pc-11', what: 'its network', because: 'no perl' }] } }),
    evidence: 'its network could not be tried: no perl',
    remedy: 'remove the reason and run `kmon check` again',
  },
  // Clock
  {
    code: 'K-CLOCK',
    severity: 'stops',
    on: ['pc-11'],
    sight: child({ clockOffsetMs: 3_600_000 }),
    evidence: "clock 1 h ahead of the room's median",
    remedy: 'let systemd-timesyncd set it: sudo systemctl restart systemd-timesyncd; …',
  },
  {
    code: 'K-CLOCK',
    severity: 'hurts',
    on: ['pc-11'],
    sight: child({ clockOffsetMs: -20_000 }),
    evidence: "clock 20 s behind the room's median",
    remedy: 'let systemd-timesyncd set it: sudo systemctl restart systemd-timesyncd; …',
  },
  {
    code: 'K-CLOCK-SERVICE',
    severity: 'note',
    on: ['pc-11'],
    sight: child({ timeSync: {} }),
    evidence: 'neither systemd-timesyncd nor chrony nor an NTP daemon runs',
    remedy: 'for a lesson it does no harm; to have one: sudo timedatectl set-ntp true',
  },
  // Laptop
  {
    code: 'K-BATTERY',
    severity: 'hurts',
    on: ['pc-11'],
    sight: child({ battery: { discharging: true, percent: 34 } }),
    evidence: 'it runs on its battery, 34 % left',
    remedy: 'plug it in',
  },
  {
    code: 'K-BATTERY',
    severity: 'note',
    on: ['pc-11'],
    sight: child({ battery: { discharging: true, percent: 87 } }),
    evidence: 'it runs on its battery, 87 % left',
    remedy: 'plug it in',
  },
  {
    code: 'K-SLEEP',
    severity: 'note',
    on: ['pc-11'],
    sight: child({ sleep: { lid: true, onLidClose: 'suspend', onIdle: 'ignore', prevented: false } }),
    evidence: 'a closed lid means suspend',
    remedy: 'leave the lid open …',
    fixable: true,
  },
  {
    code: 'K-POWER-PROFILE',
    severity: 'note',
    on: ['pc-11'],
    sight: child({ powerProfile: 'power-saver' }),
    evidence: 'the power profile is power-saver',
    remedy: 'choose another one for the lesson: powerprofilesctl set balanced',
  },
  {
    code: 'K-NO-SENSOR',
    severity: 'note',
    on: ['pc-11'],
    sight: child({ sensors: [] }),
    evidence: 'no temperature sensor shows',
    remedy:
      'go on without temperatures, or try on that machine: sudo apt install lm-sensors && sudo sensors-detect --auto',
  },
  // Packages and images
  {
    code: 'K-DNS',
    severity: 'stops',
    on: ['pc-11'],
    sight: tried({ rest: { sources: source('no-name', 'packages.example', 'images.example') } }),
    evidence: 'no name is resolved (images.example, packages.example)',
    remedy: 'connect it to a network with DHCP, or set a name server in its network settings',
  },
  {
    code: 'K-DNS',
    severity: 'hurts',
    on: ['pc-11'],
    sight: child({ nameServers: [] }),
    evidence: 'no name server is set (/etc/resolv.conf)',
    remedy: 'connect it to a network with DHCP, or set a name server in its network settings',
  },
  {
    code: 'K-DNS-LOOP',
    severity: 'hurts',
    on: ['pc-11'],
    sight: child({ nameServers: ['127.0.0.1'] }),
    evidence: 'the name server is a program of the machine itself (127.0.0.1 in /etc/resolv.conf)',
    remedy: 'name the server that 127.0.0.1 asks, one of the network, in /etc/resolv.conf for the lesson',
  },
  {
    code: 'K-PROXY',
    severity: 'note',
    on: ['pc-11'],
    sight: child({
      proxy: { url: 'http://marie:geheim@proxy.example:3128', noProxy: ['localhost', '10.0.0.0/8'] },
    }),
    evidence: 'NO_PROXY does not hold 192.0.2.0/24, and proxy.example:3128 is the proxy',
    remedy:
      'to type kubectl there, write into its /etc/environment: no_proxy=localhost,10.0.0.0/8,192.0.2.0/24',
  },
  {
    code: 'K-SOURCE',
    severity: 'stops',
    on: ['pc-11'],
    sight: tried({
      rest: { sources: [...source('silent', 'images.example'), ...source('open', 'packages.example')] },
    }),
    evidence: 'images.example:443 does not answer',
    remedy: 'ask who runs the network to let these through, …',
  },
  {
    code: 'K-SOURCE',
    severity: 'hurts',
    on: ['pc-11'],
    sight: {
      ...tried({
        rest: { sources: [...source('no-name', 'images.example'), ...source('refused', 'packages.example')] },
      }),
      supply: bundleSupply(sampleBundle()),
    },
    evidence: 'images.example:443 is not known, packages.example:443 refuses',
    remedy: 'ask who runs the network to let these through, …',
  },
  {
    code: 'K-BUNDLE',
    severity: 'stops',
    on: ['pc-11'],
    sight: sentAll(tried({ rest: { sources: source('no-name', 'ghcr.io') } })),
    evidence:
      'the bundle has no image of flannel, flannel-cni-plugin (for `network: flannel`), and elsewhere it cannot be had: no name is resolved (ghcr.io)',
    remedy: 'run `kmon bundle make` again with this kmon.yaml where there is Internet, or …',
  },
  {
    code: 'K-TLS',
    severity: 'stops',
    on: ['pc-11'],
    sight: answering(OPENED),
    evidence: 'certificates are signed by Filter CA, whom the machine does not trust (images.example)',
    remedy: 'ask who runs the network for the certificate of that authority, …',
  },
  {
    code: 'K-TLS',
    severity: 'hurts',
    on: ['pc-11'],
    sight: sentAll(answering(OPENED)),
    evidence: 'certificates are signed by Filter CA, whom the machine does not trust (images.example)',
    remedy: 'ask who runs the network for the certificate of that authority, …',
  },
  {
    code: 'K-PROXY-LOGIN',
    severity: 'stops',
    on: ['pc-11'],
    sight: answering(WANTS_LOGIN),
    evidence: 'proxy.example:3128 wants a name and a password (for images.example)',
    remedy: 'write them into the address of the proxy where it stands on that machine …',
  },
  {
    code: 'K-PROXY-LOGIN',
    severity: 'hurts',
    on: ['pc-11'],
    sight: sentAll(answering(WANTS_LOGIN)),
    evidence: 'proxy.example:3128 wants a name and a password (for images.example)',
    remedy: 'write them into the address of the proxy where it stands on that machine …',
  },
  {
    code: 'K-PORTAL',
    severity: 'stops',
    on: ['pc-11'],
    sight: answering(PAGE),
    evidence: 'a page comes in place of what is asked for (images.example), from login.example:443',
    remedy: 'open a page in the browser of that machine, …',
  },
  {
    code: 'K-PORTAL',
    severity: 'hurts',
    on: ['pc-11'],
    sight: sentAll(answering(PAGE)),
    evidence: 'a page comes in place of what is asked for (images.example), from login.example:443',
    remedy: 'open a page in the browser of that machine, …',
  },
];
