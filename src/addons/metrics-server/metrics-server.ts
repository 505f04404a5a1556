import { METRICS_SERVER } from '../../artifacts/images.js';
import { leadingTo } from '../../cluster/hindered-pods.js';
import { notRolledOut } from '../../cluster/rollout.js';
import type { Workload } from '../../cluster/rollout.js';
import type { CatalogueAddon } from '../addon.js';
import { labelOf, notListed } from '../addon-label.js';
import { readKubeletCertificate } from './kubelet-authorities.js';
import { knowsTheseNodes, metricsServerManifest } from './manifest.js';
import { METRICS_SERVICE, notMeasured } from './node-metrics.js';

const ID = 'metrics-server';

const NAMESPACE = 'kube-system';

const SERVER: Workload = { kind: 'deployments', namespace: NAMESPACE, name: ID };

/**
 * What answers `kubectl top`, and what an autoscaler asks. It is there when the metrics API has a value of every Ready node: a Deployment that
 * runs has not been let in by a kubelet yet.
 */
export const metricsServer: CatalogueAddon = {
  id: ID,
  title: 'Install metrics-server',
  group: 'catalogue',
  what: 'what answers kubectl top, and what an autoscaler asks',
  notWanted: notListed(ID),
  needs: [METRICS_SERVER],
  reads: readKubeletCertificate,
  install: (c, printed) => [{ kind: 'objects', name: ID, manifest: () => metricsServerManifest(c, printed) }],
  proofs: [(c) => notRolledOut(c.cluster, [SERVER]), notMeasured],
  // Its first values are two looks at the kubelets apart, after its image has come.
  settleMs: 150_000,
  knownBy: [METRICS_SERVICE],
  isOfTheseMachines: knowsTheseNodes,
  shows: ({ cluster }) => ({ kind: 'command', line: `kubectl ${leadingTo(cluster)} top nodes` }),
  // The API first: while it is announced and nobody answers, kubectl and the cluster wait for it whatever they are asked.
  leaves: () => ({
    objects: [
      { kinds: ['apiservices', 'clusterrolebindings', 'clusterroles'], label: labelOf(ID) },
      {
        namespace: NAMESPACE,
        kinds: ['deployments', 'services', 'rolebindings', 'serviceaccounts', 'configmaps', 'pods'],
        label: labelOf(ID),
      },
    ],
  }),
  explain: {
    en: 'metrics-server asks every machine each ten seconds how much CPU and memory its pods use, and keeps the last answer only. kubectl top shows it, and an autoscaler decides by it how many pods an application gets.',
    fr: 'metrics-server demande à chaque machine, toutes les dix secondes, combien de CPU et de mémoire ses pods utilisent, et ne garde que la dernière réponse. kubectl top la montre, et un autoscaler décide grâce à elle combien de pods reçoit une application.',
  },
};
