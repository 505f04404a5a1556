import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where on this computer lies what can be made or fetched again: `KMON_CACHE`, or `~/.cache/kmon`. */
export function userCache(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const named = env['KMON_CACHE'] ?? '';
  return named === '' ? join(homedir(), '.cache', 'kmon') : named;
}
