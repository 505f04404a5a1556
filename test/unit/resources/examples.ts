import { aptSource } from '../../../src/resources/apt-source.js';
import { clock } from '../../../src/resources/clock.js';
import { directory } from '../../../src/resources/directory.js';
import { exporterOpening } from '../../../src/resources/exporter-opening.js';
import { file } from '../../../src/resources/file.js';
import { FIREWALL_NAMES, firewallOpening } from '../../../src/resources/firewall/opening.js';
import { footprint } from '../../../src/resources/footprint/footprint.js';
import { guestDoor } from '../../../src/resources/guest-door.js';
import { hostsEntry } from '../../../src/resources/hosts-entry.js';
import { kernelModule } from '../../../src/resources/kernel-module.js';
import { kmonFiles } from '../../../src/resources/kmon-files.js';
import { kubeadmNode } from '../../../src/resources/kubeadm-node.js';
import { loopbackAddress } from '../../../src/resources/loopback-address.js';
import { packages } from '../../../src/resources/packages.js';
import type { Json, Resource, Reversible } from '../../../src/resources/resource.js';
import { route } from '../../../src/resources/route.js';
import { sleepInhibitor } from '../../../src/resources/sleep-inhibitor.js';
import { staticAddress } from '../../../src/resources/static-address/static-address.js';
import { sysctl } from '../../../src/resources/sysctl.js';
import { targets } from '../../../src/resources/targets.js';
import { unit } from '../../../src/resources/unit.js';
import { vxlan } from '../../../src/resources/vxlan.js';
import { vxlanPeer } from '../../../src/resources/vxlan-peer.js';
import type { Language } from '../../../src/shell/language.js';

/** What a shell would take for something else. */
export const HOSTILE = `it's $(touch /tmp/owned) \`id\` "q" \\n \\ %s $HOME ; & | > *\n-n é\t`;

/** At least one of every kind on machines of the room. */
export const EXAMPLES: readonly Reversible[] = [
  aptSource({ name: 'kubernetes', line: 'https://packages.test/deb/ /', key: 'https://packages.test/key' }),
  aptSource({ name: 'own', line: 'https://packages.test/deb/ /', key: HOSTILE }),
  clock({ startedMs: 1_700_000_000_000 }),
  directory({ path: '/etc/kmon/cni', mode: '0750' }),
  directory({ path: `/srv/it's "a" $HOME` }),
  file({ path: '/etc/modules-load.d/kmon.conf', content: HOSTILE, mode: '0600', owner: 'root:root' }),
  file({ path: `/srv/$(id) 'x'/f`, content: '' }),
  file({ path: '/etc/systemd/system/kmon.service', content: '[Unit]\n' }),
  file({ path: '/etc/ssh/sshd_config.d/00-kmon.conf', content: 'Match User root\n', then: 'sshd-reload' }),
  ...FIREWALL_NAMES.map((system) =>
    firewallOpening({
      system,
      room: '192.0.2.0/24',
      pods: '10.244.0.0/16',
      ports: ['tcp 10250', 'udp 8472'],
    }),
  ),
  footprint(),
  guestDoor({ device: 'enp0s3', node: '192.0.2.12', port: 9100 }),
  hostsEntry({ entries: [{ address: '192.0.2.10', names: ['kmon-parent', 'pc-1'] }] }),
  hostsEntry({ block: 'kmon-name', entries: [{ address: '127.0.1.1', names: ['pc-1'] }] }),
  kernelModule({ name: 'br_netfilter', evidence: ['/proc/sys/net/bridge'] }),
  kernelModule({ name: 'overlay' }),
  kmonFiles(),
  kmonFiles({ folder: '/etc/kmon' }),
  kubeadmNode({ binDir: '/opt/kmon/bin', criSocket: 'unix:///run/kmon-containerd/containerd.sock' }),
  kubeadmNode({ binDir: '/usr/bin', criSocket: '/run/c.sock', runtimeUnit: 'kmon-containerd.service' }),
  loopbackAddress({ address: '192.0.2.12' }),
  packages({ names: ['containerd', 'kubelet=1.36.*'], hold: true }),
  packages({ names: ['stress-ng'] }),
  route({ destination: '10.244.1.0/24', via: '192.0.2.11', device: 'eth0' }),
  route({ destination: '10.244.2.0/24', via: '192.0.2.12' }),
  route({ destination: '10.244.3.0/24', via: '10.244.3.0', device: 'kmon-vxlan', onlink: true }),
  route({ destination: '10.244.4.0/24' }),
  sleepInhibitor(),
  staticAddress({
    keeper: 'systemd-networkd',
    device: 'eth0',
    address: '192.0.2.11',
    profile: `10-it's "$(id)".network`,
  }),
  staticAddress({
    keeper: 'netplan',
    device: 'lan0',
    address: '192.0.2.11',
    profile: 'ethernets lan',
    gateway: '192.0.2.1',
  }),
  staticAddress({
    keeper: 'NetworkManager',
    device: 'wlan0',
    address: '192.0.2.11',
    profile: '87a8f804-d902-349c-a72f-43fe83273595',
  }),
  sysctl({ key: 'net.ipv4.ip_forward', value: '1' }),
  sysctl({ key: 'net.bridge.bridge-nf-call-iptables', value: '1', module: 'br_netfilter', optional: true }),
  targets(),
  unit({ name: 'kubelet.service', enabled: true }),
  unit({ name: 'kmon-containerd.service', enabled: true, active: true }),
  unit({ name: 'x.timer', enabled: false, active: false }),
  vxlan({
    ...{ device: 'kmon-vxlan', vni: 27_501, port: 8472, mtu: 1450 },
    ...{ mac: '02:6b:0a:f4:01:00', address: '10.244.1.0' },
  }),
  vxlanPeer({
    ...{ device: 'kmon-vxlan', machine: '192.0.2.12' },
    ...{ mac: '02:6b:0a:f4:02:00', address: '10.244.2.0' },
  }),
];

export function isResource(thing: Reversible): thing is Resource {
  return 'change' in thing;
}

/** One of every kind on computers that are only observed. */
export const EXAMPLES_THERE: readonly Resource<Json, Language>[] = (['windows', 'macos'] as const).map(
  (family) => exporterOpening(family, { port: 9182, subnet: '192.0.2.0/24' }),
);
