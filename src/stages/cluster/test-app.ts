import { TEST_APP, TEST_APP_NAMESPACE, testAppManifest } from '../../apps/test-app/objects.js';
import { diagnoseHeld, holdingBack } from '../../cluster/held-namespaces.js';
import { applyObjects, objectsDiffer } from '../../cluster/objects.js';
import type { Context, Stage } from '../../engine/stage.js';
import { blocked, here, onEveryone, onParent, pending, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { apiPath, beginToDelete, getIfThere } from '../../tools/kubectl.js';
import { parseOwnObject } from '../../tools/kubernetes-objects.js';
import { forTestApp } from '../machine/for-addons.js';
import { relayImages } from '../machine/relay-images.js';
import { whose } from '../machine/whose.js';
import { clusterThere } from './cluster-there.js';
import { pullAgain } from './pull-again.js';

interface TestAppSeen {
  /** What it cannot be installed for. */
  readonly refused?: KmonError;
  readonly differs: boolean;
}

/** Puts the test application on the cluster; that it answers is the proof of another stage. */
export const testApp: Stage<TestAppSeen> = {
  id: 'test-app',
  title: 'Put a web server on every child',
  after: [...onEveryone(relayImages, forTestApp), ...onParent(whose, clusterThere, pullAgain)],
  on: 'cluster',
  settleMs: 10_000,
  look: async (c) => {
    const manifest = await testAppManifest(c);
    if (manifest === undefined) return { refused: noImage(c), differs: true };
    if ((await whoseNamespace(c)) === 'others') return { refused: notOurs(), differs: true };
    return { differs: await objectsDiffer(c.cluster, manifest) };
  },
  foresee: () => ({ differs: true }),
  judge: ({ refused, differs }) => {
    if (refused !== undefined) return blocked(refused);
    return differs ? pending('it is not there as it should be') : satisfied('applied');
  },
  steps: (_, c) => [
    {
      at: 'cluster',
      intent: `apply the test application in the namespace ${TEST_APP_NAMESPACE}`,
      command: async () => {
        const manifest = await testAppManifest(c);
        if (manifest === undefined) throw noImage(c);
        return applyObjects(c.cluster, manifest);
      },
    },
  ],
};

/** Takes it away again. The images stay with the machines until their teardown. */
export const removeTestApp: Stage<'ours' | 'others' | 'absent'> = {
  id: 'remove-test-app',
  title: 'Take the test application away',
  after: [...here(whose), ...onParent(clusterThere)],
  on: 'cluster',
  // Its pods have half a minute to end, and the namespace waits for the last one.
  settleMs: 120_000,
  look: whoseNamespace,
  foresee: () => 'ours',
  judge: (namespace) => {
    if (namespace === 'others') return blocked(notOurs());
    return namespace === 'ours' ? pending('it is there') : satisfied('it is not there');
  },
  steps: (_, { cluster }) => [
    {
      at: 'cluster',
      intent: `remove the namespace ${TEST_APP_NAMESPACE} with all that is in it`,
      command: beginToDelete(cluster.kubectl, { kind: 'namespace', name: TEST_APP_NAMESPACE }),
    },
  ],
  hindrance: (c) => holdingBack(c, [TEST_APP_NAMESPACE], REMOVE_AGAIN),
  diagnose: (because, c) => diagnoseHeld(c, [TEST_APP_NAMESPACE], REMOVE_AGAIN, because),
};

const REMOVE_AGAIN = 'run `kmon test-app --remove` again';

async function whoseNamespace({ cluster }: Context): Promise<'ours' | 'others' | 'absent'> {
  const path = apiPath('api', 'v1', 'namespaces', TEST_APP_NAMESPACE);
  const found = parseOwnObject(await cluster.query(getIfThere(cluster.kubectl, path)));
  if (found === undefined) return 'absent';
  return found.managedBy === 'kmon' ? 'ours' : 'others';
}

function noImage({ supply }: Context): KmonError {
  return new KmonError(
    'precondition',
    `${supply.called} has no image of nginx, which the test application is`,
    {
      hint: 'run `kmon bundle make` again with this kmon.yaml where there is Internet',
    },
  );
}

function notOurs(): KmonError {
  return new KmonError('precondition', `the namespace ${TEST_APP_NAMESPACE} is somebody else's`, {
    evidence: `it does not carry the label app.kubernetes.io/managed-by: kmon, which ${TEST_APP} would`,
    hint: `see what is in it (kubectl -n ${TEST_APP_NAMESPACE} get all), and remove it if nobody needs it`,
  });
}
