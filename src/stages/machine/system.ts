import { atBoot, keptAtBoot } from '../../addons/at-boot.js';
import type { Context } from '../../engine/stage.js';
import { resourceStage } from '../../engine/stage.js';
import type { Facts } from '../../facts/facts.js';
import { file } from '../../resources/file.js';
import { hostsEntry } from '../../resources/hosts-entry.js';
import { kernelModule } from '../../resources/kernel-module.js';
import { loopbackAddress } from '../../resources/loopback-address.js';
import type { Resource } from '../../resources/resource.js';
import { sleepInhibitor } from '../../resources/sleep-inhibitor.js';
import { sysctl } from '../../resources/sysctl.js';
import type { SysctlParams } from '../../resources/sysctl.js';
import { ENDPOINT_NAME } from '../../config/names.js';
import { TRIED } from './sources.js';

/** Kernel features by what shows that the kernel has them: modprobe fails where they are built in. */
const MODULES: readonly { readonly name: string; readonly evidence: readonly string[] }[] = [
  { name: 'overlay', evidence: ['/sys/module/overlay'] },
  { name: 'br_netfilter', evidence: ['/sys/module/br_netfilter', '/proc/sys/net/bridge'] },
];

/** The second and third do not exist where the bridge code has no packet filter hooks of its own; kubeadm then says what it misses. */
const SYSCTLS: readonly SysctlParams[] = [
  { key: 'net.ipv4.ip_forward', value: '1', optional: false },
  { key: 'net.bridge.bridge-nf-call-iptables', value: '1', module: 'br_netfilter', optional: true },
  { key: 'net.bridge.bridge-nf-call-ip6tables', value: '1', module: 'br_netfilter', optional: true },
];

/**
 * Of a guest. Packets for an address of the loopback come in, and answers leave, by a network that knows nothing of it: a strict look at where
 * they come from would drop them. And left to itself the kernel answers ARP for such an address by every card: by one that is in the room's
 * network the guest would take its laptop's address.
 */
const GUEST_SYSCTLS: readonly SysctlParams[] = [
  { key: 'net.ipv4.conf.all.rp_filter', value: '2', optional: false },
  { key: 'net.ipv4.conf.all.arp_ignore', value: '1', optional: false },
  { key: 'net.ipv4.conf.all.arp_announce', value: '2', optional: false },
];

/**
 * Kernel modules, kernel settings, and the names of the room in /etc/hosts. Drop-in files of kmon's own make them survive a restart;
 * no file of the owner is edited but for kmon's marked block in /etc/hosts. A guest gets the address of its laptop. A laptop is kept awake. Swap stays as it is: the kubelet is told to live with it.
 */
export const system = resourceStage({
  id: 'system',
  title: 'Prepare the system',
  after: TRIED,
  on: 'all',
  first: true,
  resources: (_, m) => [
    ...MODULES.map((k) => kernelModule(k)),
    ...sysctlsOf(m).map((s) => sysctl(s)),
    file({
      path: '/etc/modules-load.d/kmon.conf',
      content: lines(MODULES.map((k) => k.name)),
    }),
    // 99-: read after the distribution's own files, which may say otherwise.
    file({
      path: '/etc/sysctl.d/99-kmon.conf',
      content: lines(sysctlsOf(m).map((s) => `-${s.key} = ${s.value}`)),
    }),
    ...nodeOfGuest(m),
    ...hosts(m),
    // Whatever its lid or its battery settings mean to do: a node that sleeps is NotReady.
    ...(isLaptop(m.facts) ? [sleepInhibitor()] : []),
  ],
});

function sysctlsOf({ machine }: Context): readonly SysctlParams[] {
  return machine.guest === true ? [...SYSCTLS, ...GUEST_SYSCTLS] : SYSCTLS;
}

/** A guest is known by the address of its laptop, which it has to have itself for the kubelet to take it. */
function nodeOfGuest({ machine }: Context): readonly Resource[] {
  if (machine.guest !== true) return [];
  const address = loopbackAddress({ address: machine.address });
  const lost = { resource: address, again: address.change({ addresses: [] }) };
  return [...keptAtBoot('05-guest', "the laptop's address", [lost]), ...atBoot()];
}

function lines(of: readonly string[]): string {
  return `# Written by kmon; \`kmon teardown\` removes it.\n${of.join('\n')}\n`;
}

function isLaptop({ battery, container, sleep }: Facts): boolean {
  return !container && (sleep.lid || battery !== undefined);
}

/** The control plane's name, and the machine's own node name, which the hostname check of kubeadm looks up. */
function hosts(m: Context) {
  const { parent } = m.config.room;
  const own = m.machine.role === 'parent' ? [] : [{ address: m.machine.address, names: [m.machine.name] }];
  return [
    hostsEntry({ entries: [{ address: parent.address, names: [ENDPOINT_NAME, parent.name] }, ...own] }),
  ];
}
