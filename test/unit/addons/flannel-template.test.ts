import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { renderTemplate } from '../../../src/render/render.js';

const template = readFileSync(
  new URL('../../../templates/addons/flannel/flannel.yaml', import.meta.url),
  'utf8',
);

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template: { readonly spec: unknown } };
}

describe('the flannel manifest', () => {
  const objects = parseAllDocuments(
    renderTemplate(template, {
      podSubnet: '10.99.0.0/16',
      cniConf: '/etc/kmon/cni',
      cniBin: '/opt/kmon/cni',
      image: 'mirror.test/flannel:v1',
      pluginImage: 'mirror.test/flannel-cni-plugin:v1',
    }),
  ).map((document) => document.toJS() as Manifest);
  const config = objects.find((o) => o.kind === 'ConfigMap')?.data ?? {};

  // `kubectl diff` fails for things of a namespace that is yet to be made.
  it('holds everything flannel needs, in a namespace that is always there', () => {
    expect(objects.map((o) => `${o.metadata.namespace ?? ''}/${o.kind} ${o.metadata.name}`)).toEqual([
      'kube-system/ServiceAccount flannel',
      '/ClusterRole flannel',
      '/ClusterRoleBinding flannel',
      'kube-system/ConfigMap kube-flannel-cfg',
      'kube-system/DaemonSet kube-flannel-ds',
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
});
