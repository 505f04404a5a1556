import type { Curve } from '../../lesson/curves.js';
import type { Lesson } from '../../lesson/lesson.js';
import { chart } from './chart.js';
import type { ChartFrame } from './chart.js';
import { cut, html } from './html.js';
import type { Html } from './html.js';
import { percentText } from './tables.js';
import type { Writing } from './tables.js';
import type { Words } from './words.js';

/** An axis of degrees shows at least these. */
const COOL = 20;
const HOT = 100;

/** A figure a machine: processor and memory in one chart, its temperature below them. */
export function curvesPart(lesson: Lesson, writing: Writing): Html {
  const { words } = writing;
  const { curves } = lesson;
  if (curves.kind === 'silent')
    return html`<p>${words.noCurves(cut(curves.because, 300))}</p>
      <p class="quiet">${words.beforeTeardown}</p>`;
  const { from, stepSeconds, machines } = curves.told;
  const marks = machines.map(({ machine }) => marksOf(lesson, machine));
  const figures = machines.map((curve, i) => {
    const steps = Math.max(curve.cpuPercent.length, curve.memoryPercent.length, curve.celsius.length);
    const frame = {
      fromMs: Date.parse(from),
      stepMs: stepSeconds * 1000,
      steps,
      marked: marks[i] ?? [],
      timeText: (ms: number) => writing.times.short(new Date(ms).toISOString()),
    };
    return figure(curve, frame, writing);
  });
  const isHeatDrawn = machines.some(({ celsius }) => celsius.length > 0);
  const keys = [
    html`<span class="key cpu"></span>${words.cpu}`,
    html`<span class="key memory"></span>${words.memory}`,
    ...(isHeatDrawn ? [html`<span class="key celsius"></span>${words.temperature}`] : []),
  ];
  const marked = marks.some((m) => m.length > 0) ? words.loadMarked : undefined;
  return html`<p class="quiet">${keys}</p>
    ${marked === undefined ? undefined : html`<p class="quiet">${marked}</p>`}
    <div class="curves">${figures}</div>`;
}

type Frame = Pick<ChartFrame, 'fromMs' | 'stepMs' | 'steps' | 'marked' | 'timeText'>;

function figure(curve: Curve, frame: Frame, { words }: Writing): Html {
  const { machine, cpuPercent, memoryPercent, celsius } = curve;
  const [cpu, memory, heat] = [cpuPercent, memoryPercent, celsius].map(highest);
  const degrees = {
    low: Math.min(COOL, ...celsius.map((c) => c ?? COOL)),
    high: Math.max(HOT, heat ?? HOT),
  };
  return html`<figure>
    <h3>${cut(machine, 100)}</h3>
    ${chart(
      [
        { kind: 'cpu', values: cpuPercent },
        { kind: 'memory', values: memoryPercent },
      ],
      {
        ...frame,
        low: 0,
        high: 100,
        unit: ' %',
        label: words.chart(`${words.cpu}, ${words.memory}`, cut(machine, 100)),
      },
    )}
    ${
      heat === undefined
        ? undefined
        : chart([{ kind: 'celsius', values: celsius }], {
            ...frame,
            ...degrees,
            unit: ' °C',
            label: words.chart(words.temperature, cut(machine, 100)),
          })
    }
    <figcaption>${highestText({ cpu, memory, heat }, words)}</figcaption>
  </figure>`;
}

function highestText(
  { cpu, memory, heat }: Readonly<Partial<Record<'cpu' | 'memory' | 'heat', number | undefined>>>,
  words: Words,
): string {
  const values = [
    ...(cpu === undefined ? [] : [`${words.cpu} ${percentText(cpu) ?? ''}`]),
    ...(memory === undefined ? [] : [`${words.memory} ${percentText(memory) ?? ''}`]),
    heat === undefined ? words.noHeat : `${words.temperature} ${Math.round(heat)} °C`,
  ];
  return words.highest(values.join(', '));
}

function highest(values: readonly (number | null)[]): number | undefined {
  const known = values.flatMap((value) => value ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** When a load was on a machine: its own time where that is known, else that of the whole run. */
function marksOf({ loads, until }: Lesson, machine: string): ChartFrame['marked'] {
  return loads.flatMap(({ startedAt, endedAt, machines, steps }) => {
    const own = machines.find((m) => m.machine === machine);
    const from = own?.from ?? startedAt;
    // A load of requests is on every machine, as far as anybody knows.
    const isOnIt = own === undefined ? machines.length === 0 && steps.length > 0 : own.end !== 'refused';
    if (!isOnIt || from === null) return [];
    return [{ fromMs: Date.parse(from), untilMs: Date.parse(own?.until ?? endedAt ?? until) }];
  });
}
