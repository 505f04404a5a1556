import { findMinor } from '../config/versions.js';
import { ALL } from './artifact.js';
import type { AptPackage } from './artifact.js';
import { isNeeded } from './need.js';
import type { Need } from './need.js';
import { CONTAINERD, LOOPBACK, PROGRAMS } from './programs.js';

/** What kubeadm's preflight and the kubelet call on every machine, and what the pod network needs. */
const SYSTEM: readonly AptPackage[] = [
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
].map((name) => ({ kind: 'package', name, neededBy: ALL }));

const CNI_PLUGINS: readonly AptPackage[] = [
  LOOPBACK.package,
  { kind: 'package', name: 'kubernetes-cni', neededBy: ALL, source: 'kubernetes' },
];

/** Docker's, which is of the second major version on every system. */
export const DOCKERS_CONTAINERD: AptPackage = {
  kind: 'package',
  name: 'containerd.io',
  neededBy: ALL,
  source: 'docker',
};

/** All but containerd, of which a machine needs one or the other. */
export const PACKAGES: readonly AptPackage[] = [...SYSTEM, ...CNI_PLUGINS, ...PROGRAMS.map((p) => p.package)];

/** What a machine that comes with nothing needs, but for containerd. */
export function packagesFor(need: Need): readonly AptPackage[] {
  return PACKAGES.filter((p) => isNeeded(p, need));
}

/** The distribution's containerd, or Docker's where that is too old for this Kubernetes. */
export function containerdFor({ version }: Need): AptPackage {
  return findMinor(version)?.containerdMajor === 2 ? DOCKERS_CONTAINERD : CONTAINERD.package;
}
