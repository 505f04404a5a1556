import { bundleSupply } from '../../artifacts/bundle-supply.js';
import { decideNetwork, withNetwork } from '../../artifacts/pod-network.js';
import { decideProfile, withProfile } from '../../artifacts/profile.js';
import { isPartNeeded } from '../../artifacts/wanted-bundle.js';
import type { BundlePart } from '../../bundle/bundle.js';
import { inMegabytes } from '../../bundle/bytes.js';
import { leftOfMaking } from '../../bundle/making.js';
import { pruneBundle } from '../../bundle/prune.js';
import { readBundle } from '../../bundle/read.js';
import { loadConfig, shownPath } from '../../config/load.js';
import { KmonError } from '../../errors/kmon-error.js';
import { createPrompter } from '../../ui/prompter.js';
import { bundleFolder, refuseOtherVersion } from '../bundle-here.js';
import type { BundleOptions } from '../bundle-here.js';
import type { Io } from '../io.js';
import { withView } from '../with-view.js';

interface BundlePruneOptions extends BundleOptions {
  /** Absent: all that the bundle is for. */
  readonly arch: readonly string[] | undefined;
  readonly yes: boolean;
}

/** `kmon bundle prune` */
export function bundlePruneCommand(io: Io, o: BundlePruneOptions): Promise<number> {
  return withView(io, o, async (view) => {
    const read = await loadConfig(o.config, io.cwd);
    const folder = bundleFolder(io.cwd, o.folder, read);
    const bundle = await readBundle(folder);
    const config = withNetwork(
      withProfile(read, decideProfile(read, bundleSupply(bundle))),
      decideNetwork(read),
    );
    refuseOtherVersion(bundle, config);
    const architectures = o.arch ?? bundle.architectures;
    if (!architectures.some((a) => bundle.architectures.includes(a)))
      throw new KmonError('precondition', `the bundle has nothing for ${architectures.join(' and ')}`, {
        hint: `it is for ${bundle.architectures.join(' and ')}: nothing was removed`,
      });
    const isNeeded = (part: BundlePart): boolean =>
      (part.architecture === undefined || architectures.includes(part.architecture)) &&
      isPartNeeded(part, config);
    const idle = bundle.parts.filter((part) => !isNeeded(part));
    const left = await leftOfMaking(folder);
    const shown = shownPath(folder, io.cwd);
    if (idle.length === 0 && left === undefined) {
      view.result(`${shown}: nothing to remove`, { folder, removed: [] });
      return 0;
    }
    for (const { file, sizeBytes } of idle)
      view.handle({ type: 'note', text: `to remove: ${file} (${inMegabytes(sizeBytes)})` });
    if (left !== undefined)
      view.handle({
        type: 'note',
        text: `to remove: what an interrupted making left (${inMegabytes(left)})`,
      });
    const bytes = idle.reduce((sum, p) => sum + p.sizeBytes, left ?? 0);
    if (!(await isAgreed(io, o.yes))) throw new KmonError('interrupted', 'nothing was removed');
    await pruneBundle(bundle, idle);
    view.result(`${shown}: removed ${inMegabytes(bytes)}`, {
      folder,
      removed: idle.map((p) => p.file),
      bytes,
    });
    return 0;
  });
}

async function isAgreed(io: Io, yes: boolean): Promise<boolean> {
  if (yes) return true;
  const prompter = createPrompter({ stdin: io.stdin, stderr: io.stderr, signal: io.signal });
  if (prompter !== undefined) return prompter.confirm('Remove this?');
  throw new KmonError('usage', 'there is no terminal to ask on; nothing was removed', {
    hint: 'add --yes to remove it',
  });
}
