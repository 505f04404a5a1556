import { join } from 'node:path';
import { userCache } from '../here/user-cache.js';

/** What can be made again, below `KMON_CACHE` or `~/.cache/kmon`. */
export interface LabCache {
  /** Base images as archives, and builds under way. */
  readonly images: string;
  /** Packages that machines downloaded, for the machines of the next lab. */
  readonly packages: string;
}

export function labCache(env: Readonly<Record<string, string | undefined>> = process.env): LabCache {
  const root = userCache(env);
  return { images: join(root, 'lab'), packages: join(root, 'apt-archives') };
}
