import { bundleSupply } from '../../../src/artifacts/bundle-supply.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { initParent } from '../../../src/stages/cluster/init-parent.js';
import { joinChild } from '../../../src/stages/cluster/join-child.js';
import { labelNodes } from '../../../src/stages/cluster/label-nodes.js';
import { stageOf } from './addon-stages.js';
import { nodeRoute, peerRoutes, podNetwork } from '../../../src/stages/cluster/pod-network.js';
import { ready } from '../../../src/stages/cluster/ready.js';
import type { Bundle } from '../../../src/bundle/bundle.js';
import { kubeadmNode } from '../../../src/resources/kubeadm-node.js';
import { CONTAINERD } from '../../../src/tools/containerd.js';
import { inner } from '../../support/guest-facts.js';
import { CHILD, OTHER, PARENT, sampleBundle } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import { asksNodes, CA, clusterAbsent, clusterReady } from './answers.js';
import type { Scenario } from './scenario.js';
import { ledgerOf } from './scenarios-teardown.js';
import { noting } from './stage-run.js';
import { looks } from './things.js';

const bundle = sampleBundle();
const routes = { kubernetes: { ...DEFAULTS.kubernetes, version: '1.36', network: 'routes' as const } };
const lab = { bundle, config: routes };

/** The ledger of a machine that was no node before kubeadm began on it. */
export function nodeLedger(of: Bundle): string {
  const binDir = bundleSupply(of).programFolder;
  const thing = kubeadmNode({ binDir, criSocket: CONTAINERD.socket, runtimeUnit: CONTAINERD.unit });
  return ledgerOf([thing, { traces: [], pods: 0, data: [], foreign: false }]);
}

const parent = { name: 'pc-10', podCidr: '10.244.0.0/24', address: '192.0.2.10' };
const child = { name: 'pc-11', podCidr: '10.244.1.0/24', address: '192.0.2.11' };
const GUEST = { ...CHILD, guest: true } as const;
const ofGuest = {
  bundle,
  machine: GUEST,
  facts: inner(),
  config: {
    room: { name: 'atelier-1', parent: PARENT, children: [GUEST, OTHER], observed: [] },
    kubernetes: { ...routes.kubernetes, network: 'vxlan' as const },
  },
};
const overlay = { bundle, config: { kubernetes: { ...routes.kubernetes, network: 'vxlan' as const } } };

/** What makes the pod network again when the machine starts. */
const atBoot = [
  does('write /etc/systemd/system/kmon-pod-network.service'),
  does('enable kmon-pod-network.service'),
];
const labels = { 'node-role.kubernetes.io/worker': '', 'kmon/team': 'red' };

const other = { name: 'pc-12', podCidr: '10.244.2.0/24', address: '192.0.2.12' };

