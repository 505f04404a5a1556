import type { Facts, KernelFeature } from '../../facts/facts.js';
import { catalogue, subject } from '../subject.js';
import type { VerdictOf } from '../subject.js';

const { entries, finding } = catalogue({
  'K-KERNEL': {
    title: 'The kernel lacks a feature',
    severities: ['stops'],
    cause: 'containers and the pod network are built from it',
    remedy: 'restart the machine, or install the modules of its kernel (`linux-modules-extra-…` on Ubuntu)',
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
  const all = network === 'flannel' ? [...wanted, 'vxlan' as const] : wanted;
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

/** What containers and the pod network need of the kernel. */
export const kernel = subject({ entries, ofMachine: [features] });
