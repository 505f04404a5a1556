// When what happened in a run, from the lines of `kmon --json`.

/** A line of `kmon --json`. */
export type Line = Readonly<Record<string, unknown>>;

/** One stage on one machine, in milliseconds since the run began. */
export interface StageTime {
  readonly machine: string;
  readonly stage: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly outcome: string;
}

export function linesOf(jsonLines: string): readonly Line[] {
  return jsonLines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** When the run began, in milliseconds since the epoch. @throws Error when no line says so */
export function beginOf(lines: readonly Line[]): number {
  const first = lines.find((line) => line['type'] === 'run-started');
  if (first === undefined) throw new Error('the run never began');
  return timeOf(first);
}

/** Every stage that a machine has begun and ended, in the order of the ends. */
export function stageTimes(lines: readonly Line[]): readonly StageTime[] {
  const from = new Map<string, number>();
  const begin = beginOf(lines);
  return lines.flatMap((line) => {
    const [machine, stage] = [String(line['machine']), String(line['stage'])];
    const key = `${stage} ${machine}`;
    if (line['type'] === 'machine-started') from.set(key, timeOf(line) - begin);
    const fromMs = from.get(key);
    if (line['type'] !== 'machine-finished' || fromMs === undefined) return [];
    return [{ machine, stage, fromMs, toMs: timeOf(line) - begin, outcome: String(line['outcome']) }];
  });
}

/** When the last of these machines had ended a stage. @throws Error when one of them never did */
export function endOf(times: readonly StageTime[], stage: string, machines: readonly string[]): number {
  const ends = machines.map((machine) => {
    const found = times.find((t) => t.stage === stage && t.machine === machine);
    if (found === undefined || !['changed', 'unchanged'].includes(found.outcome))
      throw new Error(`${machine} has not ended the stage ${stage}`);
    return found.toMs;
  });
  return Math.max(...ends);
}

/** The names of the parts that were copied to a machine. */
export function copiesTo(machine: string, lines: readonly Line[]): readonly string[] {
  return lines.flatMap((line) => {
    if (line['type'] !== 'command' || line['machine'] !== machine) return [];
    return /^copy (\S+) /.exec(String(line['intent']))?.[1] ?? [];
  });
}

/** A line a stage: machine, stage, and the seconds from and to. */
export function stageTable(times: readonly StageTime[]): readonly string[] {
  const seconds = (ms: number): string => (ms / 1000).toFixed(1).padStart(6);
  return times
    .filter((t) => t.outcome !== 'not-reached')
    .toSorted((a, b) => a.machine.localeCompare(b.machine) || a.fromMs - b.fromMs)
    .map(
      ({ machine, stage, fromMs, toMs }) =>
        `${machine.padEnd(10)} ${stage.padEnd(14)} ${seconds(fromMs)} ..${seconds(toMs)} s`,
    );
}

function timeOf(line: Line): number {
  return Date.parse(String(line['at']));
}
