import { networksOf } from '../../artifacts/wanted-bundle.js';
import { inMegabytes } from '../../bundle/bytes.js';
import { leftOfMaking } from '../../bundle/making.js';
import { readBundle } from '../../bundle/read.js';
import { shownPath } from '../../config/load.js';
import { tableText } from '../../ui/table.js';
import { bundleMeant } from '../bundle-here.js';
import type { BundleOptions } from '../bundle-here.js';
import type { Io } from '../io.js';
import { withView } from '../with-view.js';

/** `kmon bundle list` */
export function bundleListCommand(io: Io, o: BundleOptions): Promise<number> {
  return withView(io, o, async (view) => {
    const folder = await bundleMeant(io, o);
    const bundle = await readBundle(folder);
    const { kubernetes, architectures, parts } = bundle;
    const networks = networksOf(bundle);
    const bytes = parts.reduce((sum, p) => sum + p.sizeBytes, 0);
    const left = await leftOfMaking(folder);
    const columns = [
      { title: 'part' },
      { title: 'version' },
      { title: 'machines' },
      { title: 'size', align: 'right' as const },
      { title: 'images' },
    ];
    const rows = parts.map((p) => [
      p.file,
      p.version,
      p.for.length > 1 ? 'all' : p.for[0],
      inMegabytes(p.sizeBytes),
      p.images.join(' '),
    ]);
    const text = [
      `${shownPath(folder, io.cwd)}: Kubernetes ${kubernetes} for ${architectures.join(' and ')}, network ${networks.join(', ').replace(/, ([^,]*)$/, ' or $1')}`,
      tableText(columns, rows),
      `${parts.length} parts, ${inMegabytes(bytes)}`,
      ...(left === undefined ? [] : [`an interrupted making left ${inMegabytes(left)}`]),
    ];
    view.result(text.join('\n'), { folder, kubernetes, architectures, networks, bytes, parts });
    return 0;
  });
}
