import type { CatalogueAddon } from '../../../src/addons/addon.js';
import { blackbox } from '../../../src/addons/blackbox/blackbox.js';
import { ingress } from '../../../src/addons/ingress/ingress.js';
import { pushgateway } from '../../../src/addons/pushgateway/pushgateway.js';
import { storage } from '../../../src/addons/storage/storage.js';
import type { MachineWork } from '../../../src/engine/stage.js';
import { catalogueStages } from '../../../src/stages/cluster/catalogue-stages.js';
import { removeAddons } from '../../../src/stages/cluster/remove-addons.js';
import { PARENT } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { asksNodes, clusterReady } from './answers.js';
import type { Scenario } from './scenario.js';

/** The one stage of an add-on that has nothing to know of the machines. */
function stageOf(addon: CatalogueAddon): MachineWork<unknown> {
  const [stage, ...more] = catalogueStages(addon);
  if (stage === undefined || more.length > 0 || stage.on === 'observed')
    throw new TypeError(`${addon.id} is no add-on of one stage`);
  return stage;
}

const nodes = asksNodes({ name: 'pc-10', address: '192.0.2.10' }, { name: 'pc-11', address: '192.0.2.11' });
const differs = asks('diff --server-side', { exitCode: 1, stdout: '+ kind: Deployment' });
const same = asks('diff --server-side');
const isNobodys = asks('get -f - --ignore-not-found');
const isMonitored = asks('/services/kmon-prometheus', '{}');
const hasRun = asks('ledger.jsonl');
const rollout = (name: string, ready: number): Step =>
  asks(
    `deployments/${name}`,
    JSON.stringify({ spec: { replicas: 1 }, status: { readyReplicas: ready, updatedReplicas: 1 } }),
  );
const classes = (kind: string, ...defaults: readonly string[]): Step =>
  asks(
    `get --raw /apis/${kind}`,
    JSON.stringify({
      items: defaults.map((name) => ({
        metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      })),
    }),
  );

/** What comes of a request through the door. */
export const traefik = (stderr: string): Step =>
  asks('/namespaces/kmon-ingress/services/kmon-ingress:web/proxy/', { exitCode: 1, stderr });
/** No Ingress leads anywhere: Traefik's own answer. */
export const NOT_FOUND = 'Error from server (NotFound): the server could not find the requested resource';
export const NO_ENDPOINTS =
  'Error from server (ServiceUnavailable): no endpoints available for service "kmon-ingress"';

/** Prometheus and its answer: samples of these labels. */
export const answers = (expr: string, ...samples: readonly (readonly [object, string])[]): Step =>
  asks(
    `query=${new URLSearchParams({ q: expr }).toString().slice(2)}`,
    `${JSON.stringify({
      status: 'success',
      data: {
        resultType: 'vector',
        result: samples.map(([metric, value]) => ({ metric, value: [1767225600, value] })),
      },
    })}\n@@kmon 0\n`,
  );

const up = (...values: readonly string[]): Step =>
  answers('up{job="pushgateway"}', ...values.map((value) => [{ job: 'pushgateway' }, value] as const));

/** Of each machine, whether its kubelet answers and whether a ping does. */
const probed = (all: Readonly<Record<string, readonly [kubelet: string, ping: string]>>): Step =>
  answers(
    'probe_success{job="probe"}',
    ...Object.entries(all).flatMap(([node, [kubelet, ping]]) => [
      [{ node, probe: 'kubelet' }, kubelet] as const,
      [{ node, probe: 'ping' }, ping] as const,
    ]),
  );

/** What there is of the storage, by its labels. */
const storageLeft = (wide: string, namespaced: string, namespace: string): readonly Step[] => [
  asks('get storageclasses,clusterrolebindings,clusterroles ', wide),
  asks('--namespace kmon-storage --selector', namespaced),
  asks('get namespaces ', namespace),
  wide + namespaced + namespace === ''
    ? asks('storageclasses/local-path', { exitCode: 1, stderr: 'Error from server (NotFound): not found' })
    : asks('--all-namespaces --selector kmon/addon=storage ', '<none>\n<none>\n'),
];
const volumes = asks('get --raw /api/v1/persistentvolumes', JSON.stringify({ items: [] }));

