import { isAbsolute, join, resolve } from 'node:path';

/** What a path in kmon.yaml is relative to. */
export interface PathBase {
  /** Folder of kmon.yaml. */
  readonly folder: string;
  /** What `~` stands for. */
  readonly home: string;
}

/** The absolute path for one written in kmon.yaml: relative to that file, `~` is the home of who runs kmon. */
export function expandPath(written: string, base: PathBase): string {
  if (written === '~') return base.home;
  if (written.startsWith('~/')) return join(base.home, written.slice(2));
  return isAbsolute(written) ? resolve(written) : resolve(base.folder, written);
}
