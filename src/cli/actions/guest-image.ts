import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { supplyFor } from '../../artifacts/supply-for.js';
import type { Bundle } from '../../bundle/bundle.js';
import { inMegabytes } from '../../bundle/bytes.js';
import { readBundle } from '../../bundle/read.js';
import { configPath, loadConfig } from '../../config/load.js';
import { makeGuestImage } from '../../guest/make-image.js';
import type { GuestArchitecture, GuestFormat } from '../../guest/manifest.js';
import type { Io } from '../io.js';
import { withView } from '../with-view.js';
import type { ShowOptions } from '../with-view.js';

export interface GuestImageOptions extends ShowOptions {
  readonly arch: GuestArchitecture | undefined;
  readonly format: readonly GuestFormat[];
  readonly bundle: string | undefined;
}

const STANDARD: readonly GuestFormat[] = ['qcow2', 'vmdk'];

/** `kmon guest image` */
export function guestImageCommand(io: Io, o: GuestImageOptions): Promise<number> {
  return withView(io, o, async (view) => {
    const bundle = await bundleOf(io, o);
    const { folder, manifest, wasThere } = await makeGuestImage({
      ...(o.arch === undefined ? {} : { architecture: o.arch }),
      supply: supplyFor({}, bundle),
      formats: o.format.length === 0 ? STANDARD : o.format,
      say: (text) => {
        view.handle({ type: 'note', text });
      },
      signal: io.signal,
    });
    const what = bundle === undefined ? 'Debian' : `Debian and Kubernetes ${bundle.kubernetes}`;
    view.result(
      [
        `the image of guests for ${manifest.architecture} ${wasThere ? 'was there already' : 'is there'}, with ${what}: ${folder}`,
        ...manifest.files.map((file) => `  ${file.name} (${inMegabytes(file.bytes)})`),
      ].join('\n'),
      { folder, ...manifest, wasThere, kubernetes: bundle?.kubernetes },
    );
    return 0;
  });
}

/** The bundle that is named, or that of the kmon.yaml here. */
async function bundleOf(io: Io, o: GuestImageOptions): Promise<Bundle | undefined> {
  if (o.bundle !== undefined) return readBundle(resolve(io.cwd, o.bundle));
  const isHere = await access(configPath(undefined, io.cwd)).then(
    () => true,
    () => false,
  );
  if (!isHere) return undefined;
  const { bundle } = await loadConfig(undefined, io.cwd);
  return bundle === undefined ? undefined : readBundle(bundle);
}
