import type { ClusterObject, LabelledObjects, OnCluster, ReplacedRelease } from '../../addons/addon.js';
import { VERSION_LABEL } from '../../cluster/definitions.js';
import { isSecretThere } from '../../cluster/objects.js';
import { isKmons, lookAtRelease, removeRelease } from '../../cluster/release.js';
import type { Context } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { beginToDelete, getDefinitions, getLabelled, getOwners } from '../../tools/kubectl.js';
import { parseDefinitions, parseOwners } from '../../tools/kubernetes-objects.js';
import { removing } from './addon-parts.js';

/** What is there of kmon's of add-ons, in the order in which it goes. */
export interface LeftSeen {
  readonly releases: readonly ReplacedRelease[];
  readonly objects: readonly ClusterObject[];
  /** Definitions of kinds, of which nobody else has an object. */
  readonly definitions: readonly string[];
}

export const NOTHING_LEFT: LeftSeen = { releases: [], objects: [], definitions: [] };

/**
 * What is there of an add-on by what was recorded of it there: by the release, by labels, by who brought the definitions. A definition takes
 * every object of its kind along: while somebody else has one, all of them stay, and that is told.
 */
export async function lookAtLeft(left: OnCluster, c: Context): Promise<LeftSeen> {
  const { release } = left;
  const isThere = release !== undefined && isKmons(await lookAtRelease(c.cluster, release), release);
  const there = await definitionsOf(left, c);
  return {
    releases: isThere ? [release] : [],
    objects: [...(await labelledOf(left, there, c)), ...(await secretsOf(left, c))],
    definitions: (await haveOthers(left, there, c)) ? [] : there.own,
  };
}

/** What two add-ons have in common, such as the password, is told once. */
export function together(a: LeftSeen, b: LeftSeen): LeftSeen {
  const isNew = (object: ClusterObject): boolean =>
    !a.objects.some(
      (o) => o.kind === object.kind && o.name === object.name && o.namespace === object.namespace,
    );
  return {
    releases: [...a.releases, ...b.releases],
    objects: [...a.objects, ...b.objects.filter(isNew)],
    definitions: [...a.definitions, ...b.definitions],
  };
}

export function leftInWords({ releases, objects, definitions }: LeftSeen): readonly string[] {
  return [
    ...releases.map((r) => `release ${r.release}`),
    ...(objects.length === 0 ? [] : [`${objects.length} objects`]),
    ...(definitions.length === 0 ? [] : [`${definitions.length} definitions`]),
  ];
}

export function removingLeft(
  { releases, objects, definitions }: LeftSeen,
  { cluster }: Pick<Context, 'cluster'>,
): readonly Step[] {
  return [
    ...releases.flatMap((release): readonly Step[] => [
      {
        at: 'cluster',
        intent: `helm uninstall ${release.release}`,
        command: removeRelease(cluster, release),
      },
      ...release.leaves.map((object) => removing(object, cluster)),
    ]),
    ...objects.filter(({ kind }) => kind !== 'pod').map((object) => removingObject(object, cluster)),
    ...definitions.map((name) => removing({ kind: 'customresourcedefinition', name }, cluster)),
  ];
}

/** A namespace waits for its last pod: that is for who looks. */
function removingObject(object: ClusterObject, cluster: Context['cluster']): Step {
  if (object.kind !== 'namespace') return removing(object, cluster);
  return {
    at: 'cluster',
    intent: `remove namespace ${object.name} with all that is in it`,
    command: beginToDelete(cluster.kubectl, object),
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
  { objects = [] }: OnCluster,
  { all }: Definitions,
  c: Context,
): Promise<readonly ClusterObject[]> {
  const found: ClusterObject[] = [];
  for (const wanted of objects) {
    const kinds = wanted.kinds.filter((kind) => !kind.includes('.') || all.includes(kind));
    if (kinds.length > 0) found.push(...(await theseOf({ ...wanted, kinds }, c)));
  }
  return found;
}

async function theseOf(wanted: LabelledObjects, { cluster }: Context): Promise<readonly ClusterObject[]> {
  const { stdout } = await cluster.query(getLabelled(cluster.kubectl, wanted));
  return stdout
    .split('\n')
    .filter((line) => line.includes('/'))
    .map((line) => {
      const [kind = '', name = ''] = line.trim().split('/');
      return { kind, name, ...(wanted.namespace === undefined ? {} : { namespace: wanted.namespace }) };
    });
}

async function secretsOf(
  { secrets = [] }: OnCluster,
  { cluster }: Context,
): Promise<readonly ClusterObject[]> {
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
    (o) => (o.release === undefined || o.release !== left.release?.release) && o.of === undefined,
  );
  const [first] = others;
  if (first === undefined) return false;
  c.notice(
    `the kinds of object of Prometheus' operator stay: ${others.length} of them are somebody else's, such as ${first.name} in ${first.namespace}`,
  );
  return true;
}
