import { createHash } from 'node:crypto';
import { aptSource } from '../../../src/resources/apt-source.js';
import { directory } from '../../../src/resources/directory.js';
import { file } from '../../../src/resources/file.js';
import { FIREWALL_NAMES, firewallOpening } from '../../../src/resources/firewall/opening.js';
import { footprint } from '../../../src/resources/footprint/footprint.js';
import { guestDoor } from '../../../src/resources/guest-door.js';
import { hostsEntry } from '../../../src/resources/hosts-entry.js';
import { kmonFiles } from '../../../src/resources/kmon-files.js';
import { loopbackAddress } from '../../../src/resources/loopback-address.js';
import type { Reversible } from '../../../src/resources/resource.js';
import { route } from '../../../src/resources/route.js';
import { sleepInhibitor } from '../../../src/resources/sleep-inhibitor.js';
import { staticAddress } from '../../../src/resources/static-address/static-address.js';
import { sysctl } from '../../../src/resources/sysctl.js';
import { unit } from '../../../src/resources/unit.js';
import { vxlan } from '../../../src/resources/vxlan.js';
import { vxlanPeer } from '../../../src/resources/vxlan-peer.js';
import { changes } from '../../../src/shell/command.js';
import type { Command } from '../../../src/shell/command.js';
import { putFile } from '../../../src/tools/put-file.js';
import { armRevert } from '../../../src/tools/revert.js';
import { HOSTILE } from './examples.js';
import { OVERLAY, OVERLAY_DEVICE, OVERLAY_PEER } from './overlay.js';

/** A thing that is changed, cut off in the middle, and given back. */
export interface HalfWayCase {
  readonly about: string;
  readonly thing: Reversible;
  /** What the owner has. */
  readonly owner?: string;
  /** Instead of the resource's own change. */
  readonly change?: Command<'changes'>;
  /** The change fails in any case. */
  readonly fails?: true;
}

const HOSTS = hostsEntry({ entries: [{ address: '10.77.0.9', names: ['kmon-parent', 'pc-9'] }] });
const CONF = file({ path: '/etc/x.conf', content: HOSTILE, mode: '0600' });
const NETWORKD = staticAddress({
  keeper: 'systemd-networkd',
  device: 'lan0',
  address: '10.77.0.2',
  profile: `10-it's "$(id)".network`,
});
const NETPLAN = staticAddress({
  keeper: 'netplan',
  device: 'lan0',
  address: '10.77.0.2',
  profile: 'ethernets lan',
});
/** As a lease is. */
const LEASED = 'ip address change 10.77.0.2/24 dev lan0 valid_lft 3600 preferred_lft 3600';
const PROGRAM = 'x'.repeat(100_000);
const ROOM = { room: '10.77.0.0/24', pods: '10.244.0.0/16', ports: ['tcp 10250', 'udp 8472'] };
/** What each kind of firewall drops. */
const DROPS: Readonly<Record<string, string>> = {
  ufw: 'mkdir -p /etc/ufw; echo ENABLED=yes >/etc/ufw/ufw.conf; echo "deny 10250/tcp" >/etc/ufw/rules',
  nftables: `nft 'table inet own { chain in { type filter hook input priority 0; policy drop; iif lo accept; }; }'`,
  'iptables-nft': 'iptables-nft -P INPUT DROP; iptables-nft -P FORWARD DROP',
  'iptables-legacy': 'iptables-legacy -P INPUT DROP; iptables-legacy -A FORWARD -j REJECT',
};

