import { ALL, PARENT_ONLY } from './artifact.js';
import type { NeededBy } from './artifact.js';
import { CONTAINERD, HELM, KUBEADM, KUBECTL, KUBELET, LOOPBACK } from './programs.js';

/** Where programs are published as files, with their checksums. What a bundle has comes from here: a package is for one distribution. */
export interface ProgramRelease {
  readonly version: string;
  readonly url: string;
  /** What is there begins with the SHA-256 of the file. */
  readonly sumUrl: string;
  readonly programs: readonly ReleasedProgram[];
}

export interface ReleasedProgram {
  readonly name: string;
  readonly neededBy: NeededBy;
  /** `cni`: a plugin of the pod network. */
  readonly folder: 'bin' | 'cni';
  /** Its path in the published file, which is a gzipped tar; absent: it is that file. */
  readonly member?: string;
}

/** Those that do not go with the version of Kubernetes. */
export const RELEASED = {
  containerd: '2.4.2',
  plugins: '1.10.0',
  crictl: '1.37.0',
  helm: '4.1.4',
} as const;

const KUBERNETES_RELEASES = 'https://dl.k8s.io/release';
const GITHUB = 'https://github.com';

/** What is there is the newest version of that minor version, such as "v1.36.3". */
export function newestOf(minor: string): string {
  return `${KUBERNETES_RELEASES}/stable-${minor}.txt`;
}

/** Where kubeadm's own source says which images of others it asks for. Another architecture's kubeadm cannot be asked on this computer. */
export function kubeadmSource(kubernetes: string): string {
  return `https://raw.githubusercontent.com/kubernetes/kubernetes/${kubernetes}/cmd/kubeadm/app/constants/constants.go`;
}

/**
 * @param kubernetes such as "v1.36.3"
 * @param processor as Go names it
 */
export function releasesOf(kubernetes: string, processor: string): readonly ProgramRelease[] {
  const { containerd, plugins, crictl, helm } = RELEASED;
  const ofKubernetes = ({ name, neededBy }: typeof KUBEADM): ProgramRelease => {
    const url = `${KUBERNETES_RELEASES}/${kubernetes}/bin/linux/${processor}/${name}`;
    return {
      version: kubernetes,
      url,
      sumUrl: `${url}.sha256`,
      programs: [{ name, neededBy, folder: 'bin' }],
    };
  };
  // Linked with nothing, so that it runs on every distribution.
  const runtime = `${GITHUB}/containerd/containerd/releases/download/v${containerd}/containerd-static-${containerd}-linux-${processor}.tar.gz`;
  const network = `${GITHUB}/containernetworking/plugins/releases/download/v${plugins}/cni-plugins-linux-${processor}-v${plugins}.tgz`;
  const cri = `${GITHUB}/kubernetes-sigs/cri-tools/releases/download/v${crictl}/crictl-v${crictl}-linux-${processor}.tar.gz`;
  const charts = `https://get.helm.sh/helm-v${helm}-linux-${processor}.tar.gz`;
  return [
    ...[KUBEADM, KUBELET, KUBECTL].map(ofKubernetes),
    {
      version: `v${containerd}`,
      url: runtime,
      sumUrl: `${runtime}.sha256sum`,
      programs: [CONTAINERD.name, 'containerd-shim-runc-v2', 'ctr'].map((name) => ({
        ...{ name, neededBy: ALL, folder: 'bin' as const, member: `bin/${name}` },
      })),
    },
    {
      version: `v${plugins}`,
      url: network,
      sumUrl: `${network}.sha256`,
      programs: [LOOPBACK.name, 'bridge', 'ptp', 'host-local', 'portmap'].map((name) => ({
        ...{ name, neededBy: ALL, folder: 'cni' as const, member: name },
      })),
    },
    {
      version: `v${crictl}`,
      url: cri,
      sumUrl: `${cri}.sha256`,
      // For a person who looks at the parent. Before 1.32 kubeadm wants it everywhere.
      programs: [
        {
          ...{ name: 'crictl', folder: 'bin', member: 'crictl' },
          neededBy: Number(kubernetes.split('.')[1]) < 32 ? ALL : PARENT_ONLY,
        },
      ],
    },
    {
      version: `v${helm}`,
      url: charts,
      sumUrl: `${charts}.sha256sum`,
      programs: [
        { name: HELM.name, neededBy: PARENT_ONLY, folder: 'bin', member: `linux-${processor}/helm` },
      ],
    },
  ];
}
