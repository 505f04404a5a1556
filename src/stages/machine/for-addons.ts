import type { ImageArchive, SentFile } from '../../artifacts/supply.js';
import type { Stage } from '../../engine/stage.js';
import { here, pending, satisfied } from '../../engine/stage.js';
import { kmonFiles } from '../../resources/kmon-files.js';
import { images } from './images.js';
import { archivesFor, copying, filesFor, lackingArchives, lackingFiles, loading } from './sent.js';

interface ForAddonsSeen {
  readonly files: readonly SentFile[];
  readonly archives: readonly ImageArchive[];
}

/** What has to be sent for the add-ons alone, such as helm, charts and the images of the monitoring: it comes while kubeadm works. */
export const forAddons: Stage<ForAddonsSeen> = {
  id: 'for-addons',
  title: 'Send what add-ons need',
  after: here(images),
  on: 'all',
  apart: true,
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
};
