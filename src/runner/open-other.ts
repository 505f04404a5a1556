import type { OtherSystem } from '../errors/kmon-error.js';
import { KmonError } from '../errors/kmon-error.js';
import { reads } from '../shell/command.js';
import type { Secret } from '../shell/secret.js';
import type { Transport } from '../transport/transport.js';
import { liveRunner } from './live.js';
import type { PowerShellRunner } from './powershell-runner.js';
import { powershellRunner } from './powershell-runner.js';
import type { Runner } from './runner.js';
import type { Trace } from './traced.js';

/** How commands run on a computer that is no Linux. */
export type OtherRunner =
  | { readonly family: 'windows'; readonly system: OtherSystem; readonly run: PowerShellRunner }
  | { readonly family: 'macos'; readonly system: OtherSystem; readonly run: Runner };

/** The looking half of it. */
export type OtherReader =
  | {
      readonly family: 'windows';
      readonly system: OtherSystem;
      readonly run: Pick<PowerShellRunner, 'machine' | 'query'>;
    }
  | {
      readonly family: 'macos';
      readonly system: OtherSystem;
      readonly run: Pick<Runner, 'machine' | 'query'>;
    };

export interface OpenOtherOptions {
  readonly machine: string;
  readonly transport: Transport;
  readonly system: OtherSystem;
  /** Called only when sudo on a Mac needs a password; `undefined`: nobody can be asked. */
  readonly askPassword: () => Promise<Secret | undefined>;
  /** On a Mac that wants a password which nobody gives: commands run as the user, who sees less and may change nothing. */
  readonly withoutRights?: boolean;
  readonly trace?: Trace;
}

/**
 * A runner with the rights of an administrator: on Windows those of the login, on a Mac by sudo (macOS 13 or newer: the base64 of older
 * ones is another). `undefined` for systems that kmon has no commands for.
 *
 * @throws KmonError `no-sudo` on a Mac, and what the connection throws.
 */
export async function openOther(options: OpenOtherOptions): Promise<OtherRunner | undefined> {
  const { system } = options;
  if (system.family === 'windows') return { family: 'windows', system, run: powershellRunner(options) };
  if (system.family === 'macos') return { family: 'macos', system, run: await onMac(options) };
  return undefined;
}

async function onMac(options: OpenOtherOptions): Promise<Runner> {
  const unasked = liveRunner({ ...options, sudo: { mode: 'nopasswd' } });
  try {
    await unasked.query(reads`true`);
    return unasked;
  } catch (error) {
    if (!(error instanceof KmonError) || error.code !== 'no-sudo') throw error;
    const password = await options.askPassword();
    if (password === undefined) {
      if (options.withoutRights === true) return liveRunner({ ...options, sudo: { mode: 'user' } });
      throw error;
    }
    const run = liveRunner({ ...options, sudo: { mode: 'password', password } });
    await run.query(reads`true`);
    return run;
  }
}
