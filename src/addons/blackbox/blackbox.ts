import { BLACKBOX_EXPORTER } from '../../artifacts/images.js';
import { clusterNodes } from '../../cluster/nodes.js';
import { notRolledOut } from '../../cluster/rollout.js';
import type { Context } from '../../engine/context.js';
import { renderTemplate } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';
import type { CatalogueAddon } from '../addon.js';
import { labelOf, labelsOf, notListed } from '../addon-label.js';
import { askedPrometheus, noMonitoring } from '../asked-prometheus.js';
import { parentOf } from '../parent-node.js';
import { BLACKBOX, probeObjects, scrapeConfigs } from './probes.js';
import { askedOf } from './targets.js';

const ID = 'blackbox';

const { namespace, name } = BLACKBOX;

/**
 * Asks every machine of the room from the parent: whether it answers a ping, whether its kubelet answers, and how long that takes.
 * It is there when Prometheus has an answer of every node.
 */
export const blackbox: CatalogueAddon = {
  id: ID,
  title: 'Install blackbox-exporter',
  group: 'catalogue',
  goesByMonitoring: true,
  what: 'what asks every machine from outside whether it answers',
  notWanted: notListed(ID),
  inTheWay: (c) => noMonitoring(c, ID),
  needs: [BLACKBOX_EXPORTER],
  install: (c) => [{ kind: 'objects', name: ID, manifest: () => manifest(c) }],
  proofs: [(c) => notRolledOut(c.cluster, [{ kind: 'deployments', namespace, name }]), notAnswered],
  // A kubelet brings what an operator has written within a minute and a half, and its reloader may see it only at its own look, every three.
  settleMs: 300_000,
  knownBy: [],
  shows: () => ({ kind: 'command', line: 'kmon open prometheus' }),
  leaves: () => ({
    objects: [
      { namespace, kinds: ['deployments', 'services', 'pods'], label: labelOf(ID) },
      { kinds: ['namespaces'], label: labelOf(ID) },
    ],
  }),
  explain: {
    en: 'A machine that says of itself that it is well may still be hard to reach. blackbox-exporter stands outside: every few seconds it pings each machine and asks its kubelet, and notes whether there was an answer and how long it took. A slow Wi-Fi shows here first.',
    fr: "Une machine qui se dit en forme peut être difficile à joindre. blackbox-exporter se tient dehors : toutes les quelques secondes, il envoie un ping à chaque machine, interroge son kubelet, et note s'il y a eu une réponse et en combien de temps. Un Wi-Fi lent se voit d'abord ici.",
  },
};

async function manifest(c: Context): Promise<string> {
  const { monitoring } = c.config;
  const labels = labelsOf(ID);
  const asked = await askedOf(c);
  const objects =
    monitoring.profile === 'lite'
      ? probeObjects(asked, labels)
      : scrapeConfigs(asked, labels, monitoring.scrapeIntervalSeconds);
  const exporter = renderTemplate(await readTemplate('addons/blackbox/blackbox.yaml'), {
    image: c.supply.indispensable(BLACKBOX_EXPORTER),
    node: await parentOf(c),
  });
  return [exporter, ...objects.map((object) => `${JSON.stringify(object)}\n`)].join('---\n');
}

/**
 * What is missing until the kubelet of every Ready node has answered, and Prometheus has noted of each whether it answers a ping: a firewall may
 * let none through.
 */
async function notAnswered(c: Context): Promise<string | undefined> {
  const nodes = (await clusterNodes(c)).filter(({ state }) => state === 'ready').map((node) => node.name);
  const samples = await askedPrometheus(c, 'probe_success{job="probe"}');
  if (typeof samples === 'string') return samples;
  const lacking = (way: string, answered: boolean, of = nodes): readonly string[] =>
    of.filter(
      (node) =>
        !samples.some(
          ({ labels, value }) =>
            labels['probe'] === way && labels['node'] === node && (!answered || value === 1),
        ),
    );
  const silent = lacking('kubelet', true);
  if (silent.length > 0) return `no answer yet from the kubelet of ${silent.join(', ')}`;
  const guests = (await askedOf(c)).filter(({ guest }) => guest === true).map(({ name }) => name);
  const unasked = lacking(
    'ping',
    false,
    nodes.filter((name) => !guests.includes(name)),
  );
  return unasked.length === 0 ? undefined : `not pinged yet: ${unasked.join(', ')}`;
}
