import { ADDONS } from '../../addons/index.js';
import type { ClusterObject, OnCluster } from '../../addons/addon.js';
import { VERSION_LABEL } from '../../cluster/definitions.js';
import { isSecretThere } from '../../cluster/objects.js';
import { isKmons, lookAtRelease, removeRelease } from '../../cluster/release.js';
import type { Context, Stage } from '../../engine/stage.js';
import { pending, satisfied } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { getDefinitions, getLabelled, getOwners } from '../../tools/kubectl.js';
import { parseDefinitions, parseOwners } from '../../tools/kubernetes-objects.js';
import { removing } from './addon-parts.js';
import { lookAtWatched, unmarking } from './unwatch-app.js';
import type { Watched } from './unwatch-app.js';

/** What is there of kmon's, in the order in which it goes. */
interface MonitoringSeen {
  /** Somebody's Services that kmon has marked, and its monitors of them. */
  readonly watched: Watched;
  readonly releases: readonly OnCluster['release'][];
  readonly objects: readonly ClusterObject[];
  /** Definitions of kinds, of which nobody else has an object. */
  readonly definitions: readonly string[];
}

/**
 * Takes the monitoring of a cluster away that lives on, as it was recorded there: by the release, by labels, by who brought the definitions. A
 * definition takes every object of its kind along: while somebody else has one, all of them stay, and that is told.
 */
export const removeMonitoring: Stage<MonitoringSeen> = {
  id: 'remove-monitoring',
  title: 'Take the monitoring away',
  after: [],
  on: 'cluster',
  settleMs: 30_000,
  look: async (c) => {
    const watched = await lookAtWatched(c);
    let all: MonitoringSeen = { watched, releases: [], objects: [], definitions: [] };
    for (const addon of ADDONS) {
      const left = addon.leaves?.(c.config);
      if (left !== undefined) all = together(all, { watched, ...(await lookAt(left, c)) });
    }
    return all;
  },
  judge: (seen) => {
    const lines = inWords(seen);
    return lines.length === 0 ? satisfied('there is none of kmon') : pending(lines.join(', '));
  },
  steps: ({ watched, releases, objects, definitions }, { cluster }) => [
    ...watched.services.map((service) => unmarking(service, cluster)),
    ...watched.monitors.map((monitor) => removing(monitor, cluster)),
    ...releases.flatMap((release): readonly Step[] => [
      {
        at: 'cluster',
        intent: `helm uninstall ${release.release}`,
        command: removeRelease(cluster, release),
      },
      ...release.leaves.map((object) => removing(object, cluster)),
    ]),
    ...objects.map((object) => removing(object, cluster)),
    ...definitions.map((name) => removing({ kind: 'customresourcedefinition', name }, cluster)),
  ],
};

function inWords({ watched, releases, objects, definitions }: MonitoringSeen): readonly string[] {
  const marks = watched.services.length + watched.monitors.length;
  return [
    ...(marks === 0 ? [] : [`${marks} marks of watched applications`]),
    ...releases.map((r) => `release ${r.release}`),
    ...(objects.length === 0 ? [] : [`${objects.length} objects`]),
    ...(definitions.length === 0 ? [] : [`${definitions.length} definitions`]),
  ];
}

/** What two add-ons have in common, such as the password, is told once. */
function together(a: MonitoringSeen, b: MonitoringSeen): MonitoringSeen {
  const isNew = (object: ClusterObject): boolean =>
    !a.objects.some((o) => o.kind === object.kind && o.name === object.name);
  return {
    watched: a.watched,
    releases: [...a.releases, ...b.releases],
    objects: [...a.objects, ...b.objects.filter(isNew)],
    definitions: [...a.definitions, ...b.definitions],
  };
}

async function lookAt(left: OnCluster, c: Context): Promise<Omit<MonitoringSeen, 'watched'>> {
  const release = await lookAtRelease(c.cluster, left.release);
  const there = await definitionsOf(left, c);
  return {
    releases: isKmons(release) ? [left.release] : [],
    objects: [...(await labelledOf(left, there, c)), ...(await secretsOf(left, c))],
    definitions: (await haveOthers(left, there, c)) ? [] : there.own,
  };
}

interface Definitions {
  readonly all: readonly string[];
  /** Those that kmon brought. */
  readonly own: readonly string[];
}

async function definitionsOf({ definitions = [] }: OnCluster, { cluster }: Context): Promise<Definitions> {
  if (definitions.length === 0) return { all: [], own: [] };
  const asked = getDefinitions(cluster.kubectl, definitions, VERSION_LABEL);
  const there = parseDefinitions(await cluster.query(asked));
  return {
    all: there.map((d) => d.name),
    own: there.filter((d) => d.managedBy === 'kmon').map((d) => d.name),
  };
}

async function labelledOf(
  { objects }: OnCluster,
  { all }: Definitions,
  { cluster }: Context,
): Promise<readonly ClusterObject[]> {
  if (objects === undefined) return [];
  const kinds = objects.kinds.filter((kind) => !kind.includes('.') || all.includes(kind));
  const { stdout } = await cluster.query(getLabelled(cluster.kubectl, { ...objects, kinds }));
  return stdout
    .split('\n')
    .filter((line) => line.includes('/'))
    .map((line) => {
      const [kind = '', name = ''] = line.trim().split('/');
      return { kind, name, namespace: objects.namespace };
    });
}

async function secretsOf({ secrets }: OnCluster, { cluster }: Context): Promise<readonly ClusterObject[]> {
  const found: ClusterObject[] = [];
  for (const { namespace, name } of secrets)
    if (await isSecretThere(cluster, namespace, name)) found.push({ kind: 'secret', namespace, name });
  return found;
}

/** Whether somebody else has an object of a kind that kmon brought: told, with a name. */
async function haveOthers(left: OnCluster, { own }: Definitions, c: Context): Promise<boolean> {
  if (own.length === 0) return false;
  const asked = getOwners(c.cluster.kubectl, own, 'kmon/addon');
  const others = parseOwners(await c.cluster.query(asked)).filter(
    (o) => o.release !== left.release.release && o.of === undefined,
  );
  const [first] = others;
  if (first === undefined) return false;
  c.notice(
    `the kinds of object of Prometheus' operator stay: ${others.length} of them are somebody else's, such as ${first.name} in ${first.namespace}`,
  );
  return true;
}
