import type { CatalogueAddon } from '../../addons/addon.js';
import { typedFor } from '../../cluster/cluster-runner.js';
import { onParent, pending, satisfied } from '../../engine/stage.js';
import type { Stage } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { clusterThere } from './cluster-there.js';
import { unprovenOf } from './addon-stage.js';

/** Proves an add-on that is there. Changes nothing; a machine that is busy may be a moment late with its answer. */
export function proveAddon(addon: CatalogueAddon): Stage<{ readonly unproven?: string }> {
  return {
    id: `prove-${addon.id}`,
    title: `Prove ${addon.id}`,
    after: onParent(clusterThere),
    on: 'cluster',
    settleMs: 20_000,
    look: async (c) => {
      const unproven = await unprovenOf(addon, c);
      return unproven === undefined ? {} : { unproven };
    },
    foresee: () => ({}),
    judge: ({ unproven }) => (unproven === undefined ? satisfied('proven') : pending(unproven)),
    diagnose: async (because, { cluster }) =>
      new KmonError('not-verified', `${addon.id}: ${because}`, {
        hint: `run \`${typedFor(cluster, `kmon addon add ${addon.id}`)}\`, which mends what is not as it should be and says what is the matter`,
      }),
  };
}
