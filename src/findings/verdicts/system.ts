import type { Facts, KernelFeature, OsBase } from '../../facts/facts.js';
import type { Finding } from '../finding.js';
import { cgroupVerdict } from './cgroup.js';
import { finding } from './verdict.js';
import type { Verdict } from './verdict.js';

/** Oldest releases whose packages kmon knows, of a system itself or of what it is made from. */
const PREPARED: Readonly<Record<OsBase['distribution'], readonly [major: number, minor: number]>> = {
  debian: [11, 0],
  ubuntu: [20, 4],
};

const CALLED: Readonly<Record<OsBase['distribution'], string>> = { debian: 'Debian', ubuntu: 'Ubuntu' };

const WANTED = 'Debian 11, Ubuntu 20.04, Raspberry Pi OS 11 or a later one';

/** Debian's names of the processors that there are packages of Kubernetes for. */
const PACKAGED = ['amd64', 'arm64', 'ppc64el', 's390x'];

/** systemd, the distribution, the processor, control groups, the kernel. */
export const systemVerdict: Verdict = (one, group) => [
  ...systemd(one, group),
  ...distribution(one, group),
  ...architecture(one, group),
  ...cgroupVerdict(one, group),
  ...kernel(one, group),
];

const systemd: Verdict = ({ machine, facts }) =>
  facts.systemd
    ? []
    : [
        finding('K-SYSTEMD', 'stops', machine, {
          evidence: 'systemd does not run here',
          remedy: 'use a Linux with systemd (Debian, Ubuntu, Raspberry Pi OS)',
        }),
      ];

const distribution: Verdict = ({ machine, facts }) => {
  const { os } = facts;
  const name = os.name === '' ? 'a system without a name (no /etc/os-release)' : os.name;
  const another = `install ${WANTED} on this machine, or leave it out of kmon.yaml`;
  const { base } = os;
  if (base === undefined && [os.id, ...os.like].some((id) => ['fedora', 'rhel', 'centos'].includes(id))) {
    return [
      finding('K-OS', 'stops', machine, {
        evidence: `${name} is a system that Kubernetes runs on, but kmon installs with apt`,
        remedy: another,
      }),
    ];
  }
  if (!facts.apt) {
    return [finding('K-OS', 'stops', machine, { evidence: `${name} has no apt`, remedy: another })];
  }
  if (facts.virtualization === 'wsl') {
    return [
      finding('K-OS', 'stops', machine, {
        evidence: `${name} runs inside Windows (WSL)`,
        cause: 'Windows translates its address, so the other machines cannot reach it',
        remedy: `start the computer from a disk with ${WANTED}, or leave it out of kmon.yaml`,
      }),
    ];
  }
  if (base === undefined) {
    return [
      finding('K-OS', 'hurts', machine, {
        evidence: `${name} has apt, but kmon does not know its packages`,
        remedy: `go on, and use ${WANTED} if the installation fails there`,
      }),
    ];
  }
  if (base.codename === '' && base.version === '') {
    return [
      finding('K-OS', 'note', machine, {
        evidence: `${name} is made from no release of ${CALLED[base.distribution]} that kmon knows`,
        cause: 'it goes on changing, or does not tell what it is made from, so kmon is not tried on it',
        remedy: `go on, and use ${WANTED} if the installation fails there`,
      }),
    ];
  }
  if (!isOlder(base.version, PREPARED[base.distribution])) return [];
  const from =
    base.version === os.version ? '' : `: it is made from ${CALLED[base.distribution]} ${base.version}`;
  return [
    finding('K-OS', 'stops', machine, {
      evidence: `${name} is too old${from}`,
      cause: 'its packages and its kernel are older than what Kubernetes needs',
      remedy: `upgrade it to ${WANTED}`,
    }),
  ];
};

/** A release that is newer than this program has no version here. */
function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const [, first, second = '0'] = /^(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  if (first === undefined) return false;
  return Number(first) < major || (Number(first) === major && Number(second) < minor);
}

const architecture: Verdict = ({ machine, facts }, { sight: { bundle } }) => {
  const own = facts.architecture;
  if (own === '' || (bundle === undefined ? PACKAGED.includes(own) : bundle.architecture === own)) return [];
  const thirtyTwo = ['armhf', 'armel', 'i386'].includes(own) ? ' (32 bit)' : '';
  return bundle === undefined
    ? [
        finding('K-ARCH', 'stops', machine, {
          evidence: `the system is ${own}${thirtyTwo}, which there are no packages of Kubernetes for`,
          remedy: 'install the 64 bit edition of the system, or leave the machine out of kmon.yaml',
        }),
      ]
    : [
        finding('K-ARCH', 'stops', machine, {
          evidence: `the machine is ${own}${thirtyTwo}, the bundle ${bundle.architecture}`,
          remedy: `name a bundle for ${own} in kmon.yaml, or none`,
        }),
      ];
};

/**
 * Nothing is said about a machine in a container: its kernel is its host's, and what is built into that one, or loaded later there,
 * does not show from inside.
 */
const kernel: Verdict = ({ machine, facts }, { sight }): readonly Finding[] => {
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
