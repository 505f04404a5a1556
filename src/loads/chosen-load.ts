import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { nearestKey } from '../config/mistakes/suggest.js';
import { KmonError } from '../errors/kmon-error.js';
import { MODELS, STANDARD_MODEL } from './index.js';
import { readModelFile } from './model-file.js';
import { secondsOf } from './phase.js';
import type { Phase } from './phase.js';

/** A load as it was asked for, before it is known what it comes to on a machine. */
export interface Load {
  /** Of the model, or the file as it was given. */
  readonly model: string;
  /** Absent: the load has nothing to do with what was asked of processors. */
  readonly cpuPercent?: number;
  readonly seconds: number;
  readonly phases: readonly Phase[];
  /** In words: "80 % CPU for 60 s". */
  readonly text: string;
}

/** What stands on a command line; what is absent was not given. */
export interface AskedLoad {
  readonly model?: string | undefined;
  readonly cpuPercent?: number | undefined;
  readonly seconds?: number | undefined;
}

export const STANDARD_CPU_PERCENT = 80;
export const STANDARD_SECONDS = 60;

/** Far more than the longest list of phases: what is larger is another file. */
const LARGEST_BYTES = 100_000;

/**
 * The load of a model, or of a file: what has a slash or ends as YAML does is one.
 *
 * @throws KmonError `usage` or `config`; nothing was touched
 */
export async function loadOf(asked: AskedLoad, cwd: string): Promise<Load> {
  const { model: word = STANDARD_MODEL.name } = asked;
  if (/[/\\]|\.ya?ml$/i.test(word)) return fromFile(asked, word, cwd);
  const model = MODELS.find(({ name }) => name === word);
  if (model === undefined) throw unknownModel(word);
  if (!model.usesCpu && asked.cpuPercent !== undefined) throw idle(['--cpu'], `the model ${word}`);
  const cpuPercent = asked.cpuPercent ?? STANDARD_CPU_PERCENT;
  const seconds = asked.seconds ?? STANDARD_SECONDS;
  const what = model.usesCpu ? `${cpuPercent} % CPU for ${seconds} s` : `for ${seconds} s`;
  return {
    model: model.name,
    ...(model.usesCpu ? { cpuPercent } : {}),
    seconds,
    phases: model.phases({ cpuPercent, seconds }),
    text: model === STANDARD_MODEL ? what : `${model.name}, ${what}`,
  };
}

async function fromFile({ cpuPercent, seconds }: AskedLoad, file: string, cwd: string): Promise<Load> {
  const given = [...(cpuPercent === undefined ? [] : ['--cpu']), ...(seconds === undefined ? [] : ['--for'])];
  if (given.length > 0) throw idle(given, file);
  const phases = readModelFile(await textOfModel(file, cwd), file);
  const all = secondsOf(phases);
  return { model: file, seconds: all, phases, text: `${file}, for ${all} s` };
}

async function textOfModel(file: string, cwd: string): Promise<string> {
  const path = resolve(cwd, file);
  try {
    const stats = await stat(path);
    if (!stats.isFile()) throw new KmonError('config', `${file} is not a file`, { hint: EXAMPLE });
    if (stats.size > LARGEST_BYTES)
      throw new KmonError('config', `${file} is too large for a load`, { hint: EXAMPLE });
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof KmonError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const why = code === 'ENOENT' || code === 'ENOTDIR' ? `there is no ${file}` : `${file} cannot be read`;
    throw new KmonError('config', why, { hint: EXAMPLE, cause: error });
  }
}

const EXAMPLE = 'write a list of phases such as `phases: [{for: 20s, cpu: 80}]`, or name a model';

function unknownModel(word: string): KmonError {
  const names = MODELS.map(({ name }) => name);
  const near = nearestKey(word, names);
  const choice = `choose among ${names.join(', ')}, or give a file that ends in .yaml`;
  return new KmonError('usage', `there is no model ${JSON.stringify(word.slice(0, 60))}`, {
    hint: near === undefined ? choice : `did you mean ${near}? ${choice}`,
  });
}

function idle(flags: readonly string[], what: string): KmonError {
  const several = flags.length > 1;
  return new KmonError('usage', `${flags.join(' and ')} ${several ? 'say' : 'says'} nothing to ${what}`, {
    hint: `leave ${several ? 'them' : 'it'} out`,
  });
}
