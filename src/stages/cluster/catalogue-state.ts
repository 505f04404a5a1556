import type { CatalogueAddon } from '../../addons/addon.js';
import { ADDON_LABEL, labelOf } from '../../addons/addon-label.js';
import { CATALOGUE } from '../../addons/index.js';
import { OWNER_LABEL, ownerInWords } from '../../cluster/owner.js';
import { lookingStage, onParent, satisfied } from '../../engine/stage.js';
import type { Context } from '../../engine/stage.js';
import { getIfThere, getLabelOf } from '../../tools/kubectl.js';
import { parseLabel, parseLabels } from '../../tools/kubernetes-objects.js';
import { clusterThere } from './cluster-there.js';
import { leftInWords, lookAtLeft, NOTHING_LEFT } from './left-on-cluster.js';
import type { LeftSeen } from './left-on-cluster.js';
import { isFromHere } from './owned-parts.js';

/** `others`: one of its kind is there that kmon has not brought, or has brought from another computer or folder. */
export type AddonState = 'absent' | 'there' | 'others';

/** An add-on of the catalogue as it is on the cluster. */
export interface AddonStanding {
  readonly addon: CatalogueAddon;
  readonly state: AddonState;
  /** Of one that kmon has brought from elsewhere: whose it is, in words. */
  readonly elsewhere?: string;
  /** The same as its label has it; absent too: it has none. */
  readonly owner?: string;
  /** What is there of kmon's, from here. */
  readonly left: LeftSeen;
}

export async function lookAtAddons(
  addons: readonly CatalogueAddon[],
  c: Context,
): Promise<readonly AddonStanding[]> {
  return Promise.all(
    addons.map(async (addon): Promise<AddonStanding> => {
      const left = await lookAtLeft(addon.leaves(c.config), c);
      if (leftInWords(left).length > 0) {
        const others = await ownersElsewhere(addon, c);
        if (others.length === 0) return { addon, state: 'there', left };
        const owner = others.find((one) => one !== undefined);
        return {
          addon,
          state: 'others',
          elsewhere: ownerInWords(owner),
          ...(owner === undefined ? {} : { owner }),
          left: NOTHING_LEFT,
        };
      }
      return { addon, state: (await isSomebodyElses(addon, c)) ? 'others' : 'absent', left };
    }),
  );
}

/**
 * Whose it is, `undefined` standing for what does not say so, where something of it was made from elsewhere: then all of it is somebody else's. Pods bear no owner: what made them does, and is gone
 * first where it is taken away.
 */
async function ownersElsewhere(addon: CatalogueAddon, c: Context): Promise<readonly (string | undefined)[]> {
  const { objects = [] } = addon.leaves(c.config);
  const kinds = [...new Set(objects.flatMap((one) => one.kinds))].filter(
    (kind) => kind !== 'pods' && !kind.includes('.'),
  );
  const asked = getLabelOf(c.cluster.kubectl, { kinds, label: labelOf(addon.id) }, OWNER_LABEL);
  return parseLabels(await c.cluster.query(asked)).filter((owner) => !isFromHere(owner, c));
}

/** Of an add-on that stays: its name, and whose it is as far as it says so. */
export function othersInWords({ addon, elsewhere }: AddonStanding): string {
  return elsewhere === undefined ? addon.id : `${addon.id} (${elsewhere})`;
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
