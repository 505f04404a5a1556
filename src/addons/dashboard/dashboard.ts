import { HEADLAMP } from '../../artifacts/images.js';
import { leadingTo } from '../../cluster/hindered-pods.js';
import { notRolledOut } from '../../cluster/rollout.js';
import type { Context } from '../../engine/context.js';
import { renderTemplate } from '../../render/render.js';
import type { TemplateValue } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';
import { PORTS } from '../../room/ports.js';
import type { CatalogueAddon } from '../addon.js';
import { labelOf, notListed } from '../addon-label.js';
import { parentOf } from '../parent-node.js';
import { notAnswering } from '../service-answers.js';
import { DASHBOARD, TEACHER, TEACHER_HOURS, teacherTokenFile } from './names.js';
import { silentPort } from './parent-port.js';
import { tokenFailing } from './teacher-trials.js';

const ID = 'dashboard';

const { namespace, name } = DASHBOARD;

/**
 * Pages about the cluster: Headlamp. Whoever signs in with a token of the cluster sees what that token may see; the teacher's, of this computer, may
 * look at everything but Secrets and change nothing. It is there when the parent's port answers, and when the token opens what it should and no more.
 */
export const dashboard: CatalogueAddon = {
  id: ID,
  title: 'Show the cluster in a browser',
  group: 'catalogue',
  what: 'pages about the cluster in a browser, for who has a token',
  notWanted: notListed(ID),
  needs: [HEADLAMP],
  install: (c) => [
    { kind: 'objects', name: ID, manifest: () => manifest(c) },
    {
      kind: 'key',
      what: "the teacher's token",
      account: TEACHER,
      hours: TEACHER_HOURS,
      file: teacherTokenFile(c.config),
      told: "the teacher's token for the dashboard",
    },
  ],
  proofs: [
    (c) => notRolledOut(c.cluster, [{ kind: 'deployments', namespace, name }]),
    (c) => notAnswering(c, DASHBOARD),
    silentPort,
    tokenFailing,
  ],
  settleMs: 120_000,
  ports: [ID],
  knownBy: [],
  // Of a cluster that is no room nobody has said which machines can be reached: there is no port of theirs.
  shows: ({ config, cluster }) =>
    cluster.context === undefined
      ? { kind: 'address', url: `http://${config.room.parent.address}:${PORTS.dashboard.port}/` }
      : {
          kind: 'command',
          line: `kubectl ${leadingTo(cluster)} -n ${namespace} port-forward service/${name} 8080:80`,
        },
  keeps: (config) => [teacherTokenFile(config)],
  // The rights and the account first: from then on no token of it opens anything.
  leaves: () => ({
    objects: [
      { kinds: ['clusterrolebindings', 'clusterroles'], label: labelOf(ID) },
      {
        namespace,
        kinds: ['serviceaccounts', 'deployments', 'services', 'pods'],
        label: labelOf(ID),
      },
      { kinds: ['namespaces'], label: labelOf(ID) },
    ],
  }),
  explain: {
    en: 'kubectl shows one list at a time. Headlamp shows the whole cluster in a browser: machines, pods and their logs, what belongs to what, and what an object says of itself. Everybody signs in with a token of their own, and sees and changes what that token may, nothing else.',
    fr: "kubectl montre une liste à la fois. Headlamp montre tout le cluster dans un navigateur : les machines, les pods et leurs journaux, ce qui dépend de quoi, et ce qu'un objet dit de lui-même. Chacun se connecte avec son propre jeton, et voit et change ce que ce jeton permet, rien d'autre.",
  },
};

async function manifest(c: Context): Promise<string> {
  return renderTemplate(await readTemplate('addons/dashboard/dashboard.yaml'), {
    image: c.supply.indispensable(HEADLAMP),
    node: await parentOf(c),
    service: serviceOf(c),
    sessionSeconds: TEACHER_HOURS * 3600,
  });
}

/** On a cluster of others nobody is told of a port of its machines, so none is opened. */
function serviceOf({ cluster }: Context): TemplateValue {
  const selector = { 'app.kubernetes.io/name': name };
  const port = { name: DASHBOARD.port, port: 80, targetPort: 'http' };
  if (cluster.context !== undefined) return { type: 'ClusterIP', selector, ports: [port] };
  return {
    type: 'NodePort',
    // The port answers on the parent only, not on every child.
    externalTrafficPolicy: 'Local',
    selector,
    ports: [{ ...port, nodePort: PORTS.dashboard.port }],
  };
}
