import { findMinor } from '../../config/versions.js';
import type { MachineContext, Stage } from '../../engine/stage.js';
import { satisfied } from '../../engine/stage.js';
import type { OsBase } from '../../facts/facts.js';
import { aptSource } from '../../resources/apt-source.js';
import type { AptSourceParams } from '../../resources/apt-source.js';
import { packages } from '../../resources/packages.js';
import type { Resource } from '../../resources/resource.js';
import { targets } from '../../resources/targets.js';
import { reads } from '../../shell/command.js';

/** What kubeadm's preflight and the kubelet call on every machine, and what the pod network needs. */
const SYSTEM = ['conntrack', 'ebtables', 'ethtool', 'iptables', 'iproute2', 'mount', 'socat', 'util-linux'];

/**
 * Installs what is missing with the machine's own package manager. Which packages were not there before is in the ledger; exactly
 * these are purged at teardown. Services that packages would start by themselves stay off: kmon has units of its own.
 */
export const installPackages: Stage = {
  id: 'packages',
  title: 'Install packages',
  after: ['check'],
  on: 'all',
  settleMs: 0,
  notes: () => [targets()],
  resources: async (m) => [...sources(m), packages({ names: await wanted(m) })],
  probe: async () => satisfied('all there'),
  outline: () => [],
  apply: async () => {},
};

async function wanted(m: MachineContext): Promise<readonly string[]> {
  const routes = m.config.kubernetes.network === 'routes' ? ['containernetworking-plugins'] : [];
  const kubernetes = m.bundle === undefined ? ['kubeadm', 'kubelet', 'kubectl', 'kubernetes-cni'] : [];
  const helm = m.bundle === undefined && m.machine.role === 'parent' ? ['helm'] : [];
  return [...SYSTEM, ...(await containerd(m)), ...routes, ...kubernetes, ...helm].toSorted();
}

/**
 * The program only: the distribution's, or Docker's where that is too old or the owner has Docker's already. Told by the package and not by
 * the program, which is there on the second run whoever brought it.
 */
async function containerd(m: MachineContext): Promise<readonly string[]> {
  if (needsNewContainerd(m)) return ['containerd.io'];
  const docker = await m.run.query(
    reads`dpkg-query -W -f ${'${db:Status-Status}'} containerd.io 2>/dev/null || true`,
  );
  return docker.stdout.trim() === 'installed' ? [] : ['containerd'];
}

function needsNewContainerd(m: MachineContext): boolean {
  return findMinor(m.config.kubernetes.version)?.containerdMajor === 2;
}

function sources(m: MachineContext): readonly Resource[] {
  return m.bundle === undefined ? packageSources(m).map(aptSource) : [];
}

/** The sources of packages that this machine needs beside its own when there is no bundle. */
export function packageSources(m: MachineContext): readonly AptSourceParams[] {
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
