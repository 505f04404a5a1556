import { ADDON_LABEL } from '../../addons/addon-label.js';
import { CATALOGUE } from '../../addons/index.js';
import { RELEASE as STACK_RELEASE } from '../../addons/stack/names.js';
import { TEST_APP_NAMESPACE } from '../../apps/test-app/objects.js';
import { failedPulls } from '../../cluster/pulls.js';
import type { FailedPull } from '../../cluster/pulls.js';
import { give, key } from '../../engine/results.js';
import type { Context, Stage } from '../../engine/stage.js';
import { onEveryone, onParent, pending, satisfied } from '../../engine/stage.js';
import { deleteObject } from '../../tools/kubectl.js';
import type { Pod } from '../../tools/pods.js';
import { forAddonsLater, forCatalogue, forTestApp } from '../machine/for-addons.js';
import { whose } from '../machine/whose.js';
import { clusterThere } from './cluster-there.js';
import { initParent } from './init-parent.js';
import { soloCluster } from './solo-cluster.js';

/** Given when they are gone: those that come in their place are new, and what is said of them is for who waits for them. */
const BEGUN_AGAIN = key<true>('pods that pull anew');

/**
 * After an image was refused the kubelet waits longer and longer before it asks again, up to five minutes, whatever was mended meanwhile. A pod
 * that is made anew asks at once. Only of what kmon and kubeadm have put there: what a class made is the class's, and on a
 * cluster that is no room's only what carries kmon's labels is known to be kmon's. Images that a command sends have to be there before: an image that
 * a bundle got later would be refused once more.
 */
export const pullAgain: Stage<readonly FailedPull[]> = {
  id: 'pull-again',
  title: 'Pull again what was refused',
  after: [
    ...onParent(whose, initParent, soloCluster, clusterThere, forAddonsLater),
    ...onEveryone(forCatalogue, forTestApp),
  ],
  on: 'cluster',
  settleMs: 0,
  look: async (c, so) => (so.get(BEGUN_AGAIN) === true ? [] : (await failedPulls(c)).filter(isOurs(c))),
  foresee: () => [],
  judge: (pulls) =>
    pulls.length === 0
      ? satisfied('nothing waits for an image')
      : pending(`${pulls.length} pods wait for an image that did not come`),
  steps: (pulls, { cluster }) =>
    pulls.map(({ pod: { name, namespace }, failure }) => ({
      at: 'cluster',
      intent: `make ${name} anew, so that ${failure.image} is pulled at once`,
      command: deleteObject(cluster.kubectl, { kind: 'pod', name, namespace }),
      gives: () => give(BEGUN_AGAIN, true),
    })),
};

function isOurs({ config, cluster }: Context): (pull: FailedPull) => boolean {
  const ofAddons = CATALOGUE.flatMap((addon) => addon.leaves(config).objects ?? []);
  const namespaces = [
    'kube-system',
    config.monitoring.namespace,
    TEST_APP_NAMESPACE,
    ...ofAddons.flatMap(({ namespace }) => namespace ?? []),
  ];
  const ofRoom = cluster.context === undefined;
  return ({ pod: { namespace, madeBy, labels } }) =>
    namespaces.includes(namespace) &&
    madeBy !== undefined &&
    madeBy !== 'Node' &&
    (ofRoom || (namespace !== 'kube-system' && isLabelled(labels)));
}

/** As add-ons and the small chart label their pods, as kube-prometheus-stack does by its release, and its operator by the object. */
function isLabelled(labels: Pod['labels']): boolean {
  const of = (key: string): string | undefined => labels[`app.kubernetes.io/${key}`];
  const instance = of('instance');
  return (
    labels[ADDON_LABEL] !== undefined ||
    of('managed-by') === 'kmon' ||
    of('part-of') === 'kmon' ||
    instance === STACK_RELEASE ||
    (of('managed-by') === 'prometheus-operator' && instance !== undefined && OPERATED.includes(instance))
  );
}

/** What the operator runs for kube-prometheus-stack, by the names that kmon's values give (templates/addons/stack). */
const OPERATED: readonly string[] = ['kmon-prometheus', 'kmon-alertmanager'];
