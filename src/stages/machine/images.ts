import type { ImageArchive } from '../../artifacts/supply.js';
import type { Context, Stage } from '../../engine/stage.js';
import { here, pending, satisfied } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { importImages, listImages } from '../../tools/containerd.js';
import { runtime } from './runtime.js';
import { tools } from './tools.js';

/**
 * Loads the images that have to be sent and that the machine lacks, before anything asks for them. An archive is loaded when one of its
 * names is missing; names are pinned versions, so a name stands for its content.
 */
export const images: Stage<readonly ImageArchive[]> = {
  id: 'images',
  title: 'Load images',
  after: here(runtime, tools),
  on: 'all',
  apart: true,
  settleMs: 10_000,
  look: lackingArchives,
  foresee: archives,
  judge: (lacking, { supply }) => {
    if (lacking.length > 0) return pending(`${lacking.length} archives to load`);
    return satisfied(supply.fetched ? 'pulled when needed' : 'all there');
  },
  steps: (lacking) =>
    lacking.map((archive): Step => ({
      at: 'machine',
      intent: describe(archive),
      command: importImages({ file: archive.file }),
      abreast: true,
    })),
};

function archives({ machine, supply }: Context): readonly ImageArchive[] {
  return supply.sentTo(machine.role).archives;
}

async function lackingArchives(m: Context): Promise<readonly ImageArchive[]> {
  const wanted = archives(m);
  if (wanted.length === 0) return [];
  const there = new Set((await m.run.query(listImages)).stdout.split('\n').filter((l) => l !== ''));
  return wanted.filter((archive) => archive.images.some((image) => !there.has(image)));
}

function describe({ name, images: names, sizeBytes }: ImageArchive): string {
  return `load ${names.length} images: ${name} (${Math.ceil(sizeBytes / 1e6)} MB)`;
}
