import { TRAEFIK } from '../../artifacts/images.js';
import { leadingTo } from '../../cluster/hindered-pods.js';
import { clusterNodes } from '../../cluster/nodes.js';
import { notRolledOut } from '../../cluster/rollout.js';
import type { Context } from '../../engine/context.js';
import { renderTemplate } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';
import { PORTS } from '../../room/ports.js';
import { INGRESS_DEFAULT, parseClasses } from '../../tools/default-class.js';
import { apiPath, getRaw } from '../../tools/kubectl.js';
import type { CatalogueAddon } from '../addon.js';
import { labelOf, notListed } from '../addon-label.js';
import { parentOf } from '../parent-node.js';
import { notAnswering } from '../service-answers.js';

const ID = 'ingress';

const NAMESPACE = 'kmon-ingress';

/** The class of its Ingresses, by the name that charts and lessons have for it. */
const CLASS = 'traefik';

/** One door on the parent for the web pages of a class, by name or by path: Traefik. */
export const ingress: CatalogueAddon = {
  id: ID,
  title: 'Open one door for web pages',
  group: 'catalogue',
  what: 'one door on the parent for the web pages of the class',
  notWanted: notListed(ID),
  needs: [TRAEFIK],
  install: (c) => [{ kind: 'objects', name: ID, manifest: () => manifest(c) }],
  proofs: [
    (c) => notRolledOut(c.cluster, [{ kind: 'deployments', namespace: NAMESPACE, name: NAMESPACE }]),
    (c) => notAnswering(c, { namespace: NAMESPACE, name: NAMESPACE, port: 'web' }),
  ],
  settleMs: 120_000,
  ports: ['ingress'],
  knownBy: [apiPath('apis', 'networking.k8s.io', 'v1', 'ingressclasses', CLASS)],
  // Which machines of a cluster that is no room can be reached from here, nobody has said.
  shows: ({ config, cluster }) =>
    cluster.context === undefined
      ? { kind: 'address', url: `http://${config.room.parent.address}:${PORTS.ingress.port}/` }
      : { kind: 'command', line: `kubectl ${leadingTo(cluster)} -n ${NAMESPACE} get service` },
  leaves: () => ({
    objects: [
      { kinds: ['ingressclasses', 'clusterrolebindings', 'clusterroles'], label: labelOf(ID) },
      { namespace: NAMESPACE, kinds: ['deployments', 'services', 'pods'], label: labelOf(ID) },
      { kinds: ['namespaces'], label: labelOf(ID) },
    ],
  }),
  explain: {
    en: 'Without it every application has a port of its own, and the class has to know numbers. Traefik stands at one port of the parent, reads from Ingress objects which name or path is meant for which application, and passes each request on.',
    fr: 'Sans lui, chaque application a son propre port, et la classe doit connaître des numéros. Traefik se tient à un seul port du parent, lit dans des objets Ingress quel nom ou quel chemin va à quelle application, et transmet chaque requête.',
  },
};

async function manifest(c: Context): Promise<string> {
  const node = await parentOf(c);
  const address = (await clusterNodes(c)).find(({ name }) => name === node)?.internalIp;
  return renderTemplate(await readTemplate('addons/ingress/ingress.yaml'), {
    image: c.supply.indispensable(TRAEFIK),
    node,
    // What `kubectl get ingress` shows.
    address: address ?? c.config.room.parent.address,
    nodePort: PORTS.ingress.port,
    annotations: {
      // On a cluster of others, what names no class goes on being as it was.
      [INGRESS_DEFAULT]: String(c.cluster.context === undefined && !(await hasOtherDefault(c))),
    },
  });
}

/** Whether an Ingress that names no class gets one of somebody else's already. Only looks. */
async function hasOtherDefault({ cluster }: Context): Promise<boolean> {
  const asked = getRaw(cluster.kubectl, '/apis/networking.k8s.io/v1/ingressclasses');
  const classes = parseClasses(await cluster.query(asked), INGRESS_DEFAULT);
  return classes.some(({ name, isDefault }) => isDefault && name !== CLASS);
}
