import { WATCH_LABEL, appName, marks } from '../../apps/watch-app/marks.js';
import { MONITORS, monitorName } from '../../apps/watch-app/monitor.js';
import type { ClusterObject } from '../../addons/addon.js';
import type { Context, Stage } from '../../engine/stage.js';
import { onParent, pending, satisfied } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { apiPath, getIfThere, getLabelledAnywhere, markObject } from '../../tools/kubectl.js';
import { parseOwnObject, parsePlaces } from '../../tools/kubernetes-objects.js';
import { removing } from './addon-parts.js';
import { clusterThere } from './cluster-there.js';
import { monitorKinds, serviceOf } from './watched-app.js';
import type { AppToWatch } from './watched-app.js';

type App = Pick<AppToWatch, 'namespace' | 'name'>;

interface UnwatchSeen {
  readonly isMarked: boolean;
  readonly monitors: readonly ClusterObject[];
}

/** Takes back what had an application watched: the marks of its Service, and its monitors. What is measured already stays. */
export function unwatchApp(app: App): Stage<UnwatchSeen> {
  return {
    id: 'unwatch-app',
    title: `Have ${appName(app)} watched no more`,
    after: onParent(clusterThere),
    on: 'cluster',
    settleMs: 10_000,
    look: async (c) => ({
      isMarked: (await serviceOf(c, app))?.labels[WATCH_LABEL] !== undefined,
      monitors: await monitorsOf(c, app),
    }),
    judge: ({ isMarked, monitors }) =>
      isMarked || monitors.length > 0 ? pending('it is watched') : satisfied('it is not watched'),
    steps: ({ isMarked, monitors }, { cluster }) => [
      ...(isMarked ? [unmarking(app, cluster)] : []),
      ...monitors.map((monitor) => removing(monitor, cluster)),
    ],
  };
}

/** The step that takes kmon's marks off somebody's Service. */
export function unmarking({ namespace, name }: App, cluster: Context['cluster']): Step {
  return {
    at: 'cluster',
    intent: `take the marks off the Service ${name} in ${namespace}`,
    command: markObject(cluster.kubectl, { kind: 'service', namespace, name }, marks(name, undefined)),
  };
}

/** Those of kmon's name that are kmon's. */
async function monitorsOf(c: Context, { namespace, name }: App): Promise<readonly ClusterObject[]> {
  const { cluster } = c;
  const found: ClusterObject[] = [];
  for (const definition of await monitorKinds(c)) {
    const [plural = '', ...group] = definition.split('.');
    const path = apiPath('apis', group.join('.'), 'v1', 'namespaces', namespace, plural, monitorName(name));
    const object = parseOwnObject(await cluster.query(getIfThere(cluster.kubectl, path)));
    if (object?.managedBy === 'kmon') found.push({ kind: definition, namespace, name: monitorName(name) });
  }
  return found;
}

/** What `kmon watch-app` has put on a cluster: the Services of others that it has marked, and its monitors. */
export interface Watched {
  readonly services: readonly App[];
  readonly monitors: readonly ClusterObject[];
}

/** All of it, whatever it belongs to. */
export async function lookAtWatched(c: Context): Promise<Watched> {
  const { cluster } = c;
  const services = parsePlaces(
    await cluster.query(getLabelledAnywhere(cluster.kubectl, { kinds: ['services'], label: WATCH_LABEL })),
  );
  const kinds = await monitorKinds(c);
  if (kinds.length === 0) return { services, monitors: [] };
  const asked = getLabelledAnywhere(cluster.kubectl, { kinds, label: MONITORS });
  return { services, monitors: parsePlaces(await cluster.query(asked)) };
}