/** Each is tried at every program that its change and its restoring call: they are two lists so that two processors share them. */
export const FILE_CASES: readonly HalfWayCase[] = [
  { about: 'a new file in new folders', thing: file({ path: `/srv/$(id) 'x'/f`, content: 'x' }) },
  {
    about: 'a file of the owner',
    thing: CONF,
    owner: 'echo own >/etc/x.conf; chmod 751 /etc/x.conf; touch -d @1000000 /etc/x.conf',
  },
  { about: 'a link of the owner', thing: CONF, owner: 'ln -s nowhere /etc/x.conf' },
  {
    about: 'a file at which a folder of systemd is told',
    thing: file({ path: '/etc/systemd/system/kmon.service', content: '[Unit]\n' }),
  },
  {
    about: 'a file that cannot be replaced',
    thing: CONF,
    owner: 'echo o >/run/o; touch /etc/x.conf; mount --bind -o ro /run/o /etc/x.conf',
    fails: true,
  },
  { about: 'a folder', thing: directory({ path: `/srv/it's "a" $HOME/b`, mode: '0750' }) },
  {
    about: 'a folder of settings in which a pod writes',
    thing: directory({ path: '/etc/kmon/cni/net.d' }),
    change: changes`mkdir -p /etc/kmon/cni/net.d; echo {} >/etc/kmon/cni/net.d/10-flannel.conflist`,
  },
  { about: '/etc/hosts', thing: HOSTS },
  {
    about: '/etc/hosts that is a mount',
    thing: HOSTS,
    owner: 'printf "127.0.0.1 m\\n\\n10.0.0.1 b" >/run/h; touch /etc/hosts; mount --bind /run/h /etc/hosts',
  },
  {
    about: '/etc/hosts that is a link',
    thing: hostsEntry({ block: 'kmon-name', entries: [{ address: '127.0.1.1', names: ['pc-7'] }] }),
    owner: 'mv /etc/hosts /etc/hosts.real; ln -s hosts.real /etc/hosts',
  },
  {
    about: '/etc/hosts that cannot be written',
    thing: HOSTS,
    owner: 'echo 127.0.0.1 m >/run/h; touch /etc/hosts; mount --bind -o ro /run/h /etc/hosts',
    fails: true,
  },
  {
    about: 'a source of packages',
    thing: aptSource({ name: 'own', line: 'https://p.test/ /', key: HOSTILE }),
    owner: 'rmdir /etc/apt/keyrings',
  },
];

export const SYSTEM_CASES: readonly HalfWayCase[] = [
  {
    about: 'forwarding, which switches others',
    thing: sysctl({ key: 'net.ipv4.ip_forward', value: '1' }),
    owner: `cd /proc/sys/net/ipv4; echo 0 >ip_forward; echo 1 >conf/lan0/forwarding; echo 0 >conf/all/accept_redirects`,
  },
  {
    about: "a route in place of the owner's",
    thing: route({ destination: '10.244.1.0/24', via: '10.77.0.9' }),
    owner: 'ip route add 10.244.1.0/24 via 10.77.0.5 dev lan0 proto static',
  },
  { about: 'the address of a laptop', thing: loopbackAddress({ address: '192.0.2.12' }) },
  { about: 'a door of a guest', thing: guestDoor({ device: 'enp0s3', node: '192.0.2.12', port: 9100 }) },
  { about: 'an overlay', thing: vxlan(OVERLAY_DEVICE) },
  { about: 'a peer in an overlay', thing: vxlanPeer(OVERLAY_PEER), owner: OVERLAY },
  {
    about: 'a unit',
    thing: unit({ name: 'x.service', enabled: true, active: true }),
    owner: 'mkdir -p /etc/systemd/system; : >/etc/systemd/system/x.service',
  },
  { about: 'being kept awake', thing: sleepInhibitor(), owner: 'systemctl start systemd-logind.service' },
  ...FIREWALL_NAMES.flatMap((system): readonly HalfWayCase[] => {
    const owner = DROPS[system];
    return owner === undefined
      ? []
      : [{ about: `an opening in ${system}`, thing: firewallOpening({ system, ...ROOM }), owner }];
  }),
  { about: 'a static address by networkd', thing: NETWORKD, owner: LEASED },
  { about: 'a static address by netplan', thing: NETPLAN, owner: LEASED },
  {
    about: 'a way back that is armed',
    thing: NETWORKD,
    owner: LEASED,
    change: armRevert(changes`:`, 60),
  },
  {
    about: 'a program in a folder of its own',
    thing: kmonFiles(),
    change: {
      ...putFile({
        path: '/opt/kmon/bin/kubeadm',
        content: PROGRAM,
        sha256: createHash('sha256').update(PROGRAM).digest('hex'),
        mode: '755',
        timeoutMs: 10_000,
      }),
    },
  },
  {
    about: 'what Kubernetes leaves',
    thing: footprint(),
    change: changes`mkdir -p /var/lib/kubelet/pods/a /etc/kubernetes/pki /run/containerd/runc/k8s.io /run/containerd/s /run/netns
: >/run/xtables.lock; : >/run/kmon-join.yaml
mount -t tmpfs t /var/lib/kubelet/pods/a
ip link add cni0 type bridge
echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet`,
  },
];
