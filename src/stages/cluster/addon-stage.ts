import type { Addon, ObjectsPart, Part, ReleasePart } from '../../addons/addon.js';
import { ADDON_LABEL } from '../../addons/addon-label.js';
import { typedFor } from '../../cluster/cluster-runner.js';
import { OWNER_LABEL, ownerInWords } from '../../cluster/owner.js';
import { diagnosePods, hinderedPods, inTheWayOf } from '../../cluster/hindered-pods.js';
import type { Key, Results } from '../../engine/results.js';
import type { After, Context, Stage } from '../../engine/stage.js';
import { blocked, pending, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { kmonFiles } from '../../resources/kmon-files.js';
import { getThose } from '../../tools/kubectl.js';
import { parseClaims } from '../../tools/kubernetes-objects.js';
import { foreseePart, hasInstalled, lookAtPart, stepsFor } from './addon-parts.js';
import type { PartSeen } from './addon-parts.js';
import { requireCluster } from './control-plane.js';
import { keepingId } from './keep-id.js';
import { howToAdopt, isFromHere, partsFromHere } from './owned-parts.js';

interface AddonSeen {
  /** Why there is nothing to install. */
  readonly notWanted?: string;
  readonly inTheWay?: KmonError;
  readonly parts: readonly PartSeen[];
  /** What is not proven of it yet; asked only when all parts are as they should be. */
  readonly unproven?: string;
}

/**
 * Installs an add-on on the cluster and proves it: the same stage for all of them.
 *
 * @param reading what was read for it on each machine
 */
export function addonStage(addon: Addon, after: readonly After[], reading?: Key<string>): Stage<AddonSeen> {
  const partsOf = (c: Context): readonly Part[] =>
    partsFromHere(addon, c, reading === undefined ? NOT_READ : c.seen(reading));
  return {
    id: addon.stage ?? addon.id,
    title: addon.title,
    after,
    on: 'cluster',
    settleMs: addon.settleMs,
    look: async (c, so) => withoutLooking(addon, c) ?? lookAtAddon(addon, partsOf(c), c, so),
    foresee: (c) => withoutLooking(addon, c) ?? { parts: partsFromHere(addon, c, NOT_READ).map(foreseePart) },
    judge: ({ notWanted, inTheWay, parts, unproven }) => {
      if (inTheWay !== undefined) return blocked(inTheWay);
      if (notWanted !== undefined) return satisfied(notWanted);
      const lacks = parts.find((p) => p.lacks !== undefined)?.lacks ?? unproven;
      if (lacks !== undefined) return pending(lacks);
      return satisfied(parts.some((p) => p.part.kind === 'release') ? 'installed' : 'applied');
    },
    // Where nothing is sent, its chart is the first that comes into kmon's folder.
    notes: ({ parts }) => (parts.some((p) => p.part.kind === 'release') ? [kmonFiles()] : []),
    steps: ({ parts }, c) => {
      const steps = parts.flatMap((part) => stepsFor(part, c));
      return addon.group === 'catalogue' && steps.length > 0 ? [...keepingId(c), ...steps] : steps;
    },
    hindrance: (c) => hindrance(addon, partsOf(c), c),
    diagnose: (because, c) => diagnose(addon, partsOf(c), because, c),
  };
}

/** Of a plan that asks nobody. */
const NOT_READ: ReadonlyMap<string, string> = new Map();

function withoutLooking(addon: Addon, { config }: Context): AddonSeen | undefined {
  const notWanted = addon.notWanted(config);
  return notWanted === undefined ? undefined : { notWanted, parts: [] };
}

async function lookAtAddon(
  addon: Addon,
  wanted: readonly Part[],
  c: Context,
  so: Results,
): Promise<AddonSeen> {
  // A pod network comes right behind the init that has proven it; and a cluster that has just taken a part is there.
  if (addon.group !== 'network' && !hasInstalled(so)) await requireCluster(c);
  const parts: PartSeen[] = [];
  for (const part of wanted) parts.push(await lookAtPart(part, c, so));
  if (parts.some((p) => p.lacks !== undefined)) {
    const inTheWay = hasInstalled(so) ? undefined : await whatIsInTheWay(addon, parts, c);
    return { parts, ...(inTheWay === undefined ? {} : { inTheWay }) };
  }
  const unproven = await unprovenOf(addon, c);
  return { parts, ...(unproven === undefined ? {} : { unproven }) };
}

/** What is not proven of an add-on whose parts are as they should be, in words. */
export async function unprovenOf({ proofs }: Pick<Addon, 'proofs'>, c: Context): Promise<string | undefined> {
  for (const prove of proofs) {
    const unproven = await prove(c);
    if (unproven !== undefined) return unproven;
  }
  return undefined;
}

async function whatIsInTheWay(
  addon: Addon,
  parts: readonly PartSeen[],
  c: Context,
): Promise<KmonError | undefined> {
  return (
    notReplaced(parts, c) ??
    (await addon.inTheWay?.(c)) ??
    (addon.group === 'catalogue' ? somebodyElses(addon, parts, c) : undefined)
  );
}

/** An apply would take over what somebody else has made under the same name. */
async function somebodyElses(
  { id }: Addon,
  parts: readonly PartSeen[],
  c: Context,
): Promise<KmonError | undefined> {
  const { cluster } = c;
  const objects = parts
    .map(({ part }) => part)
    .filter((part): part is ObjectsPart => part.kind === 'objects');
  for (const { manifest } of objects) {
    const asked = getThose(cluster.kubectl, await manifest(), { of: ADDON_LABEL, owner: OWNER_LABEL });
    const claims = parseClaims(await cluster.query(asked));
    const elsewhere = claims.find(({ of, owner }) => of === id && !isFromHere(owner, c));
    if (elsewhere !== undefined) return madeElsewhere(id, elsewhere.owner, c);
    const others = claims.filter(({ of }) => of !== id);
    const [first] = others;
    if (first === undefined) continue;
    const where = first.namespace === '' ? '' : ` in ${first.namespace}`;
    const more = others.length === 1 ? '' : `, and ${others.length - 1} more`;
    return new KmonError(
      'precondition',
      `the cluster has what ${id} brings already, and not of kmon: ${first.kind} ${first.name}${where}${more}`,
      { hint: `use that one, and leave ${id} out of kmon.yaml; or remove it, if nobody needs it` },
    );
  }
  return undefined;
}

/** Of kmon, but of another keyboard: to everybody here it is somebody else's. */
function madeElsewhere(id: string, owner: string | undefined, { cluster }: Context): KmonError {
  return new KmonError(
    'precondition',
    `the cluster has ${id} already, made from another computer or folder (${ownerInWords(owner)})`,
    {
      hint: `use that one, and leave ${id} out of kmon.yaml; ${howToAdopt(owner, `kmon addon add ${id}`, cluster)}`,
    },
  );
}

/** What the profile was decided for did not answer then, or was another cluster: a room keeps what it has until somebody names another. */
function notReplaced(parts: readonly PartSeen[], { config, cluster }: Context): KmonError | undefined {
  if (config.monitoring.profileIsOpen !== true) return undefined;
  const [taken] = parts.flatMap((p) => ('replaces' in p ? p.replaces : []));
  if (taken === undefined) return undefined;
  return new KmonError(
    'precondition',
    `the cluster has the monitoring of the other profile (release ${taken.release}), and kmon.yaml names none: it is not replaced unasked`,
    {
      hint: `run \`${typedFor(cluster, 'kmon deploy-monitoring')}\` again, which keeps it; or write monitoring.profile into kmon.yaml`,
    },
  );
}

/** An image that one machine alone does not get, for the pod that every machine has, keeps nobody waiting: that one has a stage of its own. */
async function hindrance(
  addon: Addon,
  parts: readonly Part[],
  c: Context,
): Promise<KmonError | string | undefined> {
  const namespaces = namespacesOf(addon, parts, c);
  const hindered = (await hinderedPods(c)).filter(
    ({ pod }) => namespaces.has(pod.namespace) && pod.madeBy !== 'DaemonSet' && isOf(addon, pod.labels),
  );
  return inTheWayOf(hindered, again(addon, c));
}

/** A namespace may be shared with others, such as kube-system. */
function isOf({ group, id }: Addon, labels: Readonly<Record<string, string>>): boolean {
  return group !== 'catalogue' || labels[ADDON_LABEL] === id;
}

function namespacesOf(addon: Addon, parts: readonly Part[], { config }: Context): ReadonlySet<string> {
  const releases = parts.filter((part): part is ReleasePart => part.kind === 'release');
  const labelled = addon.group === 'catalogue' ? (addon.leaves?.(config).objects ?? []) : [];
  return new Set([
    ...releases.map((part) => part.namespace),
    ...labelled.flatMap(({ namespace }) => namespace ?? []),
  ]);
}

const COMMANDS = {
  network: () => 'kmon init-parent',
  monitoring: () => 'kmon deploy-monitoring',
  catalogue: (id: string) => `kmon addon add ${id}`,
} as const satisfies Readonly<Record<Addon['group'], (id: string) => string>>;

function again({ group, id }: Addon, { cluster }: Context): string {
  const command = COMMANDS[group](id);
  return `run \`${typedFor(cluster, command)}\` again`;
}

async function diagnose(
  addon: Addon,
  parts: readonly Part[],
  because: string,
  c: Context,
): Promise<KmonError> {
  for (const namespace of namespacesOf(addon, parts, c)) {
    const error = await diagnosePods(c.cluster, namespace, again(addon, c), {
      only: (pod) => isOf(addon, pod.labels),
    });
    if (error !== undefined) return error;
  }
  return new KmonError('not-verified', because, {
    hint: `give it a minute, since slow machines start slowly, and ${again(addon, c)}`,
  });
}
