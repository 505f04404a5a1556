import { findMinor } from '../../config/versions.js';
import type { Facts, KernelFeature } from '../../facts/facts.js';
import { NFTABLES_KERNEL, servesNftables } from '../../tools/kube-proxy.js';
import { catalogue, subject } from '../subject.js';
import type { VerdictOf } from '../subject.js';

const { entries, finding } = catalogue({
  'K-KERNEL': {
    title: 'The kernel lacks a feature',
    severities: ['stops'],
    cause: 'containers and the pod network are built from it',
    remedy: 'restart the machine, or install the modules of its kernel (`linux-modules-extra-…` on Ubuntu)',
  },
  'K-KERNEL-OLD': {
    title: 'The kernel is too old for the kube-proxy of the cluster',
    severities: ['stops', 'hurts'],
    cause:
      'kube-proxy makes its packet rules in one way on all machines of a cluster, which is settled when that is made; by nftables it does not start on an old kernel',
    remedy:
      'restart the machine with a newer kernel of its distribution, or make the cluster anew (`kmon teardown`, then `kmon up`) with this machine in the room: kube-proxy then works by iptables',
  },
});

type Verdict = VerdictOf<keyof typeof entries>;

/**
 * Nothing is said about a machine in a container: its kernel is its host's, and what is built into that one, or loaded later there,
 * does not show from inside.
 */
const features: Verdict = ({ machine, facts }, { sight }) => {
  if (facts.container) return [];
  const { network } = sight.config.kubernetes;
  const wanted: readonly KernelFeature[] = ['overlay', 'br_netfilter', 'nf_conntrack'];
  const all = network !== 'routes' ? [...wanted, 'vxlan' as const] : wanted;
  const missing = all.filter((feature) => facts.kernelFeatures[feature] === 'missing');
  if (missing.length === 0) return [];
  return [
    finding('K-KERNEL', 'stops', machine, {
      evidence: `the kernel ${facts.kernel} has no ${missing.join(', ')}`,
      remedy: kernelRemedy(facts),
    }),
  ];
};

/** Debian's modules of a kernel that was updated are gone until the restart; Ubuntu keeps rare modules in a package of their own. */
function kernelRemedy(facts: Facts): string {
  const restart = 'restart the machine, so that a kernel that was updated is the one that runs';
  return facts.os.base?.distribution === 'ubuntu'
    ? `run \`sudo apt install linux-modules-extra-${facts.kernel}\` on it; if there is no such package, ${restart}`
    : `${restart}; if that does not help, install the kernel of the distribution`;
}

/** The room's machines settled the mode of kube-proxy when its cluster was made; a machine that comes later may have an older kernel. */
const proxyMode: Verdict = ({ machine, facts }, { sight }) => {
  const { room, kubernetes } = sight.config;
  const parent = sight.factsOf.get(room.parent.name);
  if (servesNftables(facts.kernel) || kubernetes.proxyMode === 'iptables') return [];
  if (parent?.proxyMode === undefined) {
    // A parent with such a kernel settles it by itself.
    const byNftables = findMinor(kubernetes.version)?.proxyMode === 'nftables';
    if (!byNftables || parent === undefined || !servesNftables(parent.kernel)) return [];
    return [
      finding('K-KERNEL-OLD', 'hurts', machine, {
        evidence: `the kernel ${facts.kernel} is older than ${NFTABLES_KERNEL}, which kube-proxy needs where it makes its packet rules by nftables`,
        cause:
          'in which way kube-proxy makes them is settled when the cluster is made, by the kernels of the machines that are seen then',
        remedy:
          'make the cluster by `kmon up`, which sees all machines; before `kmon init-parent`, which sees the parent alone, set kubernetes.proxyMode to iptables in kmon.yaml',
      }),
    ];
  }
  if (parent.proxyMode !== 'nftables') return [];
  return [
    finding('K-KERNEL-OLD', 'stops', machine, {
      evidence: `the kernel ${facts.kernel} is older than ${NFTABLES_KERNEL}, which the kube-proxy of this cluster needs (nftables)`,
      remedy:
        'restart it with a newer kernel of its distribution, or make the cluster anew with it in the room (`kmon teardown`, then `kmon up`): kube-proxy then works by iptables',
    }),
  ];
};

/** What containers, the pod network and services need of the kernel. */
export const kernel = subject({ entries, ofMachine: [features, proxyMode] });
