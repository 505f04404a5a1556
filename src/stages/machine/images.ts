import { bundlePartFile, partsFor } from '../../bundle/parts.js';
import type { BundlePart } from '../../bundle/bundle.js';
import type { Context, Stage } from '../../engine/stage.js';
import { here, pending, satisfied } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { importImages, listImages } from '../../tools/containerd.js';
import { runtime } from './runtime.js';
import { tools } from './tools.js';

/**
 * Loads the images of the bundle that the machine lacks, before anything asks for them. Without a bundle they are pulled when needed.
 * An archive is loaded when one of its names is missing; names are pinned versions, so a name stands for its content.
 */
export const images: Stage<readonly BundlePart[]> = {
  id: 'images',
  title: 'Load images',
  after: here(runtime, tools),
  on: 'all',
  settleMs: 10_000,
  look: lackingArchives,
  foresee: archives,
  judge: (lacking, m) => {
    if (lacking.length > 0) return pending(`${lacking.length} archives to load`);
    return satisfied(m.bundle === undefined ? 'pulled when needed' : 'all there');
  },
  steps: (lacking, { bundle }) =>
    lacking.flatMap((part): readonly Step[] =>
      bundle === undefined
        ? []
        : [
            {
              at: 'machine',
              intent: describe(part),
              command: importImages({ file: bundlePartFile(bundle, part) }),
            },
          ],
    ),
};

function archives(m: Context): readonly BundlePart[] {
  return m.bundle === undefined ? [] : partsFor(m.bundle, m.machine.role).filter((p) => p.kind === 'images');
}

async function lackingArchives(m: Context): Promise<readonly BundlePart[]> {
  const wanted = archives(m);
  if (wanted.length === 0) return [];
  const there = new Set((await m.run.query(listImages)).stdout.split('\n').filter((l) => l !== ''));
  return wanted.filter((part) => part.images.some((image) => !there.has(image)));
}

function describe(part: BundlePart): string {
  return `load ${part.images.length} images: ${part.name} (${Math.ceil(part.sizeBytes / 1e6)} MB)`;
}
