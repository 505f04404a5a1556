import type { Frame, Line, Run } from './screen.js';

const CELL = { width: 8.4, height: 18 };
const EDGE = 14;
const FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const GROUND = '#16191f';
const INK = '#d7dae0';
/** Of a terminal, dark ones first; all can be read on the ground. */
const COLOURS = [
  ...['#5c6370', '#f07178', '#8bd17c', '#e5c07b', '#6fb3f2', '#c88bdc', '#5fc9c9', INK],
  ...['#7f8794', '#ff8b92', '#a5e398', '#f3d38f', '#8ec7ff', '#dba6ec', '#83dede', '#ffffff'],
];

/** How long the end stays before it begins anew. */
const END_MS = 6000;

/**
 * A picture that moves, without a script: the frames stand side by side, and the strip jumps from one to the next. Where nothing moves (a
 * program that only draws, a person who asked for no motion) the last frame is seen.
 */
export function svgOf(
  frames: readonly Frame[],
  { columns, rows, title }: { readonly columns: number; readonly rows: number; readonly title: string },
): string {
  const width = Math.ceil(columns * CELL.width + 2 * EDGE);
  const height = rows * CELL.height + 2 * EDGE;
  const lines = new Map<string, number>();
  const strip = frames.map(({ lines: shown }, i) => {
    const uses = shown.flatMap((line, row) => {
      if (line.length === 0) return [];
      const key = lineText(line);
      const id = lines.get(key) ?? lines.size;
      lines.set(key, id);
      return [`<use href="#l${String(id)}" y="${String(row * CELL.height)}"/>`];
    });
    return `<g transform="translate(${String(i * width)})">${uses.join('')}</g>`;
  });
  const last = -(frames.length - 1) * width;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}" viewBox="0 0 ${String(width)} ${String(height)}" role="img">
<title>${escaped(title)}</title>
<style>
text { font: 14px ${FONT}; fill: ${INK}; white-space: pre }
${COLOURS.map((colour, i) => `.c${String(i)} { fill: ${colour} }`).join('\n')}
.b { font-weight: bold }
.d { fill-opacity: 0.6 }
@media (prefers-reduced-motion: no-preference) { #strip { animation: play ${seconds(lengthOf(frames))} steps(1, end) infinite } }
@keyframes play {
${keyframes(frames, width)}
}
</style>
<defs>
${[...lines].map(([text, id]) => `<text id="l${String(id)}" xml:space="preserve">${text}</text>`).join('\n')}
</defs>
<rect width="100%" height="100%" rx="8" fill="${GROUND}"/>
<svg x="${String(EDGE)}" y="${String(EDGE)}" width="${String(width - 2 * EDGE)}" height="${String(height - 2 * EDGE)}">
<g id="strip" transform="translate(${String(last)})">
${strip.join('\n')}
</g>
</svg>
</svg>
`;
}

function lengthOf(frames: readonly Frame[]): number {
  return (frames.at(-1)?.atMs ?? 0) + END_MS;
}

function keyframes(frames: readonly Frame[], width: number): string {
  const whole = lengthOf(frames);
  return frames
    .map(({ atMs }, i) => {
      const percent = ((100 * atMs) / whole).toFixed(2);
      return `${percent}% { transform: translate(${String(-i * width)}px) }`;
    })
    .join('\n');
}

function seconds(ms: number): string {
  return `${String(ms / 1000)}s`;
}

function lineText(line: Line): string {
  return line.map(runText).join('');
}

function runText({ column, text, colour, bold, dim }: Run): string {
  const classes = [
    ...(colour === undefined ? [] : [`c${String(colour)}`]),
    ...(bold ? ['b'] : []),
    ...(dim ? ['d'] : []),
  ];
  const look = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
  return `<tspan x="${String(Math.round(column * CELL.width * 10) / 10)}" y="${String(CELL.height - 5)}"${look}>${escaped(text)}</tspan>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
