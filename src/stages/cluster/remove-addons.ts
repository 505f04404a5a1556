import type { CatalogueAddon } from '../../addons/addon.js';
import { diagnoseHeld, holdingBack } from '../../cluster/held-namespaces.js';
import { typedFor } from '../../cluster/cluster-runner.js';
import { blocked, here, onParent, pending, satisfied } from '../../engine/stage.js';
import type { Context, Stage } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { isThere } from '../../here/private-files.js';
import { whose } from '../machine/whose.js';
import { lookAtAddons, othersInWords } from './catalogue-state.js';
import type { AddonStanding } from './catalogue-state.js';
import { clusterThere } from './cluster-there.js';
import { leftInWords, removingLeft } from './left-on-cluster.js';
import { howToAdopt } from './owned-parts.js';

interface RemovalSeen {
  readonly standings: readonly AddonStanding[];
  /** Of this computer: what opens something of one that goes, or is gone. */
  readonly files: readonly string[];
  /** Why none of them goes: one is in use; or it is the one that was named, and is somebody else's. */
  readonly stays?: KmonError;
}

/**
 * Takes add-ons of the catalogue off a cluster that lives on, by what they have recorded there, whether kmon.yaml lists them or not. What somebody
 * else has brought is named, and stays: where it is the only one that was to go, that is refused.
 *
 * @param again the command that does it, for whoever has to run it once more
 */
export function removeAddons(addons: readonly CatalogueAddon[], again: string): Stage<RemovalSeen> {
  const namespacesLeft = async (c: Context): Promise<readonly string[]> =>
    (await lookAtAddons(addons, c)).flatMap(({ left }) =>
      left.objects.filter(({ kind }) => kind === 'namespace').map(({ name }) => name),
    );
  const runAgain = ({ cluster }: Context): string => `run \`${typedFor(cluster, again)}\` again`;
  return {
    id: 'remove-addons',
    title: 'Take add-ons away',
    after: [...here(whose), ...onParent(clusterThere)],
    on: 'cluster',
    // A pod has half a minute to end.
    settleMs: 120_000,
    look: (c) => lookAtRemoval(addons, again, c),
    judge: ({ standings: seen, files, stays }) => {
      if (stays !== undefined) return blocked(stays);
      const ours = seen.filter(({ state }) => state === 'there');
      if (ours.length > 0) return pending(ours.map(inWords).join('; '));
      if (files.length > 0) return pending(`${files.join(', ')} opens nothing any more`);
      const others = seen.filter(({ state }) => state === 'others').map(othersInWords);
      const from = seen.some(({ elsewhere }) => elsewhere !== undefined) ? 'from here' : 'of kmon';
      const none =
        addons.length === 1 ? `there is no ${addons[0]?.id ?? ''} ${from}` : `there is none ${from}`;
      return satisfied(others.length === 0 ? none : `${none}; somebody else's stays: ${others.join(', ')}`);
    },
    steps: ({ standings, files }, c) => [
      ...standings.flatMap(({ left }) => removingLeft(left, c)),
      ...files.map((file) => ({ at: 'here' as const, intent: `remove ${file} from this computer`, file })),
    ],
    hindrance: async (c) => holdingBack(c, await namespacesLeft(c), runAgain(c)),
    diagnose: async (because, c) => diagnoseHeld(c, await namespacesLeft(c), runAgain(c), because),
  };
}

async function lookAtRemoval(
  addons: readonly CatalogueAddon[],
  again: string,
  c: Context,
): Promise<RemovalSeen> {
  const standings = await lookAtAddons(addons, c);
  const files = await filesOf(standings, c);
  const [named, ...more] = standings;
  if (named?.state === 'others' && more.length === 0)
    return { standings, files, stays: somebodyElses(named, again, c) };
  for (const { addon, state } of standings) {
    const stays = state === 'there' ? await addon.inUse?.(c) : undefined;
    if (stays !== undefined) return { standings, files, stays };
  }
  return { standings, files };
}

function somebodyElses(standing: AddonStanding, again: string, { cluster }: Context): KmonError {
  return new KmonError(
    'precondition',
    `${othersInWords(standing)} on this cluster is somebody else's, and stays`,
    {
      hint:
        standing.elsewhere === undefined
          ? 'remove it by the means of whoever has installed it'
          : `it was made from another computer or folder: ${howToAdopt(standing.owner, again, cluster)}`,
    },
  );
}

async function filesOf(standings: readonly AddonStanding[], { config }: Context): Promise<readonly string[]> {
  const kept = standings.flatMap(({ addon, state }) =>
    state === 'others' ? [] : (addon.keeps?.(config) ?? []),
  );
  const there = await Promise.all(kept.map(isThere));
  return kept.filter((_, i) => there[i]);
}

function inWords({ addon, left }: AddonStanding): string {
  return `${addon.id}: ${leftInWords(left).join(', ')}`;
}
