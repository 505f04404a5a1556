import type { Addon, Part, ReleasePart } from '../../addons/addon.js';
import { typedFor } from '../../cluster/cluster-runner.js';
import { diagnosePods, hinderedPods, inTheWayOf } from '../../cluster/hindered-pods.js';
import type { Results } from '../../engine/results.js';
import type { After, Context, Stage } from '../../engine/stage.js';
import { blocked, pending, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { kmonFiles } from '../../resources/kmon-files.js';
import { foreseePart, hasInstalled, lookAtPart, stepsFor } from './addon-parts.js';
import type { PartSeen } from './addon-parts.js';
import { requireCluster } from './control-plane.js';

interface AddonSeen {
  /** Why there is nothing to install. */
  readonly notWanted?: string;
  readonly inTheWay?: KmonError;
  readonly parts: readonly PartSeen[];
  /** What is not proven of it yet; asked only when all parts are as they should be. */
  readonly unproven?: string;
}

/** Installs an add-on on the cluster and proves it: the same stage for all of them. */
export function addonStage(addon: Addon, after: readonly After[]): Stage<AddonSeen> {
  return {
    id: addon.stage ?? addon.id,
    title: addon.title,
    after,
    on: 'cluster',
    settleMs: addon.settleMs,
    look: (c, so) => lookAtAddon(addon, c, so),
    foresee: (c) => withoutLooking(addon, c) ?? { parts: partsOf(addon, c).map(foreseePart) },
    judge: ({ notWanted, inTheWay, parts, unproven }) => {
      if (inTheWay !== undefined) return blocked(inTheWay);
      if (notWanted !== undefined) return satisfied(notWanted);
      const lacks = parts.find((p) => p.lacks !== undefined)?.lacks ?? unproven;
      if (lacks !== undefined) return pending(lacks);
      return satisfied(parts.some((p) => p.part.kind === 'release') ? 'installed' : 'applied');
    },
    // Where nothing is sent, its chart is the first that comes into kmon's folder.
    notes: ({ parts }) => (parts.some((p) => p.part.kind === 'release') ? [kmonFiles()] : []),
    steps: ({ parts }, c) => parts.flatMap((part) => stepsFor(part, c)),
    hindrance: (c) => hindrance(addon, c),
    diagnose: (because, c) => diagnose(addon, because, c),
  };
}

function partsOf(addon: Addon, c: Context): readonly Part[] {
  return addon.install?.(c) ?? [];
}

function withoutLooking(addon: Addon, { config }: Context): AddonSeen | undefined {
  const notWanted = addon.notWanted(config);
  return notWanted === undefined ? undefined : { notWanted, parts: [] };
}

async function lookAtAddon(addon: Addon, c: Context, so: Results): Promise<AddonSeen> {
  const known = withoutLooking(addon, c);
  if (known !== undefined) return known;
  // A pod network comes right behind the init that has proven it; and a cluster that has just taken a part is there.
  if (addon.group !== 'network' && !hasInstalled(so)) await requireCluster(c);
  const parts: PartSeen[] = [];
  for (const part of partsOf(addon, c)) parts.push(await lookAtPart(part, c, so));
  if (parts.some((p) => p.lacks !== undefined)) {
    const inTheWay = hasInstalled(so) ? undefined : (notReplaced(parts, c) ?? (await addon.inTheWay?.(c)));
    return { parts, ...(inTheWay === undefined ? {} : { inTheWay }) };
  }
  for (const prove of addon.proofs) {
    const unproven = await prove(c);
    if (unproven !== undefined) return { parts, unproven };
  }
  return { parts };
}

/** What the profile was decided for did not answer then, or was another cluster: a room keeps what it has until somebody names another. */
function notReplaced(parts: readonly PartSeen[], { config, cluster }: Context): KmonError | undefined {
  if (config.monitoring.profileIsOpen !== true) return undefined;
  const taken = parts.find((p) => 'replaces' in p && p.replaces);
  if (taken?.part.kind !== 'release') return undefined;
  return new KmonError(
    'precondition',
    `the cluster has the monitoring of the other profile (release ${taken.part.replaces?.release ?? ''}), and kmon.yaml names none: it is not replaced unasked`,
    {
      hint: `run \`${typedFor(cluster, 'kmon deploy-monitoring')}\` again, which keeps it; or write monitoring.profile into kmon.yaml`,
    },
  );
}

/** An image that one machine alone does not get, for the pod that every machine has, keeps nobody waiting: that one has a stage of its own. */
async function hindrance(addon: Addon, c: Context): Promise<KmonError | string | undefined> {
  const namespaces = namespacesOf(addon, c);
  const hindered = (await hinderedPods(c)).filter(
    ({ pod }) => namespaces.has(pod.namespace) && pod.madeBy !== 'DaemonSet',
  );
  return inTheWayOf(hindered, again(addon, c));
}

function namespacesOf(addon: Addon, c: Context): ReadonlySet<string> {
  const releases = partsOf(addon, c).filter((part): part is ReleasePart => part.kind === 'release');
  return new Set(releases.map((part) => part.namespace));
}

function again({ group }: Addon, { cluster }: Context): string {
  const command = group === 'network' ? 'kmon init-parent' : 'kmon deploy-monitoring';
  return `run \`${typedFor(cluster, command)}\` again`;
}

async function diagnose(addon: Addon, because: string, c: Context): Promise<KmonError> {
  for (const namespace of namespacesOf(addon, c)) {
    const error = await diagnosePods(c.cluster, namespace, again(addon, c));
    if (error !== undefined) return error;
  }
  return new KmonError('not-verified', because, {
    hint: `give it a minute, since slow machines start slowly, and ${again(addon, c)}`,
  });
}
