import type { TrialContext } from '../engine/stage.js';
import { KmonError } from '../errors/kmon-error.js';
import { NO_PERL, programCommand } from './program.js';
import type { Job, Program } from './program.js';

/** Of this run alone: by these its listeners know whom they answer. */
export interface TrialIdentity {
  /** Names the listeners of this run on the machines; anybody there may see it. */
  readonly id: string;
  /** Only who knows it is answered by them. */
  readonly token: string;
}

/** What a program printed, or why it could not be run: something that was not tried, and no failure of the machine. */
export type Ran = { readonly stdout: string } | { readonly untried: string };

/** Runs a program of the trial on the machine; only listeners and who speaks to them have an identity. @throws KmonError when the machine is lost, or Ctrl-C. */
export async function runProgram(
  c: TrialContext,
  identity: TrialIdentity | undefined,
  program: Program,
  job: Job,
): Promise<Ran> {
  try {
    const result = await c.attempt(await programCommand(program, [...linesOf(identity), ...job]));
    if (result.exitCode === 0) return { stdout: result.stdout };
    const said = result.stderr.trim().split('\n').at(-1) ?? '';
    if (result.exitCode === NO_PERL) return { untried: 'perl is missing' };
    return { untried: said === '' ? `it ended with exit code ${result.exitCode}` : said };
  } catch (error) {
    if (!(error instanceof KmonError) || error.code !== 'timeout') throw error;
    return { untried: 'it took too long' };
  }
}

function linesOf(identity: TrialIdentity | undefined): Job {
  return identity === undefined
    ? []
    : [
        ['id', identity.id],
        ['token', identity.token],
      ];
}
