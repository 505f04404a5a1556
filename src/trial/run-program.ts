import { NO_PERL, programCommand } from './program.js';
import type { Job, Program } from './program.js';
import type { MachineContext } from '../engine/stage.js';
import { KmonError } from '../errors/kmon-error.js';
import type { NetworkTrials } from './seen.js';

/**
 * Runs a program on the machine and gives what it printed; undefined when it could not, which is noted as something that was not tried
 * and is no failure of the machine.
 *
 * @throws KmonError when the machine is lost, or Ctrl-C.
 */
export async function runProgram(
  m: MachineContext,
  trials: NetworkTrials,
  o: { readonly program: Program; readonly job: Job; readonly what: string },
): Promise<string | undefined> {
  const untried = (because: string): void => {
    trials.untried.push({ machine: m.machine.name, what: o.what, because });
  };
  try {
    const result = await m.run.query(await programCommand(o.program, [...identity(trials), ...o.job]));
    if (result.exitCode === 0) return result.stdout;
    const said = result.stderr.trim().split('\n').at(-1) ?? '';
    if (result.exitCode === NO_PERL) untried('perl is missing');
    else untried(said === '' ? `it ended with exit code ${result.exitCode}` : said);
  } catch (error) {
    if (!(error instanceof KmonError) || error.code !== 'timeout') throw error;
    untried('it took too long');
  }
  return undefined;
}

function identity(trials: NetworkTrials): Job {
  return [
    ['id', trials.id],
    ['token', trials.token],
  ];
}
