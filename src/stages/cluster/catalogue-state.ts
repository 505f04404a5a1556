import type { CatalogueAddon } from '../../addons/addon.js';
import { ADDON_LABEL } from '../../addons/addon-label.js';
import { CATALOGUE } from '../../addons/index.js';
import { lookingStage, onParent, satisfied } from '../../engine/stage.js';
import type { Context } from '../../engine/stage.js';
import { getIfThere } from '../../tools/kubectl.js';
import { parseLabel } from '../../tools/kubernetes-objects.js';
import { clusterThere } from './cluster-there.js';
import { leftInWords, lookAtLeft } from './left-on-cluster.js';
import type { LeftSeen } from './left-on-cluster.js';

/** `others`: one of its kind is there that kmon has not brought. */
export type AddonState = 'absent' | 'there' | 'others';

/** An add-on of the catalogue as it is on the cluster. */
export interface AddonStanding {
  readonly addon: CatalogueAddon;
  readonly state: AddonState;
  /** What is there of kmon's. */
  readonly left: LeftSeen;
}

export async function lookAtAddons(
  addons: readonly CatalogueAddon[],
  c: Context,
): Promise<readonly AddonStanding[]> {
  return Promise.all(
    addons.map(async (addon): Promise<AddonStanding> => {
      const left = await lookAtLeft(addon.leaves(c.config), c);
      if (leftInWords(left).length > 0) return { addon, state: 'there', left };
      return { addon, state: (await isSomebodyElses(addon, c)) ? 'others' : 'absent', left };
    }),
  );
}

/** Whether there is one of its kind that is not kmon's. */
async function isSomebodyElses({ id, knownBy }: CatalogueAddon, { cluster }: Context): Promise<boolean> {
  for (const path of knownBy) {
    const found = parseLabel(await cluster.query(getIfThere(cluster.kubectl, path)), ADDON_LABEL);
    if (found !== undefined && found.value !== id) return true;
  }
  return false;
}

/** What there is of the whole catalogue. */
export const lookAtCatalogue = lookingStage<readonly AddonStanding[]>({
  id: 'look-at-addons',
  title: 'Look what add-ons there are',
  after: onParent(clusterThere),
  on: 'cluster',
  look: (c) => lookAtAddons(CATALOGUE, c),
  judge: (all) => {
    const there = all.filter(({ state }) => state === 'there').map(({ addon }) => addon.id);
    return satisfied(there.length === 0 ? 'there is none of kmon' : there.join(', '));
  },
});
