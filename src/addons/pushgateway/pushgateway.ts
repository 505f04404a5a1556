import { PUSHGATEWAY } from '../../artifacts/images.js';
import { notRolledOut } from '../../cluster/rollout.js';
import type { Context } from '../../engine/context.js';
import { renderTemplate } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';
import type { CatalogueAddon } from '../addon.js';
import { labelOf, labelsOf, notListed } from '../addon-label.js';
import { askedPrometheus, noMonitoring } from '../asked-prometheus.js';
import { parentOf } from '../parent-node.js';
import { PUSHED_TO, pushgatewayMonitor } from './monitor.js';

const ID = 'pushgateway';

const { namespace, name, port } = PUSHED_TO;

/**
 * Where a job that is over before anybody could ask it leaves its values. It is there when Prometheus has asked it: what is pushed from then on is
 * in Prometheus an interval later.
 */
export const pushgateway: CatalogueAddon = {
  id: ID,
  title: 'Install pushgateway',
  group: 'catalogue',
  goesByMonitoring: true,
  what: 'where jobs that are soon over leave values for Prometheus',
  notWanted: notListed(ID),
  inTheWay: (c) => noMonitoring(c, ID),
  needs: [PUSHGATEWAY],
  install: (c) => [{ kind: 'objects', name: ID, manifest: () => manifest(c) }],
  proofs: [(c) => notRolledOut(c.cluster, [{ kind: 'deployments', namespace, name }]), notAsked],
  // A kubelet brings what an operator has written within a minute and a half, and its reloader may see it only at its own look, every three.
  settleMs: 300_000,
  knownBy: [],
  shows: () => ({
    kind: 'command',
    line: `echo 'pages_printed 3' | curl --data-binary @- http://${name}.${namespace}:${port}/metrics/job/printer`,
  }),
  leaves: () => ({
    objects: [
      { namespace, kinds: ['deployments', 'services', 'pods'], label: labelOf(ID) },
      { kinds: ['namespaces'], label: labelOf(ID) },
    ],
  }),
  explain: {
    en: 'Prometheus fetches values, so it never meets a job that runs for ten seconds. Pushgateway keeps what such a job leaves behind, under the names it gave, until Prometheus comes by; somebody has to delete it again, or it is shown for ever.',
    fr: "Prometheus va chercher les valeurs : il ne rencontre donc jamais un travail qui dure dix secondes. Pushgateway garde ce qu'un tel travail laisse, sous les noms qu'il a donnés, jusqu'au passage de Prometheus ; il faut ensuite l'effacer, sinon cela reste affiché pour toujours.",
  },
};

async function manifest(c: Context): Promise<string> {
  const { monitoring } = c.config;
  const objects = renderTemplate(await readTemplate('addons/pushgateway/pushgateway.yaml'), {
    image: c.supply.indispensable(PUSHGATEWAY),
    node: await parentOf(c),
  });
  // The small monitoring finds it by its namespace.
  if (monitoring.profile === 'lite') return objects;
  const monitor = pushgatewayMonitor(labelsOf(ID), monitoring.scrapeIntervalSeconds);
  return `${objects}---\n${JSON.stringify(monitor)}\n`;
}

/** What is missing until Prometheus has asked it. Only looks: nothing is pushed. */
async function notAsked(c: Context): Promise<string | undefined> {
  const samples = await askedPrometheus(c, 'up{job="pushgateway"}');
  if (typeof samples === 'string') return samples;
  if (samples.length === 0) return 'Prometheus has not found it yet';
  return samples.some(({ value }) => value === 1) ? undefined : 'it does not answer Prometheus';
}
