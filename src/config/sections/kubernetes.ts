import { z } from 'zod';
import { choice, matching, oneOf, optional, subnet } from '../kinds.js';
import { DEFAULT_VERSION, MINORS, SUPPORTED_VERSIONS } from '../versions.js';

/** Every pod network that there is; an add-on of the same name makes it. */
export const POD_NETWORKS = ['flannel', 'routes', 'vxlan'] as const;

export type PodNetwork = (typeof POD_NETWORKS)[number];

/** What kmon.yaml says of it. `auto`: what the cluster has, else the first that would work by what is tried between the machines. */
export type NetworkChoice = PodNetwork | 'auto';

export interface KubernetesConfig<N extends NetworkChoice = PodNetwork> {
  /** Minor version, such as "1.36". */
  readonly version: string;
  readonly network: N;
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  /** How kube-proxy makes its packet rules; absent: by what the version and the kernels of the machines allow. */
  readonly proxyMode?: 'iptables' | 'nftables';
  /** Names of kubeadm's own preflight checks to pass over; empty on real computers. */
  readonly ignorePreflight: readonly string[];
}

export const KUBERNETES: KubernetesConfig = {
  version: DEFAULT_VERSION,
  network: 'flannel',
  podSubnet: '10.244.0.0/16',
  serviceSubnet: '10.96.0.0/12',
  ignorePreflight: [],
};

/** `kubernetes`: what kubeadm sets up. */
export const kubernetes = z.strictObject(
  {
    version: optional(
      oneOf(
        `a minor version in quotes that kmon can set up, such as "1.36": ${SUPPORTED_VERSIONS}`,
        MINORS.map((m) => m.version),
      ),
      'Minor version, in quotes (YAML makes 1.3 of 1.30).',
      KUBERNETES.version,
    ),
    network: optional(
      choice(...POD_NETWORKS, 'auto'),
      'Pod network. flannel: an overlay, needs its image; routes: no image, all machines on one LAN; vxlan: an overlay without an image; auto: what the cluster has, else the first of routes, vxlan and flannel that works between the machines, as `kmon init-parent` and `kmon up` try it (flannel passes where vxlan passes, so in practice one of the first two).',
      KUBERNETES.network,
    ),
    // A node gets a /24 of it, and kubeadm refuses more than 2^16 nodes.
    podSubnet: optional(
      subnet('a range from /8 to /24 with nothing set behind its prefix, such as 10.244.0.0/16', 8, 24),
      "Addresses of pods; a /24 a machine. Must not meet the room's network.",
      KUBERNETES.podSubnet,
    ),
    // The API server takes no range larger than /12; kubeadm none with fewer than ten addresses.
    serviceSubnet: optional(
      subnet('a range from /12 to /28 with nothing set behind its prefix, such as 10.96.0.0/12', 12, 28),
      "Addresses of services. Must not meet the room's network.",
      KUBERNETES.serviceSubnet,
    ),
    proxyMode: optional(
      choice('iptables', 'nftables'),
      'How kube-proxy makes its packet rules. Default: nftables where the version calls it stable and no machine that `kmon init-parent` or `kmon up` sees has a kernel older than 5.13.',
    ),
    ignorePreflight: optional(
      z.array(matching('the name of a kubeadm preflight check, such as Swap', /^[A-Za-z][A-Za-z0-9._-]*$/), {
        error: 'a list of names of kubeadm preflight checks',
      }),
      'kubeadm checks to pass over; better none.',
      KUBERNETES.ignorePreflight,
    ),
  },
  { error: 'a map such as {version: "1.36"}' },
);

export function kubernetesOf(written: z.output<typeof kubernetes> = {}): KubernetesConfig<NetworkChoice> {
  return {
    version: written.version ?? KUBERNETES.version,
    network: written.network ?? KUBERNETES.network,
    podSubnet: written.podSubnet ?? KUBERNETES.podSubnet,
    serviceSubnet: written.serviceSubnet ?? KUBERNETES.serviceSubnet,
    ...(written.proxyMode === undefined ? {} : { proxyMode: written.proxyMode }),
    ignorePreflight: written.ignorePreflight ?? KUBERNETES.ignorePreflight,
  };
}
