import { findProgram } from '../../bundle/parts.js';
import { findMinor } from '../../config/versions.js';
import type { Context, Stage } from '../../engine/stage.js';
import { satisfied } from '../../engine/stage.js';
import type { OsBase } from '../../facts/facts.js';
import { aptSource } from '../../resources/apt-source.js';
import type { AptSourceParams } from '../../resources/apt-source.js';
import { packages } from '../../resources/packages.js';
import type { Resource } from '../../resources/resource.js';
import { targets } from '../../resources/targets.js';
import { reads } from '../../shell/command.js';
import { CHECKED } from './check.js';

/** What kubeadm's preflight and the kubelet call on every machine, and what the pod network needs. */
const SYSTEM = [
  'conntrack',
  'ebtables',
  'ethtool',
  'iptables',
  'iproute2',
  'mount',
  // Not for kube-proxy, whose image has its own: without it nobody could take away at teardown what kube-proxy left.
  'nftables',
  'socat',
  'util-linux',
];

export interface PackagesSeen {
  /** The owner has containerd out of Docker's packages. */
  readonly dockersContainerd: boolean;
}

/**
 * Installs what is missing with the machine's own package manager. Which packages were not there before is in the ledger; exactly
 * these are purged at teardown. Services that packages would start by themselves stay off: kmon has units of its own.
 */
export const installPackages: Stage<PackagesSeen> = {
  id: 'packages',
  title: 'Install packages',
  after: CHECKED,
  on: 'all',
  settleMs: 0,
  notes: () => [targets()],
  look: async (m) => ({ dockersContainerd: !needsNewContainerd(m) && (await hasDockersContainerd(m)) }),
  foresee: () => ({ dockersContainerd: false }),
  judge: () => satisfied('all there'),
  resources: (seen, m) => [...sources(m), packages({ names: wanted(m, seen) })],
};

function wanted(m: Context, seen: PackagesSeen): readonly string[] {
  const routes =
    m.config.kubernetes.network === 'routes' && findProgram(m.bundle, 'loopback') === undefined
      ? ['containernetworking-plugins']
      : [];
  const kubernetes = m.bundle === undefined ? ['kubeadm', 'kubelet', 'kubectl', 'kubernetes-cni'] : [];
  const helm = m.bundle === undefined && m.machine.role === 'parent' ? ['helm'] : [];
  return [...SYSTEM, ...containerd(m, seen), ...routes, ...kubernetes, ...helm].toSorted();
}

/**
 * The program only: the distribution's, or Docker's where that is too old or the owner has Docker's already. With a bundle no source is
 * added: what it does not bring is the distribution's, which is runc alone when it brings containerd (Docker's package has runc in it). Told
 * by the package and not by the program, which is there on the second run whoever brought it.
 */
function containerd(m: Context, { dockersContainerd }: PackagesSeen): readonly string[] {
  if (needsNewContainerd(m)) return ['containerd.io'];
  if (dockersContainerd) return [];
  return [findProgram(m.bundle, 'containerd') === undefined ? 'containerd' : 'runc'];
}

async function hasDockersContainerd(m: Context): Promise<boolean> {
  const docker = await m.run.query(
    reads`dpkg-query -W -f ${'${db:Status-Status}'} containerd.io 2>/dev/null || true`,
  );
  return docker.stdout.trim() === 'installed';
}

function needsNewContainerd(m: Context): boolean {
  return m.bundle === undefined && findMinor(m.config.kubernetes.version)?.containerdMajor === 2;
}

function sources(m: Context): readonly Resource[] {
  return m.bundle === undefined ? packageSources(m).map(aptSource) : [];
}

/** The sources of packages that this machine needs beside its own when there is no bundle. */
export function packageSources(m: Context): readonly AptSourceParams[] {
  const { version } = m.config.kubernetes;
  const kubernetes = `https://pkgs.k8s.io/core:/stable:/v${version}/deb/`;
  const { distribution, codename } = dockerSuite(m.facts.os.base);
  return [
    { name: 'kubernetes', line: `${kubernetes} /`, key: `${kubernetes}Release.key` },
    ...(needsNewContainerd(m)
      ? [
          {
            name: 'docker',
            line: `https://download.docker.com/linux/${distribution} ${codename} stable`,
            key: `https://download.docker.com/linux/${distribution}/gpg`,
          },
        ]
      : []),
    ...(m.machine.role === 'parent'
      ? [
          {
            name: 'helm',
            line: 'https://packages.buildkite.com/helm-linux/helm-debian/any/ any main',
            key: 'https://packages.buildkite.com/helm-linux/helm-debian/gpgkey',
          },
        ]
      : []),
  ];
}

/** Docker has packages for releases. What is made from none has newer libraries than the newest of these, for which they were made. */
const NEWEST = { debian: 'trixie', ubuntu: 'noble' } as const;

function dockerSuite(base: OsBase | undefined): Pick<OsBase, 'distribution' | 'codename'> {
  const { distribution, codename } = base ?? { distribution: 'debian', codename: '' };
  return { distribution, codename: codename === '' ? NEWEST[distribution] : codename };
}
