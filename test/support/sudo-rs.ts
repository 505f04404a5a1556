import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A real sudo-rs that `scripts/sudo-rs` built. */
export interface SudoRs {
  /** Such as 0.2.15. */
  readonly version: string;
  readonly file: string;
}

/** Oldest first. @throws Error when they were not built */
export function sudoRsVersions(): readonly SudoRs[] {
  const script = join(import.meta.dirname, '../../scripts/sudo-rs');
  try {
    execFileSync(script, ['--check']);
  } catch (error) {
    throw new Error('there is no sudo-rs for these tests: run scripts/setup room', { cause: error });
  }
  const dir = execFileSync(script, { encoding: 'utf8' }).trim();
  return readdirSync(dir)
    .map((name) => ({ version: name.replace('sudo-', ''), file: join(dir, name) }))
    .toSorted((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
}

/** A folder of this computer in which it is `sudo`, with the rights that it has where it is installed. */
export function sudoRsFolder({ file }: SudoRs): { readonly dir: string; remove(): void } {
  // Not below /tmp, where many computers let nothing be setuid.
  const dir = mkdtempSync('/usr/local/lib/kmon-test-sudo-rs-');
  chmodSync(dir, 0o755);
  copyFileSync(file, join(dir, 'sudo'));
  chmodSync(join(dir, 'sudo'), 0o4755);
  return {
    dir,
    remove: () => {
      rmSync(dir, { recursive: true });
    },
  };
}
