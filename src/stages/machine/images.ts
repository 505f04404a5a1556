import type { ImageArchive } from '../../artifacts/supply.js';
import type { Stage } from '../../engine/stage.js';
import { here, pending, satisfied } from '../../engine/stage.js';
import { runtime } from './runtime.js';
import { archivesFor, lackingArchives, loading } from './sent-files.js';
import { tools } from './tools.js';

/**
 * Loads the images of a node that have to be sent and that the machine lacks, before anything asks for them. An archive is loaded when one of
 * its names is missing.
 */
export const images: Stage<readonly ImageArchive[]> = {
  id: 'images',
  title: 'Load images',
  after: here(runtime, tools),
  on: 'all',
  apart: true,
  sends: true,
  settleMs: 10_000,
  look: (c) => lackingArchives(['node'], c),
  foresee: (c) => archivesFor(['node'], c),
  judge: (lacking, { supply }) => {
    if (lacking.length > 0) return pending(`${lacking.length} archives to load`);
    return satisfied(supply.fetched ? 'pulled when needed' : 'all there');
  },
  steps: (lacking) => lacking.map(loading),
};
