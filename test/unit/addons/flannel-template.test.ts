import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { flannelManifest } from '../../../src/addons/flannel/manifest.js';

const ROOM = {
  podSubnet: '10.99.0.0/16',
  cniConf: '/etc/kmon/cni',
  cniBin: '/opt/kmon/cni',
  image: 'mirror.test/flannel:v1',
  pluginImage: 'mirror.test/flannel-cni-plugin:v1',
};

const objectsOf = (text: string): readonly Manifest[] =>
  parseAllDocuments(text).map((document) => document.toJS() as Manifest);

const room = await flannelManifest(ROOM);

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template: { readonly spec: unknown } };
}

describe('the flannel manifest', () => {
  const objects = objectsOf(room);
  const config = objects.find((o) => o.kind === 'ConfigMap')?.data ?? {};

  // `kubectl diff` fails for things of a namespace that is yet to be made.
  it('holds everything flannel needs, in a namespace that is always there', () => {
    expect(objects.map((o) => `${o.metadata.namespace ?? ''}/${o.kind} ${o.metadata.name}`)).toEqual([
      'kube-system/ServiceAccount flannel',
      '/ClusterRole flannel',
      '/ClusterRoleBinding flannel',
      'kube-system/ConfigMap kube-flannel-cfg',
      'kube-system/DaemonSet kube-flannel-ds',
      'kube-system/DaemonSet kube-flannel-ds-guests',
    ]);
  });

  it('takes the pod range of the cluster', () => {
    expect(JSON.parse(config['net-conf.json'] ?? '')).toMatchObject({ Network: '10.99.0.0/16' });
  });

  it('writes a CNI configuration that is JSON', () => {
    expect(JSON.parse(config['cni-conf.json'] ?? '')).toMatchObject({
      plugins: [{ type: 'flannel' }, { type: 'portmap' }],
    });
  });

  it('takes its images from where it is told, and from nowhere else', () => {
    const images = [...JSON.stringify(objects).matchAll(/"image":"([^"]*)"/g)].map(([, image]) => image);
    expect(new Set(images)).toEqual(new Set(['mirror.test/flannel:v1', 'mirror.test/flannel-cni-plugin:v1']));
  });

  it('puts its plugin and its configuration where containerd reads them', () => {
    expect(JSON.stringify(objects)).toContain('"hostPath":{"path":"/opt/kmon/cni"}');
    expect(JSON.stringify(objects)).toContain('"hostPath":{"path":"/etc/kmon/cni"}');
  });

  it('leaves the variables of Kubernetes to Kubernetes', () => {
    expect(JSON.stringify(objects)).toContain('--iface=$(NODE_ADDRESS)');
  });

  // A node says itself that it is a guest, so that one that joins later, or goes, changes nothing here.
  it('has a daemon of its own for guests, which others send to by the address of the laptop', () => {
    const daemons = objects.filter((o) => o.kind === 'DaemonSet');
    const told = daemons.map((o) => {
      const text = JSON.stringify(o);
      return [
        o.metadata.name,
        /"matchLabels":\{"app":"([^"]*)"\}/.exec(text)?.[1],
        /"args":(\[[^\]]*\])/.exec(text)?.[1],
        /"key":"kmon\/guest","operator":"(\w+)"\}/.exec(text)?.[1],
      ];
    });
    expect(told).toEqual([
      [
        'kube-flannel-ds',
        'flannel',
        '["--ip-masq","--kube-subnet-mgr","--iface=$(NODE_ADDRESS)"]',
        'DoesNotExist',
      ],
      [
        'kube-flannel-ds-guests',
        'flannel-guests',
        '["--ip-masq","--kube-subnet-mgr","--iface-can-reach=192.0.2.1","--public-ip=$(NODE_ADDRESS)"]',
        'Exists',
      ],
    ]);
  });
});
