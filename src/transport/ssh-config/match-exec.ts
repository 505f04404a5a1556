import { spawnSync } from 'node:child_process';
import type { Platform } from '../../here/platform/platform.js';
import { thisPlatform } from '../../here/platform/this-platform.js';

/** Says whether a command of the ssh configuration (`Match exec`) is satisfied. */
export type MatchExec = (command: string) => boolean;

/** A command that asks a network which is gone would keep everybody waiting. */
const TIMEOUT_MS = 10_000;

/**
 * Runs it as ssh does each time it starts: the person's own command, by the person's own shell, to find out how to log in. Once a run of
 * kmon, however many machines ask.
 */
export function matchExec(env: NodeJS.ProcessEnv, platform: Platform = thisPlatform): MatchExec {
  const known = new Map<string, boolean>();
  return (command) => {
    const before = known.get(command);
    if (before !== undefined) return before;
    const { program, args, verbatim = false } = platform.shell(command, env);
    const { status } = spawnSync(program, args, {
      env,
      windowsVerbatimArguments: verbatim,
      windowsHide: true,
      stdio: 'ignore',
      timeout: TIMEOUT_MS,
    });
    known.set(command, status === 0);
    return status === 0;
  };
}
