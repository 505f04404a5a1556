import { findMinor } from '../config/versions.js';
import type { MachineContext, Stage } from '../engine/stage.js';
import { satisfied } from '../engine/stage.js';
import { aptSource } from '../resources/apt-source.js';
import { packages } from '../resources/packages.js';
import type { Resource } from '../resources/resource.js';

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
  resources: async (m) => [...sources(m), packages({ names: wanted(m) })],
  probe: async () => satisfied('all there'),
  outline: () => [],
  apply: async () => {},
};

function wanted(m: MachineContext): readonly string[] {
  const routes = m.config.kubernetes.network === 'routes' ? ['containernetworking-plugins'] : [];
  const kubernetes = m.bundle === undefined ? ['kubeadm', 'kubelet', 'kubectl', 'kubernetes-cni'] : [];
  const helm = m.bundle === undefined && m.machine.role === 'parent' ? ['helm'] : [];
  return [...SYSTEM, ...containerd(m), ...routes, ...kubernetes, ...helm].toSorted();
}

/** The program only: Docker's package when the owner has it, or when the distribution's is too old; otherwise the distribution's. */
function containerd(m: MachineContext): readonly string[] {
  if (m.facts.ledgerEntries === 0 && m.facts.versions['containerd'] !== undefined) return [];
  return needsNewContainerd(m) ? ['containerd.io'] : ['containerd'];
}

function needsNewContainerd(m: MachineContext): boolean {
  return findMinor(m.config.kubernetes.version)?.containerdMajor === 2;
}

function sources(m: MachineContext): readonly Resource[] {
  if (m.bundle !== undefined) return [];
  const { version } = m.config.kubernetes;
  const kubernetes = `https://pkgs.k8s.io/core:/stable:/v${version}/deb/`;
  const distribution = m.facts.os.id === 'ubuntu' ? 'ubuntu' : 'debian';
  return [
    aptSource({ name: 'kubernetes', line: `${kubernetes} /`, key: `${kubernetes}Release.key` }),
    ...(needsNewContainerd(m)
      ? [
          aptSource({
            name: 'docker',
            line: `https://download.docker.com/linux/${distribution} ${m.facts.os.codename} stable`,
            key: `https://download.docker.com/linux/${distribution}/gpg`,
          }),
        ]
      : []),
    ...(m.machine.role === 'parent'
      ? [
          aptSource({
            name: 'helm',
            line: 'https://packages.buildkite.com/helm-linux/helm-debian/any/ any main',
            key: 'https://packages.buildkite.com/helm-linux/helm-debian/gpgkey',
          }),
        ]
      : []),
  ];
}