/** kubeadm, and what follows it. */
export const CLUSTER: readonly Scenario[] = [
  {
    name: 'init-parent',
    stage: () => initParent,
    setting: { ...lab, machine: PARENT },
    bare: {
      parent: [
        ...clusterAbsent,
        asks('ls -d /etc/kubernetes/manifests', '0\n'),
        asks('kubeadm version -o short', 'v1.36.3\n'),
        looks('bare'),
      ],
    },
    inferred: { parent: [looks('bare')] },
    work: {
      parent: [
        ...noting,
        does('write /etc/kmon/kubeadm-init.yaml'),
        looks('done'),
        does('kubeadm init'),
        ...clusterReady,
        ...clusterReady,
      ],
    },
    half: {
      bare: {
        parent: [
          ...clusterAbsent,
          asks('ls -d /etc/kubernetes/manifests', '7\n'),
          asks('ledger.jsonl', nodeLedger(bundle)),
          asks('cd /etc/kubernetes', 'trace /etc/kubernetes/manifests/etcd.yaml\n'),
          asks('kubeadm version -o short', 'v1.36.3\n'),
          looks('done'),
        ],
      },
      work: {
        parent: [
          does('undo a half-done init'),
          does("take the rules of that cluster's kube-proxy away"),
          does('kubeadm init'),
          ...clusterReady,
          ...clusterReady,
        ],
      },
    },
    done: { parent: clusterReady },
  },
  {
    name: 'pod-network-parent',
    stage: () => podNetwork,
    setting: { ...lab, machine: PARENT },
    bare: { parent: [asksNodes({ ...parent, ready: false }), looks('bare')] },
    inferred: { parent: [looks('bare')] },
    work: {
      parent: [
        asks('ledger.jsonl'),
        does('note how 5 things was before'),
        does('write /etc/kmon/cni/net.d/10-kmon.conflist'),
        does('refuse packets for pods that are gone'),
        does('keep the pod network for the next start'),
        ...atBoot,
        looks('done'),
      ],
    },
    done: { parent: [asksNodes(parent), looks('done')] },
  },
  {
    name: 'flannel',
    stage: () => stageOf('flannel'),
    setting: { machine: PARENT },
    bare: { parent: [asks('diff --server-side', { exitCode: 1, stdout: '+' })] },
    work: { parent: [asks('ledger.jsonl'), does('apply flannel')] },
    done: { parent: [asks('diff --server-side')] },
  },
  {
    name: 'join-child',
    stage: () => joinChild,
    setting: lab,
    bare: {
      parent: [...clusterReady, asksNodes(parent), asks('cat /etc/kubernetes/pki/ca.crt', CA)],
      child: [asks('ls /etc/kubernetes/kubelet.conf'), asks('kubeadm version -o short', 'v1.36.3\n')],
    },
    work: {
      parent: [
        does('make a token of 10 minutes for pc-11'),
        ...clusterReady,
        asksNodes(parent, child),
        does('revoke the token of pc-11'),
      ],
      child: [
        ...noting,
        asks('get --raw /version', { exitCode: 1, stderr: 'error: You must be logged in to the server' }),
        asks('get --raw /version', '{"major":"1"}'),
        does('kubeadm join'),
        does('start the kubelet again, with its certificate'),
        asks('ls /etc/kubernetes/kubelet.conf', '/etc/kubernetes/kubelet.conf\n/etc/kubernetes/pki/ca.crt\n'),
      ],
    },
    half: {
      bare: {
        parent: [...clusterReady, asksNodes(parent), asks('cat /etc/kubernetes/pki/ca.crt', CA)],
        child: [
          asks('ls /etc/kubernetes/kubelet.conf', '/etc/kubernetes/bootstrap-kubelet.conf\n'),
          asks('ledger.jsonl', nodeLedger(bundle)),
          asks('cd /etc/kubernetes', 'trace /etc/kubernetes/bootstrap-kubelet.conf\n'),
          asks('kubeadm version -o short', 'v1.36.3\n'),
        ],
      },
      work: {
        parent: [
          does('forget the old node of pc-11'),
          does('make a token of 10 minutes for pc-11'),
          ...clusterReady,
          asksNodes(parent, child),
          does('revoke the token of pc-11'),
        ],
        child: [
          does('undo a half-done join'),
          does("take the rules of that cluster's kube-proxy away"),
          asks('get --raw /version', '{"major":"1"}'),
          does('kubeadm join'),
          does('start the kubelet again, with its certificate'),
          asks('ls /etc/kubernetes/kubelet.conf', '/etc/kubernetes/kubelet.conf\n'),
        ],
      },
    },
    done: {
      parent: [...clusterReady, asksNodes(parent, child)],
      child: [asks('ls /etc/kubernetes/kubelet.conf', '/etc/kubernetes/kubelet.conf\n')],
    },
  },
  {
    name: 'pod-network-child',
    stage: () => podNetwork,
    setting: lab,
    bare: { parent: [asksNodes(parent, { ...child, ready: false })], child: [looks('bare')] },
    inferred: { child: [looks('bare')] },
    work: {
      child: [
        asks('ledger.jsonl'),
        does('note how 6 things was before'),
        does('write /etc/kmon/cni/net.d/10-kmon.conflist'),
        does('refuse packets for pods that are gone'),
        does('route to all pods by pc-10'),
        does('keep the pod network for the next start'),
        ...atBoot,
        looks('done'),
      ],
    },
    done: { parent: [asksNodes(parent, child)], child: [looks('done')] },
  },
  {
    name: 'node-route',
    stage: () => nodeRoute,
    setting: lab,
    bare: { parent: [asksNodes(parent, child), looks('bare')] },
    inferred: { parent: [looks('bare')] },
    work: {
      parent: [
        asks('ledger.jsonl'),
        does('note how 2 things was before'),
        does('route to the pods of pc-11'),
        does('keep the way to pc-11 for the next start'),
        looks('done'),
      ],
    },
    done: { parent: [asksNodes(parent, child), looks('done')] },
  },
  {
    name: 'peer-routes',
    stage: () => peerRoutes,
    setting: lab,
    bare: { parent: [asksNodes(parent, child, other)], child: [looks('bare')] },
    inferred: { child: [looks('bare')] },
    work: {
      child: [
        asks('ledger.jsonl'),
        does('note how 2 things was before'),
        does('route to the pods of pc-12'),
        does('keep the ways to the others for the next start'),
        looks('done'),
      ],
    },
    done: { parent: [asksNodes(parent, child, other)], child: [looks('done')] },
  },
  {
    name: 'pod-network-vxlan',
    stage: () => podNetwork,
    setting: overlay,
    bare: { parent: [asksNodes(parent, { ...child, ready: false })], child: [looks('bare')] },
    inferred: { child: [looks('bare')] },
    work: {
      child: [
        asks('ledger.jsonl'),
        does('note how 8 things was before'),
        does('write /etc/kmon/cni/net.d/10-kmon.conflist'),
        does('make the overlay device kmon-vxlan'),
        does('refuse packets for pods that are gone'),
        does('tell the overlay where pc-10 is'),
        does('route to all pods by pc-10'),
        does('keep the pod network for the next start'),
        ...atBoot,
        looks('done'),
      ],
    },
    done: { parent: [asksNodes(parent, child)], child: [looks('done')] },
  },
  {
    name: 'pod-network-of-guest',
    stage: () => podNetwork,
    setting: ofGuest,
    bare: { parent: [asksNodes(parent, { ...child, ready: false })], child: [looks('bare')] },
    inferred: { child: [looks('bare')] },
    work: {
      child: [
        asks('ledger.jsonl'),
        does('note how 10 things was before'),
        does('lead what is forwarded to port 9100 to who listens there'),
        does('keep the door to the exporter for the next start'),
        does('write /etc/kmon/cni/net.d/10-kmon.conflist'),
        does('make the overlay device kmon-vxlan'),
        does('refuse packets for pods that are gone'),
        does('tell the overlay where pc-10 is'),
        does('route to all pods by pc-10'),
        does('keep the pod network for the next start'),
        ...atBoot,
        looks('done'),
      ],
    },
    done: { parent: [asksNodes(parent, child)], child: [looks('done')] },
  },
  {
    name: 'node-route-vxlan',
    stage: () => nodeRoute,
    setting: overlay,
    bare: { parent: [asksNodes(parent, child), looks('bare')] },
    inferred: { parent: [looks('bare')] },
    work: {
      parent: [
        asks('ledger.jsonl'),
        does('note how 3 things was before'),
        does('tell the overlay where pc-11 is'),
        does('route to the pods of pc-11'),
        does('keep the way to pc-11 for the next start'),
        looks('done'),
      ],
    },
    done: { parent: [asksNodes(parent, child), looks('done')] },
  },
  {
    name: 'label-nodes',
    stage: () => labelNodes,
    setting: lab,
    bare: { parent: [asksNodes(parent, child)] },
    work: {
      parent: [does(/^label the node pc-11: /), asksNodes(parent, { ...child, labels })],
      child: [asks('ledger.jsonl')],
    },
    done: { parent: [asksNodes(parent, { ...child, labels })] },
  },
];

/** Waits, and changes nothing. */
export const READY: Omit<Scenario, 'done'> = {
  name: 'ready',
  stage: () => ready,
  setting: lab,
  bare: { parent: [asksNodes(parent, { ...child, ready: false })] },
  work: { parent: [asksNodes(parent, { ...child, ready: false }), asksNodes(parent, child)] },
};