/** More add-ons of the catalogue come, and one goes. */
export const MORE_ADDONS: readonly Scenario[] = [
  {
    name: 'pushgateway',
    stage: () => stageOf(pushgateway),
    setting: { machine: PARENT, config: { addons: ['pushgateway'] } },
    bare: { parent: [...clusterReady, differs, isMonitored, isNobodys] },
    work: {
      parent: [
        ...[hasRun, does('apply pushgateway'), rollout('kmon-pushgateway', 0)],
        ...[rollout('kmon-pushgateway', 1), up()],
        ...[rollout('kmon-pushgateway', 1), up('0')],
        ...[rollout('kmon-pushgateway', 1), up('1')],
      ],
    },
    done: { parent: [...clusterReady, same, rollout('kmon-pushgateway', 1), up('1')] },
  },
  {
    name: 'blackbox',
    stage: () => stageOf(blackbox),
    setting: { machine: PARENT, config: { addons: ['blackbox'] } },
    bare: { parent: [...clusterReady, nodes, differs, isMonitored, isNobodys] },
    work: {
      parent: [
        ...[hasRun, does('apply blackbox'), rollout('kmon-blackbox', 0)],
        ...[rollout('kmon-blackbox', 1), nodes, probed({ 'pc-10': ['1', '1'] })],
        ...[rollout('kmon-blackbox', 1), nodes, probed({ 'pc-10': ['1', '1'], 'pc-11': ['0', '1'] })],
        ...[rollout('kmon-blackbox', 1), nodes, probed({ 'pc-10': ['1', '1'], 'pc-11': ['1', '0'] })],
      ],
    },
    done: {
      parent: [
        ...[...clusterReady, nodes, same, rollout('kmon-blackbox', 1)],
        probed({ 'pc-10': ['1', '1'], 'pc-11': ['1', '1'] }),
      ],
    },
  },
  {
    name: 'storage',
    stage: () => stageOf(storage),
    setting: { machine: PARENT, config: { addons: ['storage'] } },
    bare: {
      parent: [
        ...[...clusterReady, classes('storage.k8s.io'), differs],
        ...[classes('storage.k8s.io'), isNobodys],
      ],
    },
    work: {
      parent: [
        ...[hasRun, classes('storage.k8s.io', 'somebodys'), does('apply storage')],
        ...[rollout('kmon-storage', 0), rollout('kmon-storage', 1)],
      ],
    },
    done: { parent: [...clusterReady, classes('storage.k8s.io'), same, rollout('kmon-storage', 1)] },
  },
  {
    name: 'ingress',
    stage: () => stageOf(ingress),
    setting: { machine: PARENT, config: { addons: ['ingress'] } },
    bare: {
      parent: [
        ...[...clusterReady, nodes, classes('networking.k8s.io'), differs],
        ...[classes('networking.k8s.io'), isNobodys],
      ],
    },
    work: {
      parent: [
        ...[hasRun, classes('networking.k8s.io'), does('apply ingress')],
        ...[rollout('kmon-ingress', 0), rollout('kmon-ingress', 1), traefik(NO_ENDPOINTS)],
        ...[rollout('kmon-ingress', 1), traefik(NOT_FOUND)],
      ],
    },
    done: {
      parent: [
        ...[...clusterReady, nodes, classes('networking.k8s.io'), same],
        ...[rollout('kmon-ingress', 1), traefik(NOT_FOUND)],
      ],
    },
  },
  {
    name: 'remove-storage',
    stage: () => removeAddons([storage], 'kmon addon remove storage'),
    setting: { machine: PARENT },
    bare: {
      parent: [
        ...storageLeft(
          'storageclass.storage.k8s.io/local-path\n',
          'deployment.apps/kmon-storage\n',
          'namespace/kmon-storage\n',
        ),
        volumes,
      ],
    },
    inferred: {
      parent: [
        ...storageLeft(
          'storageclass.storage.k8s.io/local-path\n',
          'deployment.apps/kmon-storage\n',
          'namespace/kmon-storage\n',
        ),
        volumes,
      ],
    },
    work: {
      parent: [
        hasRun,
        does('remove storageclass.storage.k8s.io local-path'),
        does('remove deployment.apps kmon-storage in kmon-storage'),
        does('remove namespace kmon-storage with all that is in it'),
        ...storageLeft('', '', 'namespace/kmon-storage\n'),
        volumes,
        ...storageLeft('', '', ''),
      ],
    },
    done: { parent: storageLeft('', '', '') },
  },
];
