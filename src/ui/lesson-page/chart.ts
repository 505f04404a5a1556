import { html } from './html.js';
import type { Html } from './html.js';

/** A line of a chart: one value a step; `null`: nothing was measured then, and the line has a gap. */
export interface ChartLine {
  /** By this its colour and dashes are chosen in the page's style. */
  readonly kind: 'cpu' | 'memory' | 'celsius';
  readonly values: readonly (number | null)[];
}

export interface ChartFrame {
  /** Of the first value, in milliseconds since the epoch. */
  readonly fromMs: number;
  readonly stepMs: number;
  /** How many values there are. */
  readonly steps: number;
  /** Below which each line begins, and above which none goes. */
  readonly low: number;
  readonly high: number;
  /** Written behind the figures of the axis: " %". */
  readonly unit: string;
  /** What it is, for whoever does not see it. */
  readonly label: string;
  /** Stretches that are marked. */
  readonly marked: readonly { readonly fromMs: number; readonly untilMs: number }[];
  /** A moment as it is written below the axis. */
  readonly timeText: (ms: number) => string;
}

const WIDTH = 640;
const HEIGHT = 150;
/** Around the lines. */
const AROUND = { left: 64, right: 12, top: 10, bottom: 22 };
const PLOT = {
  width: WIDTH - AROUND.left - AROUND.right,
  height: HEIGHT - AROUND.top - AROUND.bottom,
};

/** Minutes between two figures below the axis: the first of which no more than six fit. */
const TICK_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440, 2880, 10_080];
const MOST_TICKS = 6;

/** Lines over time as SVG of its own: no script, no font and no colour of elsewhere. Pure. */
export function chart(lines: readonly ChartLine[], frame: ChartFrame): Html {
  const { fromMs, stepMs, steps, low, high, unit, label } = frame;
  const spanMs = Math.max(stepMs, (steps - 1) * stepMs);
  const x = (ms: number): number => place(AROUND.left + (PLOT.width * (ms - fromMs)) / spanMs);
  const y = (value: number): number => {
    const part = (Math.min(high, Math.max(low, value)) - low) / (high - low);
    return place(AROUND.top + PLOT.height * (1 - part));
  };
  const floor = AROUND.top + PLOT.height;
  const end = AROUND.left + PLOT.width;
  const marks = frame.marked
    .map(({ fromMs: from, untilMs: until }) => ({
      from: Math.max(AROUND.left, x(from)),
      until: Math.min(end, x(until)),
    }))
    .filter(({ from, until }) => until > from)
    .map(
      ({ from, until }) =>
        html`<rect
          class="load"
          x="${from}"
          y="${AROUND.top}"
          width="${place(until - from)}"
          height="${PLOT.height}"
        />`,
    );
  const rows = [low, (low + high) / 2, high].map(
    (value) =>
      html`<path class="grid" d="M${AROUND.left} ${y(value)}H${end}" /><text
          x="${AROUND.left - 6}"
          y="${place(y(value) + 4)}"
          text-anchor="end"
          >${Math.round(value)}${unit}</text
        >`,
  );
  const times = ticks(fromMs, fromMs + spanMs).map((ms) => {
    const at = x(ms);
    const anchor = at < AROUND.left + 20 ? 'start' : at > end - 20 ? 'end' : 'middle';
    return html`<path class="grid" d="M${at} ${floor}v4" /><text
        x="${at}"
        y="${HEIGHT - 5}"
        text-anchor="${anchor}"
        >${frame.timeText(ms)}</text
      >`;
  });
  const drawn = lines.map(({ kind, values }) => {
    const path = pathOf(values, (i) => x(fromMs + i * stepMs), y);
    return html`<path class="line ${kind}" d="${path}" />`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
    ${marks}${rows}${times}${drawn}
  </svg>`;
}

/** A stroke begins anew behind every gap; a value alone is a dot. */
function pathOf(
  values: readonly (number | null)[],
  x: (i: number) => number,
  y: (value: number) => number,
): string {
  let isDown = false;
  const strokes: string[] = [];
  values.forEach((value, i) => {
    if (value === null) {
      isDown = false;
      return;
    }
    const isAlone = !isDown && (values[i + 1] ?? null) === null;
    strokes.push(`${isDown ? 'L' : 'M'}${x(i)} ${y(value)}${isAlone ? 'h0' : ''}`);
    isDown = true;
  });
  return strokes.join('');
}

function ticks(fromMs: number, untilMs: number): readonly number[] {
  for (const minutes of TICK_MINUTES) {
    const every = minutes * 60_000;
    const first = Math.ceil(fromMs / every) * every;
    const count = Math.floor((untilMs - first) / every) + 1;
    if (count <= MOST_TICKS) return Array.from({ length: Math.max(0, count) }, (_, i) => first + i * every);
  }
  return [fromMs, untilMs];
}

function place(value: number): number {
  return Math.round(value * 10) / 10;
}
