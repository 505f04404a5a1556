import type { Lesson } from '../../lesson/lesson.js';
import type { LoadRun, LoadValues } from '../../lesson/load-records.js';
import { cut, html } from './html.js';
import type { Html } from './html.js';
import type { Times } from './times.js';
import { wideTable } from './wide-table.js';
import type { WideCell } from './wide-table.js';
import type { Words } from './words.js';

/** What every part of a page is written with. */
export interface Writing {
  readonly words: Words;
  readonly times: Times;
}

const GIB = 1024 ** 3;
/** What somebody else wrote is no longer than this. */
const LONGEST = 200;

export function machinesTable({ machines }: Lesson, { words }: Writing): Html {
  const columns = [
    { title: words.machine },
    { title: words.role },
    { title: words.team },
    { title: words.address },
    { title: words.node },
    { title: words.model },
    { title: words.cpus, isNumber: true },
    { title: words.memory, isNumber: true },
    { title: words.system },
  ];
  const rows = machines.map((m): readonly WideCell[] => [
    m.machine,
    words.roles[m.role],
    m.team ?? undefined,
    m.address,
    m.node === null ? undefined : words.nodes[m.node],
    m.model ?? undefined,
    m.cpus === null ? undefined : String(m.cpus),
    m.memoryBytes === null ? undefined : `${decimal(m.memoryBytes / GIB, words)} ${words.gib}`,
    m.system ?? undefined,
  ]);
  return wideTable(words.machines, columns, rows);
}

export function joinedTable({ joined }: Lesson, { words, times }: Writing): Html {
  if (joined.length === 0) return html`<p>${words.nobodyJoined}</p>`;
  const columns = [
    { title: words.machine },
    { title: words.role },
    { title: words.time },
    { title: words.by },
    { title: words.left },
  ];
  const rows = joined.map((one): readonly WideCell[] => [
    one.machine,
    words.roles[one.role],
    times.short(one.joinedAt),
    one.by === null ? words.elsewhere : commandCell(one.by),
    one.leftAt === null ? undefined : times.short(one.leftAt),
  ]);
  return wideTable(words.joined, columns, rows);
}

export function runsTable({ runs }: Lesson, { words, times }: Writing): Html {
  if (runs.length === 0) return html`<p>${words.noRun}</p>`;
  const columns = [
    { title: words.command },
    { title: words.time },
    { title: words.lasted, isNumber: true },
    { title: words.end },
    { title: words.count.machines(2) },
  ];
  const rows = runs.map((run): readonly WideCell[] => [
    commandCell(run.command),
    times.short(run.at),
    times.lasting(run.seconds),
    `${run.dryRun ? `${words.dryRun}, ` : ''}${words.ended(run.exitCode)}`,
    run.machines.length === 0 ? undefined : run.machines.join(', '),
  ]);
  return wideTable(words.runs, columns, rows);
}

export function loadPart(load: LoadRun, { words, times }: Writing): Html {
  const about = [
    load.startedAt === null ? undefined : times.long(load.startedAt),
    load.startedAt === null || load.endedAt === null
      ? undefined
      : times.between(load.startedAt, load.endedAt),
    load.team === null ? undefined : `${words.team} ${load.team}`,
    load.maxCelsius === null ? undefined : words.limit(load.maxCelsius),
    load.who ?? undefined,
    load.from === null ? undefined : words.askedFrom(load.from),
    load.end === null ? words.ended(load.exitCode) : endText(load, words),
  ].filter((part) => part !== undefined);
  return html`<section class="one-load">
    <h3>${commandCell(load.command)} ${cut(load.text, LONGEST)}</h3>
    <p class="quiet">${cut(about.join(' · '), 2 * LONGEST)}</p>
    ${
      load.machines.length === 0
        ? undefined
        : html`${loadedTable(load, words)}
            <p class="quiet">${words.course}</p>`
    }
    ${load.steps.length === 0 ? undefined : stepsTable(load, words)}
  </section>`;
}

function loadedTable({ machines, text }: LoadRun, words: Words): Html {
  const columns = [
    { title: words.machine },
    { title: words.cpu, isNumber: true },
    { title: words.memory, isNumber: true },
    { title: words.temperature, isNumber: true },
    { title: words.end },
  ];
  const rows = machines.map(({ machine, before, peak, after, end, why }): readonly WideCell[] => [
    machine,
    courseText([before, peak, after].map((v) => percentText(v.cpuPercent))),
    courseText([before, peak, after].map((v) => percentText(v.memoryPercent))),
    courseText([before, peak, after].map((v) => temperatureText(v, words))),
    endText({ end, why }, words),
  ]);
  return wideTable(`${words.loads}: ${text}`, columns, rows);
}

/** Why it ended as it was to, everybody knows. */
function endText({ end, why }: Pick<LoadRun, 'end' | 'why'>, words: Words): string | undefined {
  if (end === null) return undefined;
  const said = words.ends[end] ?? end;
  return end === 'over' || why === null || why === '' ? said : `${said}: ${why}`;
}

/** "3 % → 84 % → 5 %"; a machine without a sensor says so once. */
function courseText(values: readonly (string | undefined)[]): string | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return undefined;
  const [first = ''] = known;
  const isWord = !/\d/.test(first) && known.every((value) => value === first);
  if (isWord) return first;
  const last = values.findLastIndex((value) => value !== undefined);
  return values
    .slice(0, last + 1)
    .map((value) => value ?? '–')
    .join(' → ');
}

function stepsTable({ steps, text }: LoadRun, words: Words): Html {
  const columns = [
    words.connections,
    words.rate,
    'p50',
    'p95',
    'p99',
    words.errors,
    words.replicas,
    words.busiest,
  ].map((title) => ({ title, isNumber: true }));
  const count = (value: number | null): WideCell => (value === null ? undefined : String(Math.round(value)));
  const ms = (value: number | null): WideCell =>
    value === null ? undefined : `${value < 10 ? decimal(value, words) : Math.round(value)} ms`;
  const rows = steps.map((step): readonly WideCell[] => [
    step.connections === 0 ? words.watched : count(step.connections),
    count(step.answersPerSecond),
    ms(step.p50Ms),
    ms(step.p95Ms),
    ms(step.p99Ms),
    count(step.errors),
    step.replicas.length === 0 ? undefined : step.replicas.map(String).join(' → '),
    step.busiest === null
      ? undefined
      : `${step.busiest.machine} ${percentText(step.busiest.cpuPercent) ?? ''}`,
  ]);
  return wideTable(`${words.loads}: ${text}`, columns, rows);
}

function temperatureText({ temperature }: LoadValues, words: Words): string | undefined {
  switch (temperature) {
    case null:
      return undefined;
    case 'no sensor':
      return words.noSensor;
    case 'sensor lies':
      return words.sensorLies;
    default:
      return `${Math.round(temperature)} °C`;
  }
}

export function percentText(value: number | null | undefined): string | undefined {
  return value === null || value === undefined ? undefined : `${Math.round(value)} %`;
}

export function commandCell(command: string): Html {
  return html`<code>kmon ${cut(command, LONGEST)}</code>`;
}

function decimal(value: number, { decimal: point }: Words): string {
  return value.toFixed(1).replace('.', point);
}
