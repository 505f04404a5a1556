import type { ProgramEnd, ProgramOptions, RunProgram } from '../../../src/lab/process.js';

/** Answers by command line; an unexpected one fails the test. `calls` is what ran, in order. */
export interface ScriptedPrograms {
  readonly run: RunProgram;
  readonly calls: readonly string[];
  readonly options: readonly (ProgramOptions | undefined)[];
}

export const MISSING: ProgramEnd = { missing: true, exitCode: 255, stdout: '', stderr: '' };

export function ends(stdout: string, exitCode = 0, stderr = ''): ProgramEnd {
  return { missing: false, exitCode, stdout, stderr };
}

export function scriptedPrograms(
  answers: Readonly<Record<string, ProgramEnd | readonly ProgramEnd[]>>,
): ScriptedPrograms {
  const calls: string[] = [];
  const options: (ProgramOptions | undefined)[] = [];
  const seen = new Map<string, number>();
  return {
    calls,
    options,
    run: async (file, args, given) => {
      const line = [file, ...args].join(' ');
      calls.push(line);
      options.push(given);
      const answer = answers[line];
      if (answer === undefined) throw new Error(`unexpected: ${line}`);
      if ('exitCode' in answer) return answer;
      const n = seen.get(line) ?? 0;
      seen.set(line, n + 1);
      const one = answer[n];
      if (one === undefined) throw new Error(`once too often: ${line}`);
      return one;
    },
  };
}
