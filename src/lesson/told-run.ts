import type { MachineInShort } from '../facts/in-short.js';
import { ForeignJson } from '../tools/foreign-json.js';

/** What went wrong, as a transcript keeps it. */
export interface ToldFailure {
  /** A kind of failure, such as `precondition`; another word where a newer kmon knows more of them. */
  readonly code: string;
  readonly reason: string;
  readonly hint?: string;
  /** The machine's own words. */
  readonly evidence?: string;
}

/** How a stage ended on a machine. */
export interface ToldResult {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly stage: string;
  /** As people read it; the stage's id where none was told. */
  readonly title: string;
  readonly machine: string;
  readonly outcome: string;
  readonly failure?: ToldFailure;
}

/** One command as its transcript tells it. Times are milliseconds since the epoch, by the clock of this computer. */
export interface ToldRun {
  /** Name of the transcript. */
  readonly file: string;
  /** As typed, such as "join-child". */
  readonly command: string;
  readonly at: number;
  /** Of its last line. */
  readonly endedAt: number;
  readonly dryRun: boolean;
  /** Absent: it ended without a word (it was killed, or is still under way), or in a way that has no run. */
  readonly exitCode?: number;
  readonly machines: readonly string[];
  readonly results: readonly ToldResult[];
  /** What ended it outside of any stage. */
  readonly failures: readonly (ToldFailure & {
    readonly at: number;
    readonly stage?: string;
    readonly machine?: string;
  })[];
  readonly facts: readonly (MachineInShort & { readonly machine: string })[];
  /** Lines that are no JSON: the computer went off in the middle of one. */
  readonly brokenLines: number;
}

/** What a report has no use for, and most lines are: they are not even parsed. */
const SKIPPED = /^\{"at":"[^"]*","type":"(?:command|command-started|progress|planned|note)"/;

/**
 * One transcript, read without trusting it: of another version of kmon, cut off, or written over. What is not understood is left out.
 * `undefined`: nothing in it can be read.
 */
export function parseTranscript(file: string, text: string): ToldRun | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !SKIPPED.test(line));
  const records = lines.map(recordOf);
  const read = records.flatMap((record) => record ?? []);
  const times = read.flatMap((record) => timeOf(record) ?? []);
  const [at] = times;
  const header = read.find((r) => r.at('type').text === 'transcript');
  const command = header?.at('command').text ?? commandIn(file);
  if (at === undefined || command === undefined) return undefined;
  const starts = read.filter((r) => r.at('type').text === 'run-started');
  const exitCode = read.findLast((r) => r.at('type').text === 'report')?.at('exitCode').number;
  const titles = new Map(
    read.flatMap((r) => {
      const [stage, title] = [r.at('stage').text, r.at('title').text];
      return r.at('type').text !== 'stage-started' || stage === undefined || title === undefined
        ? []
        : [[stage, title] as const];
    }),
  );
  return {
    file,
    command,
    at,
    endedAt: Math.max(...times),
    dryRun: starts.some((r) => r.at('dryRun').flag === true),
    ...(exitCode === undefined ? {} : { exitCode }),
    machines: [...new Set(starts.flatMap((r) => r.at('machines').list.flatMap((m) => m.text ?? [])))],
    results: read.flatMap((r) => resultOf(r, titles)),
    failures: read.flatMap(failuresOf),
    facts: read.flatMap(factsOf),
    brokenLines: records.length - read.length,
  };
}

function recordOf(line: string): ForeignJson | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? new ForeignJson(value) : undefined;
  } catch {
    return undefined;
  }
}

function timeOf(record: ForeignJson): number | undefined {
  const at = Date.parse(record.at('at').text ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** Where the first line is lost, the name of the file still tells. */
function commandIn(file: string): string | undefined {
  return /Z-([a-z-]+)(?:\.\d+)?\.jsonl$/.exec(file)?.[1];
}

function resultOf(record: ForeignJson, titles: ReadonlyMap<string, string>): readonly ToldResult[] {
  const [at, stage, machine] = [timeOf(record), record.at('stage').text, record.at('machine').text];
  if (at === undefined || stage === undefined || machine === undefined) return [];
  const type = record.at('type').text;
  const outcome = type === 'set-aside' ? 'failed' : record.at('outcome').text;
  if ((type !== 'machine-finished' && type !== 'set-aside') || outcome === undefined) return [];
  const error = record.at('error');
  const failure = error.exists ? failureOf(error) : undefined;
  return [
    {
      at,
      stage,
      title: titles.get(stage) ?? stage,
      machine,
      outcome,
      ...(failure === undefined ? {} : { failure }),
    },
  ];
}

function failuresOf(record: ForeignJson): ToldRun['failures'] {
  const at = timeOf(record);
  const type = record.at('type').text;
  if (at === undefined) return [];
  if (type === 'report' && record.at('failure').exists) return withPlace(record.at('failure'), at);
  if (type !== 'error') return [];
  const several = record.at('errors').list;
  return (several.length === 0 ? [record] : several).flatMap((error) => withPlace(error, at));
}

function withPlace(error: ForeignJson, at: number): ToldRun['failures'] {
  const [stage, machine] = [error.at('stage').text, error.at('machine').text];
  return [
    {
      at,
      ...failureOf(error),
      ...(stage === undefined ? {} : { stage }),
      ...(machine === undefined ? {} : { machine }),
    },
  ];
}

/** Of several mistakes each; else the message. */
function failureOf(error: ForeignJson): ToldFailure {
  const mistakes = error.at('mistakes').list.flatMap((mistake) => mistake.at('text').text ?? []);
  const [hint, evidence] = [error.at('hint').text, error.at('evidence').text];
  return {
    code: error.at('code').text ?? 'unknown',
    reason: mistakes.length > 0 ? mistakes.join('; ') : (error.at('message').text ?? ''),
    ...(hint === undefined ? {} : { hint }),
    ...(evidence === undefined || evidence === '' ? {} : { evidence }),
  };
}

function factsOf(record: ForeignJson): ToldRun['facts'] {
  const machine = record.at('machine').text;
  if (record.at('type').text !== 'facts' || machine === undefined) return [];
  const text = (name: string): string => record.at(name).text ?? '';
  const count = (name: string): number => Math.max(0, record.at(name).number ?? 0);
  return [
    {
      machine,
      model: text('model'),
      cpus: count('cpus'),
      memoryBytes: count('memoryBytes'),
      system: text('system'),
      architecture: text('architecture'),
    },
  ];
}
