import { KMON_BIN } from '../../src/config/names.js';
import { CONTAINERD } from '../../src/tools/containerd.js';
import { output } from '../bench.d/programs-run.js';

export interface Machines {
  /** The container engine, and the containers that the machines are. */
  readonly engine: string;
  readonly containers: readonly string[];
}

/** Gives every machine the images of an archive, under the names in it: they are asked for by no registry then. */
export async function importImages(
  { engine, containers }: Machines,
  archive: string,
  signal?: AbortSignal,
): Promise<void> {
  // Of the bundle, or of the package of containerd.
  const path = `PATH=${KMON_BIN}:/usr/local/bin:/usr/bin:/bin`;
  const ctr = ['env', path, 'ctr', '--address', CONTAINERD.socket, '--namespace', 'k8s.io'];
  await Promise.all(
    containers.map((container) =>
      output(
        'sh',
        [
          '-c',
          'exec "$@" <"$0"',
          archive,
          engine,
          'exec',
          '--interactive',
          container,
          ...ctr,
          'images',
          'import',
          '-',
        ],
        signal === undefined ? {} : { signal },
      ),
    ),
  );
}
