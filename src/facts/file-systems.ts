import { words } from './lines.js';
import type { Facts } from './facts.js';
import { KMON_BIN } from '../config/names.js';

/** Folders of the programs that kmon, containerd and dpkg run on the machine. */
const PROGRAMS = ['/usr/bin', KMON_BIN, '/opt/cni/bin', '/var/lib/dpkg/info'];

/** `20120130 4096 16318219 16777216 ext2/ext3 /var/lib`: what stands behind the four figures. */
export function parseFileSystems(disks: readonly string[]): Facts['fileSystems'] {
  return Object.fromEntries(
    disks.flatMap((line) => {
      const [, kind, path] = /^(?:\d+ ){4}(\S+) (\/.*)$/.exec(line) ?? [];
      return kind === undefined || path === undefined ? [] : [[path, kind] as const];
    }),
  );
}

/**
 * `/dev/sda3 /var ext4 rw,noexec 0 0`, in the order in which they were mounted: what was mounted last on a folder, or on one above it,
 * is what one sees there.
 */
export function parseNoexec(mounts: readonly string[]): Facts['noexec'] {
  const all = mounts.flatMap((line) => {
    const [, at, , options] = words(line);
    return at === undefined || options === undefined ? [] : [{ at, options: options.split(',') }];
  });
  return Object.fromEntries(
    PROGRAMS.flatMap((folder) => {
      const seen = all.findLast(({ at }) => at === '/' || folder === at || folder.startsWith(`${at}/`));
      return seen?.options.includes('noexec') === true ? [[folder, seen.at] as const] : [];
    }),
  );
}
