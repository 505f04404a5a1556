import type { SentFile } from '../../artifacts/supply.js';
import type { Stage } from '../../engine/stage.js';
import { pending, satisfied } from '../../engine/stage.js';
import { kmonFiles } from '../../resources/kmon-files.js';
import { TRIED } from './sources.js';
import { copying, filesFor, lackingFiles } from './sent-files.js';

/**
 * Copies the programs of a node that have to be sent: only what the machine lacks, told by checksum. Nothing on the owner's PATH is touched.
 * Where packages bring the programs there is nothing to do. The network is busy with it while apt is busy with the disk.
 */
export const tools: Stage<readonly SentFile[]> = {
  id: 'tools',
  title: 'Copy the tools',
  after: TRIED,
  on: 'all',
  first: true,
  apart: true,
  sends: true,
  settleMs: 0,
  notes: () => [kmonFiles()],
  look: (c, so) => lackingFiles(['node'], c, so),
  foresee: (c) => filesFor(['node'], c),
  judge: (lacking, c) => {
    if (lacking.length > 0) return pending(`${lacking.length} missing or different`);
    return satisfied(filesFor(['node'], c).length === 0 ? 'packages bring them' : 'all there');
  },
  steps: (lacking) => lacking.map(copying),
};
