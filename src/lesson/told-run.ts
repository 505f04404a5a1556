import { ERROR_CODES, EXIT_CODES } from '../errors/exit-codes.js';
import type { MachineInShort } from '../facts/in-short.js';
import { ForeignJson } from '../tools/foreign-json.js';
import { withoutQueries } from '../tools/without-queries.js';

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
  /** `cut-off`: it was begun, and the transcript says no more of it. */
  readonly outcome: string;
  /** A command may rehearse before it does something. */
  readonly dryRun: boolean;
  readonly failure?: ToldFailure;
}

/** One command as its transcript tells it. Times are milliseconds since the epoch, by the clock of this computer. */
export interface ToldRun {
  /** Name of the transcript. */
  readonly file: string;
  /** As typed, such as "join-child" or "teams list". */
  readonly command: string;
  readonly at: number;
  /** Of its last line. */
  readonly endedAt: number;
  /** It has changed nothing at all. */
  readonly dryRun: boolean;
  /** Of the command, whatever its runs ended with. Absent: it ended without a word (it was killed, or is still under way). */
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
  const exitCode = exitCodeIn(read);
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
    dryRun: starts.length > 0 && starts.every(isRehearsal),
    ...(exitCode === undefined ? {} : { exitCode }),
    machines: [...new Set(starts.flatMap((r) => r.at('machines').list.flatMap((m) => m.text ?? [])))],
    results: resultsIn(read, titles),
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

function isRehearsal(started: ForeignJson): boolean {
  return started.at('dryRun').flag === true;
}

/**
 * The command's own. Transcripts of before did not have it: there it is that of the last run, unless something was thrown behind that.
 */
function exitCodeIn(read: readonly ForeignJson[]): number | undefined {
  const last = (type: string): ForeignJson | undefined => read.findLast((r) => r.at('type').text === type);
  const own = last('ended')?.at('exitCode').number;
  if (own !== undefined) return own;
  const thrown = last('error');
  const ofRun = last('report')?.at('exitCode').number;
  if (thrown === undefined) return ofRun;
  const code = ERROR_CODES.find((known) => known === thrown.at('code').text);
  return code === undefined ? (ofRun === 0 ? undefined : ofRun) : EXIT_CODES[code];
}

/** In the order of time, those that were cut off last. */
function resultsIn(read: readonly ForeignJson[], titles: ReadonlyMap<string, string>): readonly ToldResult[] {
  const found: ToldResult[] = [];
  const begun = new Map<string, ToldResult>();
  let dryRun = false;
  for (const record of read) {
    const type = record.at('type').text;
    if (type === 'run-started') dryRun = isRehearsal(record);
    const result = resultOf(record, titles, dryRun);
    if (result === undefined) continue;
    const key = JSON.stringify([result.stage, result.machine]);
    if (type === 'machine-started') begun.set(key, result);
    else {
      begun.delete(key);
      found.push(result);
    }
  }
  return [...found, ...begun.values()];
}

function resultOf(
  record: ForeignJson,
  titles: ReadonlyMap<string, string>,
  dryRun: boolean,
): ToldResult | undefined {
  const [at, stage, machine] = [timeOf(record), record.at('stage').text, record.at('machine').text];
  const outcome = outcomeOf(record);
  if (at === undefined || stage === undefined || machine === undefined || outcome === undefined)
    return undefined;
  const error = record.at('error');
  const failure = error.exists ? failureOf(error) : undefined;
  return {
    at,
    stage,
    title: titles.get(stage) ?? stage,
    machine,
    outcome,
    dryRun,
    ...(failure === undefined ? {} : { failure }),
  };
}

function outcomeOf(record: ForeignJson): string | undefined {
  const type = record.at('type').text;
  if (type === 'machine-started') return 'cut-off';
  if (type === 'set-aside') return 'failed';
  return type === 'machine-finished' ? record.at('outcome').text : undefined;
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

/** Of several mistakes each; else the message. What is behind the question mark of an URL stays in the transcript. */
function failureOf(error: ForeignJson): ToldFailure {
  const mistakes = error.at('mistakes').list.flatMap((mistake) => mistake.at('text').text ?? []);
  const [hint, evidence] = [error.at('hint').text, error.at('evidence').text];
  return {
    code: error.at('code').text ?? 'unknown',
    reason: withoutQueries(mistakes.length > 0 ? mistakes.join('; ') : (error.at('message').text ?? '')),
    ...(hint === undefined ? {} : { hint: withoutQueries(hint) }),
    ...(evidence === undefined || evidence === '' ? {} : { evidence: withoutQueries(evidence) }),
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
