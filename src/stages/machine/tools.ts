import { partsFor } from '../../bundle/parts.js';
import type { BundlePart } from '../../bundle/bundle.js';
import type { Context, Stage } from '../../engine/stage.js';
import { pending, satisfied } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { kmonFiles } from '../../resources/kmon-files.js';
import { reads } from '../../shell/command.js';
import type { Command } from '../../shell/command.js';
import { KMON_FOLDER } from '../../config/names.js';
import { KMON_BIN, KMON_CNI } from '../../tools/paths.js';
import { CHECKED } from './check.js';
import { putFile } from '../../tools/put-file.js';
import { bundlePartFile } from '../../bundle/parts.js';

/** Where a part lies on a machine: programs in bin, plugins in cni, charts in charts. Images go straight into containerd (`images`). */
export function installedPath(part: BundlePart): string {
  const file = part.file.split('/').at(-1) ?? part.name;
  if (part.kind === 'chart') return `${KMON_FOLDER}/charts/${file}`;
  return `${part.file.startsWith('cni/') ? KMON_CNI : KMON_BIN}/${file}`;
}

/**
 * Copies the programs and charts of the bundle into kmon's own folder: only what the machine lacks, told by checksum. Nothing on the
 * owner's PATH is touched. Without a bundle there is nothing to do: packages bring the programs.
 */
export const tools: Stage<readonly BundlePart[]> = {
  id: 'tools',
  title: 'Copy the tools',
  after: CHECKED,
  on: 'all',
  settleMs: 0,
  notes: () => [kmonFiles()],
  look: lackingParts,
  foresee: wantedParts,
  judge: (lacking, m) => {
    if (lacking.length === 0) return satisfied(m.bundle === undefined ? 'packages bring them' : 'all there');
    return pending(`${lacking.length} missing or different`);
  },
  steps: (lacking, m) =>
    lacking.map((part): Step => ({ at: 'machine', intent: describe(part), command: copyPart(m, part) })),
};

function wantedParts(m: Context): readonly BundlePart[] {
  return m.bundle === undefined
    ? []
    : partsFor(m.bundle, m.machine.role).filter((p) => p.kind === 'binary' || p.kind === 'chart');
}

async function lackingParts(m: Context): Promise<readonly BundlePart[]> {
  const wanted = wantedParts(m);
  if (wanted.length === 0) return [];
  const result = await m.run.query(reads`sha256sum ${wanted.map(installedPath)} 2>/dev/null || true`);
  const sums = new Map(result.stdout.split('\n').map((line) => [line.slice(66), line.slice(0, 64)]));
  return wanted.filter((p) => sums.get(installedPath(p)) !== p.sha256);
}

function describe(part: BundlePart): string {
  return `copy ${part.name} ${part.version} (${Math.ceil(part.sizeBytes / 1e6)} MB) to ${installedPath(part)}`;
}

function copyPart(m: Context, part: BundlePart): Command<'changes'> {
  if (m.bundle === undefined) throw new TypeError('a part without a bundle');
  return putFile({
    path: installedPath(part),
    content: { file: bundlePartFile(m.bundle, part) },
    sha256: part.sha256,
    mode: part.kind === 'binary' ? '755' : '644',
    timeoutMs: 900_000,
  });
}
