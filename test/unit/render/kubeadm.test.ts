import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { kubeadmInitConfig, kubeadmJoinConfig } from '../../../src/render/kubeadm.js';
import { Secret } from '../../../src/shell/secret.js';

const node = {
  name: 'on',
  nodeIp: '192.168.1.10',
  criSocket: '/run/kmon-containerd/containerd.sock',
  ignorePreflight: ['Swap'],
};
const cluster = {
  advertiseAddress: '192.168.1.10',
  controlPlaneEndpoint: 'kmon-parent:6443',
  podSubnet: '10.244.0.0/16',
  serviceSubnet: '10.96.0.0/12',
  certSans: ['kmon-parent', '192.168.1.10'],
  cgroupDriver: 'systemd' as const,
  proxyMode: 'nftables' as const,
};
const discovery = {
  token: new Secret('abcdef.0123456789abcdef'),
  clusterFile: '/run/cluster.conf',
};

const FORMATS = [
  ['v1.28.15', 'v1beta3', 'map'],
  ['v1.30.0', 'v1beta3', 'map'],
  ['v1.31.0', 'v1beta4', 'list'],
  ['v1.37.0', 'v1beta4', 'list'],
] as const;

type Tree = Readonly<Record<string, unknown>>;
const read = (text: string): readonly Tree[] =>
  parseAllDocuments(text, { version: '1.1' }).map((d) => {
    expect(d.errors).toEqual([]);
    return d.toJS() as Tree;
  });
const args = (kind: 'map' | 'list', values: Record<string, string>): unknown =>
  kind === 'map' ? values : Object.entries(values).map(([name, value]) => ({ name, value }));

describe.each(FORMATS)('kubeadm %s', (version, api, kind) => {
  const registration = {
    name: 'on',
    criSocket: 'unix:///run/kmon-containerd/containerd.sock',
    ignorePreflightErrors: ['Swap'],
    kubeletExtraArgs: args(kind, { 'node-ip': '192.168.1.10' }),
  };

  it('has NodePorts answer in the networks that it is told', async () => {
    const [, , , plain] = read(await kubeadmInitConfig({ version, ...node, ...cluster }));
    const given = { version, ...node, ...cluster, nodePortAddresses: ['10.0.2.0/24'] };
    const [, , , proxy] = read(await kubeadmInitConfig(given));
    expect(plain).not.toHaveProperty('nodePortAddresses');
    expect(proxy).toEqual({ ...plain, nodePortAddresses: ['10.0.2.0/24'] });
  });

  it('has a node bear labels from its first moment', async () => {
    const labels = { 'kmon/guest': 'true', 'kmon/team': 'red' };
    const files = [
      await kubeadmInitConfig({ version, ...node, ...cluster, labels }),
      (await kubeadmJoinConfig({ version, ...node, ...discovery, labels })).reveal(),
    ];
    const told = { 'node-ip': '192.168.1.10', 'node-labels': 'kmon/guest=true,kmon/team=red' };
    for (const file of files)
      expect(read(file)[0]).toMatchObject({ nodeRegistration: { kubeletExtraArgs: args(kind, told) } });
  });

  it('inits', async () => {
    const [init, clusterConfig, kubelet, proxy, ...rest] = read(
      await kubeadmInitConfig({ version, ...node, ...cluster }),
    );
    expect(rest).toEqual([]);
    expect(init).toEqual({
      apiVersion: `kubeadm.k8s.io/${api}`,
      kind: 'InitConfiguration',
      bootstrapTokens: [
        {
          ttl: '1m0s',
          usages: ['signing', 'authentication'],
          groups: ['system:bootstrappers:kubeadm:default-node-token'],
        },
      ],
      localAPIEndpoint: { advertiseAddress: '192.168.1.10', bindPort: 6443 },
      nodeRegistration: registration,
    });
    expect(clusterConfig).toEqual({
      apiVersion: `kubeadm.k8s.io/${api}`,
      kind: 'ClusterConfiguration',
      kubernetesVersion: version,
      controlPlaneEndpoint: 'kmon-parent:6443',
      networking: { podSubnet: '10.244.0.0/16', serviceSubnet: '10.96.0.0/12' },
      apiServer: { certSANs: ['kmon-parent', '192.168.1.10'] },
      controllerManager: { extraArgs: args(kind, { 'bind-address': '0.0.0.0' }) },
      scheduler: { extraArgs: args(kind, { 'bind-address': '0.0.0.0' }) },
      etcd: {
        local: {
          extraArgs: args(kind, { 'listen-metrics-urls': 'http://127.0.0.1:2381,http://192.168.1.10:2381' }),
        },
      },
    });
    expect(kubelet).toEqual({
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      cgroupDriver: 'systemd',
      failSwapOn: false,
      // Known from 1.31 on; older kubelets serve cgroup v1 unasked, and refuse a field that they do not know.
      ...(api === 'v1beta4' ? { failCgroupV1: false } : {}),
      evictionHard: {
        'memory.available': '100Mi',
        'nodefs.available': '1Gi',
        'nodefs.inodesFree': '2%',
        'imagefs.available': '1Gi',
        'imagefs.inodesFree': '2%',
      },
      imageGCHighThresholdPercent: 100,
    });
    expect(proxy).toEqual({
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      mode: 'nftables',
      metricsBindAddress: '0.0.0.0:10249',
      conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    });
  });

  it('joins, with the whole file as a secret', async () => {
    const file = await kubeadmJoinConfig({ version, ...node, ...discovery });
    expect(String(file)).toBe('***');
    expect(read(file.reveal())).toEqual([
      {
        apiVersion: `kubeadm.k8s.io/${api}`,
        kind: 'JoinConfiguration',
        discovery: {
          file: { kubeConfigPath: '/run/cluster.conf' },
          tlsBootstrapToken: 'abcdef.0123456789abcdef',
        },
        nodeRegistration: registration,
      },
    ]);
  });
});

it('keeps an empty list of checks a list', async () => {
  const [init] = read(
    await kubeadmInitConfig({ version: 'v1.36.0', ...node, ...cluster, ignorePreflight: [] }),
  );
  expect(init).toMatchObject({ nodeRegistration: { ignorePreflightErrors: [] } });
});

it('refuses a kubeadm that kmon cannot drive', async () => {
  await expect(kubeadmInitConfig({ version: 'v1.40.0', ...node, ...cluster })).rejects.toMatchObject({
    code: 'precondition',
  });
});
