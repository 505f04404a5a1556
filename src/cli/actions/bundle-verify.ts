import { inMegabytes } from '../../bundle/bytes.js';
import { examineBundle } from '../../bundle/examine.js';
import { readBundle } from '../../bundle/read.js';
import { shownPath } from '../../config/load.js';
import { KmonError } from '../../errors/kmon-error.js';
import { bundleMeant } from '../bundle-here.js';
import type { BundleOptions } from '../bundle-here.js';
import type { Io } from '../io.js';
import { withView } from '../with-view.js';

/** `kmon bundle verify` */
export function bundleVerifyCommand(io: Io, o: BundleOptions): Promise<number> {
  return withView(io, o, async (view) => {
    const folder = await bundleMeant(io, o);
    const shown = shownPath(folder, io.cwd);
    const bundle = await readBundle(folder);
    const { wrong, strange, leftBytes } = await examineBundle(bundle, io.signal, () => undefined);
    for (const file of strange)
      view.handle({ type: 'note', text: `too much: ${file} is none of the bundle's` });
    if (leftBytes > 0)
      view.handle({
        type: 'note',
        text: `too much: an interrupted making left ${inMegabytes(leftBytes)}; kmon bundle prune removes it`,
      });
    if (wrong.length > 0) {
      const texts = wrong.map(({ part, what }) => `${part.file} ${what}`);
      throw new KmonError('precondition', `the bundle in ${shown} is damaged: ${texts.join('; ')}`, {
        hint: 'run `kmon bundle make`: it fetches what is damaged again; or copy the bundle again',
        mistakes: texts.map((text) => ({ text: `${shown}: ${text}` })),
      });
    }
    view.result(`${shown}: all of its ${bundle.parts.length} parts are what the list says`, {
      folder,
      parts: bundle.parts.length,
      strange,
      leftBytes,
    });
    return 0;
  });
}
