import { DEFAULTS } from '../../../src/config/defaults.js';
import { initParent } from '../../../src/stages/cluster/init-parent.js';
import { joinChild } from '../../../src/stages/cluster/join-child.js';
import { labelNodes } from '../../../src/stages/cluster/label-nodes.js';
import { podNetwork, podRoutes } from '../../../src/stages/cluster/network.js';
import { PARENT, sampleBundle } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import { asksNodes, CA, clusterAbsent, clusterReady } from './answers.js';
import type { Scenario } from './scenario.js';
import { noting } from './stage-run.js';
import { looks } from './things.js';

const bundle = sampleBundle();
const routes = { kubernetes: { ...DEFAULTS.kubernetes, version: '1.20', network: 'routes' as const } };
const lab = { bundle, config: routes };

const parent = { name: 'pc-10', podCidr: '10.244.0.0/24', address: '192.0.2.10' };
const child = { name: 'pc-11', podCidr: '10.244.1.0/24', address: '192.0.2.11' };
const labels = { 'node-role.kubernetes.io/worker': '', 'kmon/team': 'red' };

/** kubeadm, and what follows it. */
export const CLUSTER: readonly Scenario[] = [
  {
    name: 'init-parent',
    stage: () => initParent,
    setting: { ...lab, machine: PARENT },
    bare: { parent: clusterAbsent },
    work: {
      parent: [
        ...noting,
        asks('ls -d /etc/kubernetes/manifests', '0\n'),
        asks('kubeadm version -o short', 'v1.20.2\n'),
        looks('bare'),
        does('note how file /etc/kmon/kubeadm-init.yaml was before'),
        asks('p=/etc/kmon/kubeadm-init.yaml', 'type absent\n'),
        does('write /etc/kmon/kubeadm-init.yaml'),
        does('kubeadm init'),
        ...clusterReady,
      ],
    },
    done: { parent: clusterReady },
  },
  {
    name: 'parent-network',
    stage: () => podNetwork('parent'),
    setting: { ...lab, machine: PARENT },
    bare: { parent: [asksNodes({ ...parent, ready: false }), looks('bare')] },
    work: {
      parent: [
        asks('ledger.jsonl'),
        does('note how file /etc/kmon/cni/net.d/10-kmon.conflist was before'),
        does('write /etc/kmon/cni/net.d/10-kmon.conflist'),
        looks('done'),
        asksNodes(parent),
      ],
    },
    done: { parent: [asksNodes(parent), looks('done')] },
  },
  {
    name: 'parent-network-flannel',
    stage: () => podNetwork('parent'),
    setting: { machine: PARENT },
    bare: { parent: [asks('diff --server-side', { exitCode: 1, stdout: '+' })] },
    work: {
      parent: [
        asks('ledger.jsonl'),
        asks('diff --server-side', { exitCode: 1, stdout: '+' }),
        does('apply flannel'),
        asks('diff --server-side'),
        asksNodes({ ...parent, ready: false }),
        asks('diff --server-side'),
        asksNodes(parent),
      ],
    },
    done: { parent: [asks('diff --server-side'), asksNodes(parent)] },
  },
  {
    name: 'join-child',
    stage: () => joinChild,
    setting: lab,
    bare: {
      parent: [...clusterReady, asksNodes(parent)],
      child: [asks('ls /etc/kubernetes/kubelet.conf')],
    },
    work: {
      parent: [
        asks('cat /etc/kubernetes/pki/ca.crt', CA),
        does('make a token of 10 minutes for pc-11'),
        ...clusterReady,
        asksNodes(parent, child),
        does('revoke the token of pc-11'),
      ],
      child: [
        ...noting,
        asks('ls /etc/kubernetes/kubelet.conf'),
        asks('get --raw /version', { exitCode: 1, stderr: 'error: You must be logged in to the server' }),
        asks('get --raw /version', '{"major":"1"}'),
        asks('kubeadm version -o short', 'v1.20.2\n'),
        does('kubeadm join'),
        asks('ls /etc/kubernetes/kubelet.conf', '/etc/kubernetes/kubelet.conf\n/etc/kubernetes/pki/ca.crt\n'),
      ],
    },
    done: {
      parent: [...clusterReady, asksNodes(parent, child)],
      child: [asks('ls /etc/kubernetes/kubelet.conf', '/etc/kubernetes/kubelet.conf\n')],
    },
  },
  {
    name: 'child-network',
    stage: () => podNetwork('children'),
    setting: lab,
    bare: { parent: [asksNodes(parent, { ...child, ready: false })], child: [looks('bare')] },
    work: {
      parent: [asksNodes(parent, child)],
      child: [
        asks('ledger.jsonl'),
        does('note how 3 things was before'),
        does('write /etc/kmon/cni/net.d/10-kmon.conflist'),
        does('route 10.244.0.0/24 by 192.0.2.10'),
        does('route 10.244.0.0/16 by 192.0.2.10'),
        looks('done'),
      ],
    },
    done: { parent: [asksNodes(parent, child)], child: [looks('done')] },
  },
  {
    name: 'label-nodes',
    stage: () => labelNodes,
    setting: lab,
    bare: { parent: [asksNodes(parent, child)] },
    work: {
      parent: [does('label pc-11'), asksNodes(parent, { ...child, labels })],
      child: [asks('ledger.jsonl')],
    },
    done: { parent: [asksNodes(parent, { ...child, labels })] },
  },
  {
    name: 'pod-routes',
    stage: () => podRoutes,
    setting: { ...lab, machine: PARENT },
    bare: {
      parent: [
        asksNodes(parent, child, { name: 'pc-12', podCidr: '10.244.2.0/24', address: '192.0.2.12' }),
        looks('bare'),
      ],
    },
    work: {
      parent: [
        asks('ledger.jsonl'),
        does('note how 2 things was before'),
        does('route 10.244.1.0/24 by 192.0.2.11'),
        does('route 10.244.2.0/24 by 192.0.2.12'),
        looks('done'),
      ],
    },
    done: { parent: [asksNodes(parent, child), looks('done')] },
  },
];
