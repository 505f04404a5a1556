import { KmonError } from '../errors/kmon-error.js';

/** The formats of kubeadm's config file that kmon writes. */
export type KubeadmApi = 'v1beta3' | 'v1beta4';

/** What a minor version of Kubernetes asks of kmon and of a machine. */
export interface KubernetesMinor {
  /** Such as "1.36". */
  readonly version: string;
  readonly kubeadmApi: KubeadmApi;
  /** Oldest major version of containerd that the kubelet accepts. */
  readonly containerdMajor: 1 | 2;
  /**
   * Whether the kubelet starts on a machine with cgroup v1: by itself, only when it is told to (`failCgroupV1: false`) and kubeadm is told
   * to overlook it (`SystemVerification`), or not any more.
   */
  readonly cgroupV1: 'yes' | 'when-told' | 'dropped';
  /** How kube-proxy makes the packet rules where the kernel can: by `nftables` from the release on that calls it stable. */
  readonly proxyMode: 'iptables' | 'nftables';
}

/** Used when kmon.yaml names no version. */
export const DEFAULT_VERSION = '1.36';

/**
 * The minor versions that kmon can set up, oldest first: those that there are packages of. Each minor is listed because somebody looked at
 * its kubeadm.
 */
export const MINORS: readonly KubernetesMinor[] = [28, 29, 30, 31, 32, 33, 34, 35, 36, 37].map((minor) => ({
  version: `1.${minor}`,
  // 1.31 began to write v1beta4; 1.37 refuses v1beta3.
  kubeadmApi: minor <= 30 ? 'v1beta3' : 'v1beta4',
  // 1.35 is the last release for containerd 1.x, and the first that refuses cgroup v1 unless told otherwise (failCgroupV1). No release
  // is known yet that has dropped it.
  containerdMajor: minor >= 36 ? 2 : 1,
  cgroupV1: minor < 35 ? 'yes' : 'when-told',
  proxyMode: minor < 33 ? 'iptables' : 'nftables',
}));

/** For people: which versions kmon can set up. */
export const SUPPORTED_VERSIONS = `${MINORS.at(0)?.version ?? ''} to ${MINORS.at(-1)?.version ?? ''}`;

/**
 * A minor version by any spelling of it: "1.36", "1.36.2", "v1.36.2-rc.1". `undefined` when it is no version or not one kmon can set up.
 */
export function findMinor(version: string): KubernetesMinor | undefined {
  const found = /^v?(1\.\d+)(?:[.+-].*)?$/.exec(version)?.[1];
  return MINORS.find((m) => m.version === found);
}

/**
 * The config format for the version a kubeadm reports about itself.
 *
 * @throws KmonError `precondition` when kmon cannot drive this kubeadm.
 */
export function kubeadmApiFor(reported: string): KubeadmApi {
  const minor = findMinor(reported);
  if (minor === undefined) {
    throw new KmonError('precondition', `kubeadm ${reported} is not one that kmon can drive`, {
      hint: `use Kubernetes ${SUPPORTED_VERSIONS}`,
    });
  }
  return minor.kubeadmApi;
}
