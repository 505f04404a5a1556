import { kubeadmApiFor } from '../config/versions.js';
import type { KubeadmApi } from '../config/versions.js';
import { Secret } from '../shell/secret.js';
import type { TemplateValue } from './render.js';
import { renderTemplate } from './render.js';
import { readTemplate } from './templates.js';

/** What kubeadm is told about a machine, in an init and in a join. */
export interface NodeValues {
  /** As kubeadm reports its own version, such as v1.36.2; it decides the format of the file. */
  readonly version: string;
  readonly name: string;
  readonly nodeIp: string;
  /** Absolute path of the socket. */
  readonly criSocket: string;
  readonly ignorePreflight: readonly string[];
  /** What the node bears from its first moment: who is chosen by a label is there before anybody could set it. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface InitValues extends NodeValues {
  readonly advertiseAddress: string;
  /** `name:port` */
  readonly controlPlaneEndpoint: string;
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  readonly certSans: readonly string[];
  readonly cgroupDriver: 'systemd' | 'cgroupfs';
  readonly proxyMode: 'iptables' | 'nftables';
  /** Ranges of the addresses at which NodePorts answer; absent: as kube-proxy takes them by itself. */
  readonly nodePortAddresses?: readonly string[];
}

export interface JoinValues extends NodeValues {
  readonly token: Secret;
  /** Path of a kubeconfig that has the API's address and whom to trust there. */
  readonly clusterFile: string;
}

/** The file for `kubeadm init`, in the newest format that this kubeadm reads. */
export async function kubeadmInitConfig(v: InitValues): Promise<string> {
  const api = kubeadmApiFor(v.version);
  const text = renderTemplate(await readTemplate(`kubeadm/init.${api}.yaml`), {
    ...nodeTemplateValues(v, api),
    kubernetesVersion: v.version,
    advertiseAddress: v.advertiseAddress,
    controlPlaneEndpoint: v.controlPlaneEndpoint,
    podSubnet: v.podSubnet,
    serviceSubnet: v.serviceSubnet,
    certSans: v.certSans,
    cgroupDriver: v.cgroupDriver,
    proxyMode: v.proxyMode,
  });
  // The configuration of kube-proxy is the last of the file.
  return v.nodePortAddresses === undefined
    ? text
    : `${text}nodePortAddresses: ${JSON.stringify(v.nodePortAddresses)}\n`;
}

/** The file for `kubeadm join`. It holds the token and is therefore a secret as a whole. */
export async function kubeadmJoinConfig(v: JoinValues): Promise<Secret> {
  const api = kubeadmApiFor(v.version);
  return new Secret(
    renderTemplate(await readTemplate(`kubeadm/join.${api}.yaml`), {
      ...nodeTemplateValues(v, api),
      token: v.token.reveal(),
      clusterFile: v.clusterFile,
    }),
    [v.token],
  );
}

function nodeTemplateValues(v: NodeValues, api: KubeadmApi): Record<string, TemplateValue> {
  const labels = Object.entries(v.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const args = { 'node-ip': v.nodeIp, ...(labels.length === 0 ? {} : { 'node-labels': labels.join(',') }) };
  return {
    name: v.name,
    // From v1beta4 on extra arguments are lists.
    kubeletArgs: api === 'v1beta3' ? args : Object.entries(args).map(([name, value]) => ({ name, value })),
    criSocket: `unix://${v.criSocket}`,
    ignorePreflight: v.ignorePreflight,
  };
}
