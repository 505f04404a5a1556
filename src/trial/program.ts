import { readTemplate } from '../render/templates.js';
import { reads, tries, withOptions } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { proxiesBack } from '../shell/proxies.js';

/** The programs below templates/trial/. */
export type Program = 'listen' | 'try' | 'speed' | 'reach' | 'stop' | 'pod' | 'pages';

/** What a program is told: a word and its values a line. */
export type Job = readonly (readonly [word: string, ...values: readonly (string | number)[]])[];

/** A program and what it is told, as the machine's shell is given it. */
export type ProgramCommand = Command<'tries'> & { readonly stdin: string };

/** Exit code of a machine without perl; no program of kmon's uses it. */
export const NO_PERL = 94;

/** A program is over within seconds; a machine that swaps is slower. */
const TIMEOUT_MS = 30_000;

/**
 * Runs a program on a machine without leaving a file there: program and job go by stdin, so that neither is in an argument list. perl is
 * presumed since Debian's perl-base is essential. What it opens, it closes again by itself.
 *
 * @throws TypeError for a value that would break the job's lines.
 */
export async function programCommand(program: Program, job: Job): Promise<ProgramCommand> {
  const stdin = await programStdin(program, job);
  const outward = program === 'reach' ? reads`${proxiesBack}; ` : reads``;
  const command = withOptions(tries`command -v perl >/dev/null || exit ${NO_PERL}; ${outward}exec perl -`, {
    timeoutMs: TIMEOUT_MS,
    ok: 'any',
  });
  return { ...command, stdin };
}

/** What perl reads: the program, and behind it the job. @throws TypeError for a value that would break the job's lines. */
export async function programStdin(program: Program, job: Job): Promise<string> {
  for (const value of job.flat()) {
    if (!/^[^\s]+$/.test(String(value))) throw new TypeError(`not a word for a job: ${String(value)}`);
  }
  return [
    await readTemplate('trial/start.pl'),
    await readTemplate(`trial/${program}.pl`),
    '__END__\n',
    ...job.map((line) => `${line.join(' ')}\n`),
  ].join('');
}
