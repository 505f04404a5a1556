import type { CatalogueAddon } from '../../addons/addon.js';
import { typedFor } from '../../cluster/cluster-runner.js';
import { clusterNodes, ownNode } from '../../cluster/nodes.js';
import { blocked, lookingStage, onParent, pending, satisfied } from '../../engine/stage.js';
import type { Context, Stage } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { changedObjects, manifestsOf, missingObjects } from './addon-objects.js';
import { unprovenOf } from './addon-stage.js';
import { clusterThere } from './cluster-there.js';

interface ProofSeen {
  /** What is not there of it, or not as it should be. */
  readonly broken?: KmonError;
  readonly unproven?: string;
}

/**
 * A machine that is busy may be a moment late with its answer. What a kubelet tells of its images is up to half a minute old, and comes with its next
 * report.
 */
const PROVEN_WITHIN_MS = { answers: 20_000, images: 60_000 } as const;

/** Proves an add-on that is there: that all of it is as it should be, then that it works. Changes nothing. */
export function proveAddon(addon: CatalogueAddon): Stage<ProofSeen> {
  const notVerified = (because: string, { cluster }: Context): KmonError =>
    new KmonError('not-verified', `${addon.id}: ${because}`, {
      hint: `run \`${typedFor(cluster, `kmon addon add ${addon.id}`)}\`, which mends what is not as it should be and says what is the matter`,
    });
  return {
    id: `prove-${addon.id}`,
    title: `Prove ${addon.id}`,
    after: onParent(clusterThere),
    on: 'cluster',
    settleMs: PROVEN_WITHIN_MS[addon.verifies === undefined ? 'answers' : 'images'],
    look: async (c) => {
      // One that reads on the machines is another when a machine has joined since: that is no fault of it, and its proof comes first.
      const isLast = addon.reads !== undefined;
      const manifests = await manifestsOf(addon, c);
      const broken =
        (await missingObjects(manifests, c)) ?? (isLast ? undefined : await changedObjects(manifests, c));
      if (broken !== undefined) return { broken: notVerified(broken, c) };
      const unproven =
        (await unprovenOf(addon, c)) ?? (await unprovenOf({ proofs: addon.verifies ?? [] }, c));
      if (unproven !== undefined) return { unproven };
      const changed =
        isLast && (await addon.isOfTheseMachines?.(c)) !== false
          ? await changedObjects(manifests, c)
          : undefined;
      return changed === undefined ? {} : { broken: notVerified(changed, c) };
    },
    foresee: () => ({}),
    judge: ({ broken, unproven }) => {
      // Nobody brings it back by waiting.
      if (broken !== undefined) return blocked(broken);
      return unproven === undefined ? satisfied('proven') : pending(unproven);
    },
    diagnose: async (because, c) => notVerified(because, c),
  };
}

interface HeardSeen {
  /** Why it is no use to the machine. */
  readonly silent?: KmonError;
  readonly isOut?: true;
}

/** Proves, on each machine of the cluster, that an add-on that machines are told of is there for it. Absent: they are told of none. Changes nothing. */
export function proveOnMachines(
  addon: CatalogueAddon,
  proving: Stage<ProofSeen>,
): Stage<HeardSeen> | undefined {
  if (addon.silentTo === undefined) return undefined;
  return lookingStage<HeardSeen>({
    id: `${proving.id}-on-machines`,
    title: `Ask for ${addon.id} on each machine`,
    after: onParent(clusterThere, proving),
    on: 'all',
    look: async (c) => {
      if ((await ownNode(c)) === undefined) return { isOut: true };
      const silent = await addon.silentTo?.(c);
      return silent === undefined ? {} : { silent };
    },
    judge: ({ silent, isOut }) => {
      if (silent !== undefined) return blocked(silent);
      return satisfied(isOut === true ? 'not in the cluster' : 'answers');
    },
  });
}

/** The names of the machines whose nodes are Ready: one that is off is no fault of what is proven on machines. */
export const lookAtReady = lookingStage<readonly string[]>({
  id: 'look-at-ready',
  title: 'Look which machines are there',
  after: onParent(clusterThere),
  on: 'cluster',
  look: async (c) => (await clusterNodes(c)).filter(({ state }) => state === 'ready').map(({ name }) => name),
  judge: (names) => satisfied(`${names.length} Ready`),
});
