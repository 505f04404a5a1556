import { metricsServer } from '../../../src/addons/metrics-server/metrics-server.js';
import { SeenByStage } from '../../../src/engine/results.js';
import { catalogueStages } from '../../../src/stages/cluster/catalogue-stages.js';
import { removeAddons } from '../../../src/stages/cluster/remove-addons.js';
import type { MachineWork } from '../../../src/engine/stage.js';
import { KUBELET_CERTIFICATES } from '../../support/kubelet-certificates.js';
import { PARENT } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { asksNodes, clusterReady } from './answers.js';
import type { Scenario } from './scenario.js';

/** A stage of the catalogue by its name in reports. */
export function catalogueStage(id: string): MachineWork<unknown> {
  const stage = catalogueStages(metricsServer).find((s) => s.id === id);
  if (stage === undefined || stage.on === 'observed') throw new TypeError(`the catalogue has no stage ${id}`);
  return stage;
}

/** The certificates of these kubelets, as they were read. */
export function certificatesRead(...names: readonly (keyof typeof KUBELET_CERTIFICATES)[]): SeenByStage {
  const seen = new SeenByStage();
  const reading = catalogueStage('read-for-metrics-server');
  for (const name of names) seen.keep(reading, name, KUBELET_CERTIFICATES[name]);
  return seen;
}

export const nodes = asksNodes(
  { name: 'pc-10', address: '192.0.2.10' },
  { name: 'pc-11', address: '192.0.2.11' },
);
const differs = asks('diff --server-side', { exitCode: 1, stdout: '+ kind: Deployment' });
const same = asks('diff --server-side');
export const rollout = (ready: number): Step =>
  asks(
    'deployments/metrics-server',
    JSON.stringify({ spec: { replicas: 1 }, status: { readyReplicas: ready, updatedReplicas: 1 } }),
  );

/** The metrics API, with values of these. */
export const asksValues = (...names: readonly string[]): Step =>
  asks(
    'get --raw /apis/metrics.k8s.io/v1beta1/nodes',
    JSON.stringify({
      items: names.map((name) => ({ metadata: { name }, usage: { cpu: '1n', memory: '1Ki' } })),
    }),
  );

/** What there is of metrics-server, by its labels; of somebody else's where nothing is kmon's. */
export const asksLeft = (
  wide: string,
  namespaced: string,
  service?: string,
  owner = '<none>',
): readonly Step[] => [
  asks('get apiservices,clusterrolebindings,clusterroles ', wide),
  asks('--namespace kube-system --selector', namespaced),
  ...(wide === '' && namespaced === ''
    ? []
    : [asks('--all-namespaces --selector kmon/addon=metrics-server ', `${owner}\n`)]),
  ...(wide === '' && namespaced === ''
    ? [
        asks(
          'apiservices/v1beta1.metrics.k8s.io',
          service ?? { exitCode: 1, stderr: 'Error from server (NotFound): not found' },
        ),
      ]
    : []),
];

const WIDE = 'apiservice.apiregistration.k8s.io/v1beta1.metrics.k8s.io\n';
const NAMESPACED = 'deployment.apps/metrics-server\npod/metrics-server-1\n';

/** An add-on of the catalogue comes, and goes. */
export const ADDONS: readonly Scenario[] = [
  {
    name: 'metrics-server',
    stage: () => catalogueStage('metrics-server'),
    setting: {
      machine: PARENT,
      config: { addons: ['metrics-server'] },
      seen: certificatesRead('pc-10', 'pc-11'),
    },
    bare: { parent: [...clusterReady, nodes, differs, asks('get -f - --ignore-not-found')] },
    work: {
      parent: [
        ...[asks('ledger.jsonl'), does('apply metrics-server'), rollout(0), rollout(1)],
        ...[nodes, asks('/apis/metrics', { exitCode: 1, stderr: 'ServiceUnavailable' })],
        ...[rollout(1), nodes, asksValues('pc-10')],
        ...[rollout(1), nodes, asksValues('pc-10', 'pc-11')],
      ],
    },
    done: { parent: [...clusterReady, nodes, same, rollout(1), asksValues('pc-10', 'pc-11')] },
  },
  {
    name: 'remove-addons',
    stage: () => removeAddons([metricsServer], 'kmon addon remove metrics-server'),
    setting: { machine: PARENT },
    bare: { parent: asksLeft(WIDE, NAMESPACED) },
    inferred: { parent: asksLeft(WIDE, NAMESPACED) },
    work: {
      parent: [
        asks('ledger.jsonl'),
        does('remove apiservice.apiregistration.k8s.io v1beta1.metrics.k8s.io'),
        does('remove deployment.apps metrics-server in kube-system'),
        ...asksLeft('', 'pod/metrics-server-1\n'),
        ...asksLeft('', ''),
      ],
    },
    done: { parent: asksLeft('', '') },
  },
];
