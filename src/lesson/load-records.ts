import type { Temperature } from '../observe/sensors.js';
import { ForeignJson } from '../tools/foreign-json.js';
import { withoutQueries } from '../tools/without-queries.js';

/** What was measured of a machine; also as JSON: null is "not measured". */
export interface LoadValues {
  readonly cpuPercent: number | null;
  readonly memoryPercent: number | null;
  readonly temperature: Temperature | null;
}

/** A machine under a load. */
export interface LoadedMachine {
  readonly machine: string;
  /** RFC 3339; `null`: not told. */
  readonly from: string | null;
  readonly until: string | null;
  readonly before: LoadValues;
  readonly peak: LoadValues;
  readonly after: LoadValues;
  /** How it ended there: over, cut-off, refused, interrupted, failed, or a word of a newer kmon. */
  readonly end: string | null;
  /** In words. */
  readonly why: string | null;
}

/** A step of a load of requests. */
export interface LoadStep {
  /** 0: nothing was asked for, and only watched. */
  readonly connections: number | null;
  readonly seconds: number | null;
  readonly answersPerSecond: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly errors: number | null;
  /** Ready ones in the course of the step, each number when it changed. */
  readonly replicas: readonly number[];
  /** At its end. */
  readonly busiest: { readonly machine: string; readonly cpuPercent: number } | null;
}

/** A run of `kmon stress` or `kmon load`, or of what a newer kmon records the same way; also as JSON. */
export interface LoadRun {
  readonly file: string;
  readonly command: string;
  /** RFC 3339; `null`: not told. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Who typed it, and where: "ada@desk". */
  readonly who: string | null;
  /** What was asked, in words. */
  readonly text: string;
  readonly team: string | null;
  /** The limit at which it was to stop. */
  readonly maxCelsius: number | null;
  readonly exitCode: number | null;
  /** Of a load of requests: the machine that asked, and how it ended. */
  readonly from: string | null;
  readonly end: string | null;
  readonly why: string | null;
  readonly machines: readonly LoadedMachine[];
  readonly steps: readonly LoadStep[];
}

/** The newest shape of a record that is understood. */
const NEWEST = 1;

/**
 * One record, read without trusting it: what is not there is `null`, and what is not understood is left out.
 *
 * @param file Its name.
 */
export function parseLoadRecord(
  file: string,
  text: string,
): LoadRun | 'unreadable' | 'of a newer kmon' | 'of an unknown kind' {
  const record = jsonOf(text);
  if (record === undefined) return 'unreadable';
  const version = record.at('record').number;
  const command = record.at('command').text;
  if (version === undefined || command === undefined) return 'of an unknown kind';
  if (version > NEWEST) return 'of a newer kmon';
  const load = record.at('load');
  return {
    file,
    command,
    startedAt: timeOf(record.at('began')),
    endedAt: timeOf(record.at('ended')),
    who: whoOf(record.at('who')),
    // Records of before had the whole URL.
    text: withoutQueries(load.at('text').text ?? load.at('url').text ?? load.at('model').text ?? ''),
    team: load.at('team').text ?? null,
    maxCelsius: finite(load.at('maxCelsius')),
    exitCode: finite(record.at('exitCode')),
    from: load.at('from').text ?? null,
    end: record.at('end').text ?? null,
    why: wordsOf(record.at('why')),
    machines: record.at('children').list.flatMap(machineOf),
    steps: record.at('steps').list.map(stepOf),
  };
}

function jsonOf(text: string): ForeignJson | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? new ForeignJson(value)
      : undefined;
  } catch {
    return undefined;
  }
}

function whoOf(who: ForeignJson): string | null {
  const [user, computer] = [who.at('user').text, who.at('computer').text];
  const known = [user, computer].filter((part) => part !== undefined && part !== '');
  return known.length === 0 ? null : known.join('@');
}

function machineOf(child: ForeignJson): readonly LoadedMachine[] {
  const machine = child.at('machine').text;
  if (machine === undefined) return [];
  return [
    {
      machine,
      from: timeOf(child.at('began')),
      until: timeOf(child.at('ended')),
      before: valuesOf(child.at('before')),
      peak: valuesOf(child.at('peak')),
      after: valuesOf(child.at('after')),
      end: child.at('end').text ?? null,
      why: wordsOf(child.at('why')),
    },
  ];
}

function valuesOf(values: ForeignJson): LoadValues {
  const heat = values.at('temperature');
  const word = heat.text;
  return {
    cpuPercent: finite(values.at('cpuPercent')),
    memoryPercent: finite(values.at('memoryPercent')),
    temperature: word === 'no sensor' || word === 'sensor lies' ? word : finite(heat),
  };
}

function stepOf(step: ForeignJson): LoadStep {
  const of = (name: keyof LoadStep): number | null => finite(step.at(name));
  const machine = step.at('busiest', 'machine').text;
  const cpuPercent = finite(step.at('busiest', 'cpuPercent'));
  return {
    connections: of('connections'),
    seconds: of('seconds'),
    answersPerSecond: of('answersPerSecond'),
    p50Ms: of('p50Ms'),
    p95Ms: of('p95Ms'),
    p99Ms: of('p99Ms'),
    errors: of('errors'),
    replicas: step.at('replicas').list.flatMap((count) => finite(count) ?? []),
    busiest: machine === undefined || cpuPercent === null ? null : { machine, cpuPercent },
  };
}

function finite(value: ForeignJson): number | null {
  const { number } = value;
  return number !== undefined && Number.isFinite(number) ? number : null;
}

function wordsOf({ text }: ForeignJson): string | null {
  return text === undefined ? null : withoutQueries(text);
}

function timeOf(value: ForeignJson): string | null {
  const at = Date.parse(value.text ?? '');
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
