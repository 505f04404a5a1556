import type { ImageArchive, SentFile } from '../../artifacts/supply.js';
import type { Stage } from '../../engine/stage.js';
import { here, onParent, pending, satisfied } from '../../engine/stage.js';
import { kmonFiles } from '../../resources/kmon-files.js';
import { clusterThere } from '../cluster/cluster-there.js';
import { images } from './images.js';
import { archivesFor, copying, filesFor, lackingArchives, lackingFiles, loading } from './sent.js';

interface ForAddonsSeen {
  readonly files: readonly SentFile[];
  readonly archives: readonly ImageArchive[];
}

type Which = Pick<Stage<ForAddonsSeen>, 'on' | 'after' | 'apart'>;

const sending = (which: Which): Stage<ForAddonsSeen> => ({
  ...which,
  id: 'for-addons',
  title: 'Send what add-ons need',
  settleMs: 10_000,
  notes: ({ files }) => (files.length > 0 ? [kmonFiles()] : []),
  look: async (c, so) => ({
    files: await lackingFiles('addons', c, so),
    archives: await lackingArchives('addons', c),
  }),
  foresee: (c) => ({ files: filesFor('addons', c), archives: archivesFor('addons', c) }),
  judge: ({ files, archives }, { supply }) => {
    const lacking = files.length + archives.length;
    if (lacking > 0) return pending(`${lacking} missing or different`);
    return satisfied(supply.fetched ? 'fetched when needed' : 'all there');
  },
  steps: ({ files, archives }) => [...files.map(copying), ...archives.map(loading)],
});

/** What has to be sent for the add-ons alone, such as helm, charts and the images of the monitoring: it comes while kubeadm works. */
export const forAddons = sending({ on: 'all', after: here(images), apart: true });

/** The same to a parent whose cluster is there, and may have been left before all of it was sent. */
export const forAddonsLater = sending({ on: 'parent', after: onParent(clusterThere) });
