import { durationText } from '../findings/wording.js';
import { temperatureText } from '../observe/sensors.js';
import type { MachinePast } from '../observe/top-past.js';
import type { TopRow } from '../observe/room-top.js';
import { LOOKED_BACK_SECONDS } from '../observe/top-queries.js';
import { barText, sparkText } from './bars.js';
import { harmlessLine } from './harmless.js';
import type { Theme } from './theme.js';
import { cutTo, padTo, widthOf } from './width.js';

/** As the alert KmonNodeHot: a test holds it against the rule. */
export const HOT_CELSIUS = 85;
const WARM_CELSIUS = 75;

/** Everything that a picture of the room is made from. */
export interface TopPicture {
  readonly room: string;
  /** As they are to stand. */
  readonly rows: readonly TopRow[];
  readonly pastOf: (machine: string) => MachinePast;
  /** Of Prometheus' clock, in seconds since the epoch. */
  readonly at: number;
  /** Nothing newer came, for so long and for this reason. */
  readonly stale?: { readonly seconds: number; readonly because: string };
  /** In words, what somebody may do. */
  readonly footer?: string;
}

export interface TopSize {
  readonly columns: number;
  /** Absent: as many lines as it takes. */
  readonly rows?: number;
}

type Paint = (text: string) => string;
interface Cell {
  readonly text: string;
  readonly paint?: Paint;
}

/** A column as it may be shown. Those with a higher `rank` go first when there is no room for all. */
interface Column {
  readonly title: string;
  readonly rank: number;
  readonly left?: true;
  readonly least: number;
  /** Wider where there is room. */
  readonly most?: number;
  cell(row: TopRow, past: MachinePast, columns: number): Cell;
}

const GAP = 2;
const NAME_LEAST = 8;
const NAME_MOST = 24;
/** Readings that cannot be, in words: below the machines. */
const NOTES_SHOWN = 2;

/**
 * The room as lines that fit: a line about all, the titles, a line a machine, and a line at the bottom. Narrow terminals have fewer columns, low ones
 * fewer machines, and then it says how many are not shown.
 */
export function topFrame(picture: TopPicture, size: TopSize, theme: Theme): readonly string[] {
  const { rows, pastOf, footer } = picture;
  const columns = fitting(columnsFor(picture, theme), nameWidth(rows), size.columns);
  const head = [
    cut(headText(picture), size.columns, theme.strong),
    ...(picture.stale === undefined ? [] : [cut(staleText(picture.stale), size.columns, theme.bad)]),
    cut(titleLine(columns), size.columns, theme.dim),
  ];
  const foot = footer === undefined ? [] : [cut(footer, size.columns, theme.dim)];
  const notes = rows
    .filter((row) => row.state === 'answers' && row.because !== null)
    .slice(0, NOTES_SHOWN)
    .map((row) => cut(`${row.machine}: ${row.because ?? ''}`, size.columns, theme.warn));
  const space = size.rows === undefined ? rows.length : size.rows - head.length - notes.length - foot.length;
  const shown = rows.length <= space ? rows : rows.slice(0, Math.max(0, space - 1));
  const hidden = rows.slice(shown.length);
  return [
    ...head,
    ...shown.map((row) => rowLine(row, pastOf(row.machine), columns, { ...picture, size, theme })),
    ...(hidden.length === 0 ? [] : [cut(hiddenText(hidden), size.columns, theme.warn)]),
    ...notes,
    ...foot,
  ];
}

/** The machine is silent for so long, in words. */
export function silenceText({ state, silentSince, because }: TopRow, at: number): string {
  if (state === 'not asked') return because ?? 'not asked yet';
  const reason = because === null ? '' : `: ${because}`;
  if (silentSince === null) return `silent for more than ${durationText(LOOKED_BACK_SECONDS)}${reason}`;
  return `silent for ${durationText(Math.max(0, at - Date.parse(silentSince) / 1000))}${reason}`;
}

/** Bits per second in four or five characters: "940k", "12.3M". */
export function bitsText(bits: number): string {
  const [unit, size] = BIT_UNITS.find(([, least]) => bits >= least) ?? ['', 1];
  const value = bits / size;
  return `${value < 10 && unit !== '' ? value.toFixed(1) : String(Math.round(value))}${unit}`;
}

const BIT_UNITS: readonly (readonly [unit: string, least: number])[] = [
  ['G', 1e9],
  ['M', 1e6],
  ['k', 1e3],
];

function headText({ room, rows, at }: TopPicture): string {
  const silent = rows.filter((r) => r.state === 'silent');
  const hot = rows.filter((r) => typeof r.temperature === 'number' && r.temperature > HOT_CELSIUS);
  const named = (what: string, some: readonly TopRow[]): readonly string[] =>
    some.length === 0 ? [] : [`${some.length} ${what}: ${some.map((r) => r.machine).join(', ')}`];
  const machines = `${rows.length} ${rows.length === 1 ? 'machine' : 'machines'}`;
  const time = new Date(at * 1000).toTimeString().slice(0, 8);
  return [`${time}  ${room}`, machines, ...named('silent', silent), ...named('hot', hot)].join(', ');
}

function staleText({ seconds, because }: { readonly seconds: number; readonly because: string }): string {
  return `nothing new for ${durationText(seconds)}: ${because}`;
}

function hiddenText(hidden: readonly TopRow[]): string {
  const silent = hidden.filter((r) => r.state === 'silent').length;
  return `${hidden.length} more${silent === 0 ? '' : `, ${silent} of them silent`}: make the terminal higher, or choose by --team`;
}

function columnsFor({ rows, pastOf }: TopPicture, theme: Theme): readonly Column[] {
  const teams = rows.map((r) => widthOf(r.team ?? ''));
  const busiest = Math.max(
    1e6,
    ...rows.flatMap((r) => pastOf(r.machine).bits.filter((v) => v !== undefined)),
  );
  const share = (percent: number | null, warn: number, bad: number): Paint | undefined => {
    if (percent === null || percent < warn) return undefined;
    return percent >= bad ? theme.bad : theme.warn;
  };
  const heat = ({ temperature }: TopRow): Paint | undefined => {
    if (temperature === 'sensor lies') return theme.warn;
    if (temperature === 'no sensor') return theme.dim;
    if (temperature === null || temperature < WARM_CELSIUS) return undefined;
    return temperature > HOT_CELSIUS ? theme.bad : theme.warn;
  };
  const cell = (text: string, paint?: Paint): Cell => (paint === undefined ? { text } : { text, paint });
  const bits = (value: number | null): string => (value === null ? '-' : bitsText(value));
  return [
    {
      title: 'team',
      rank: Math.max(...teams, 0) === 0 ? 0 : 3,
      left: true,
      least: Math.min(10, Math.max(4, ...teams)),
      cell: (r) => cell(r.team ?? '-'),
    },
    {
      title: 'cpu',
      rank: 10,
      least: 5,
      cell: (r) => cell(percentText(r.cpuPercent), share(r.cpuPercent, 70, 90)),
    },
    {
      title: '',
      rank: 5,
      left: true,
      least: 6,
      most: 12,
      cell: (r, _, width) =>
        cell(
          r.cpuPercent === null ? '' : barText(r.cpuPercent, width, theme.signs),
          share(r.cpuPercent, 70, 90),
        ),
    },
    {
      title: 'cpu until now',
      rank: 4,
      left: true,
      least: 13,
      most: 30,
      cell: (_, past, width) =>
        cell(sparkText(past.cpu, width, { least: 0, most: 100 }, theme.signs), theme.busy),
    },
    {
      title: 'memory',
      rank: 8,
      least: 6,
      cell: (r) => cell(percentText(r.memoryPercent), share(r.memoryPercent, 80, 92)),
    },
    {
      title: '',
      rank: 2.5,
      left: true,
      least: 6,
      most: 10,
      cell: (r, _, width) =>
        cell(
          r.memoryPercent === null ? '' : barText(r.memoryPercent, width, theme.signs),
          share(r.memoryPercent, 80, 92),
        ),
    },
    {
      title: 'temperature',
      rank: 9,
      least: 11,
      cell: (r) => cell(temperatureText(r.temperature ?? undefined), heat(r)),
    },
    {
      title: 'until now',
      rank: 2,
      left: true,
      least: 10,
      most: 20,
      cell: (_, past, width) =>
        cell(sparkText(past.celsius, width, { least: 30, most: 100 }, theme.signs), theme.busy),
    },
    { title: 'load', rank: 7, least: 5, cell: (r) => cell(r.load1?.toFixed(2) ?? '-') },
    { title: 'in', rank: 6.1, least: 5, cell: (r) => cell(bits(r.receivedBitsPerSecond)) },
    { title: 'out', rank: 6, least: 5, cell: (r) => cell(bits(r.sentBitsPerSecond)) },
    {
      title: 'network',
      rank: 1,
      left: true,
      least: 10,
      most: 20,
      cell: (_, past, width) =>
        cell(sparkText(past.bits, width, { least: 0, most: busiest }, theme.signs), theme.busy),
    },
    { title: 'pods', rank: 6.5, least: 4, cell: (r) => cell(r.pods === null ? '-' : String(r.pods)) },
  ];
}

function percentText(value: number | null): string {
  return value === null ? '-' : `${Math.round(value)} %`;
}

interface Fitted {
  readonly name: number;
  readonly columns: readonly (Column & { readonly width: number })[];
}

function nameWidth(rows: readonly TopRow[]): number {
  return Math.min(NAME_MOST, Math.max(NAME_LEAST, ...rows.map((r) => widthOf(r.machine))));
}

/** The most important ones that there is room for, in the order in which they stand. What room is left makes the drawn ones wider. */
function fitting(all: readonly Column[], wanted: number, columns: number): Fitted {
  // A long name gives way to the first three values, and no further than to eight characters.
  const values = 5 + 11 + 6 + 3 * GAP;
  const name = Math.min(wanted, Math.max(NAME_LEAST, columns - values));
  let left = columns - name;
  const chosen = new Set<Column>();
  for (const column of all.filter((c) => c.rank > 0).toSorted((a, b) => b.rank - a.rank)) {
    if (column.least + GAP > left) break;
    chosen.add(column);
    left -= column.least + GAP;
  }
  const fitted = all.filter((c) => chosen.has(c)).map((c) => ({ ...c, width: c.least }));
  for (const column of fitted.toSorted((a, b) => b.rank - a.rank)) {
    const more = Math.min(left, (column.most ?? column.least) - column.least);
    column.width += more;
    left -= more;
  }
  return { name, columns: fitted };
}

function titleLine({ name, columns }: Fitted): string {
  const titles = columns.map((c) => padTo(cutTo(c.title, c.width), c.width, c.left ? 'right' : 'left'));
  return [padTo('machine', name), ...titles].join(' '.repeat(GAP)).trimEnd();
}

function rowLine(
  row: TopRow,
  past: MachinePast,
  { name, columns }: Fitted,
  { at, size, theme }: { readonly at: number; readonly size: TopSize; readonly theme: Theme },
): string {
  const named = padTo(cutTo(harmlessLine(row.machine), name), name);
  const gap = ' '.repeat(GAP);
  if (row.state !== 'answers') {
    const words = cutTo(harmlessLine(silenceText(row, at)), size.columns - name - GAP);
    return `${named}${gap}${row.state === 'silent' ? theme.bad(words) : theme.dim(words)}`;
  }
  const cells = columns.map((column) => {
    const { text, paint } = column.cell(row, past, column.width);
    const padded = padTo(cutTo(text, column.width), column.width, column.left ? 'right' : 'left');
    return paint === undefined ? padded : paint(padded);
  });
  return [named, ...cells].join(gap);
}

function cut(text: string, columns: number, paint: Paint): string {
  return paint(cutTo(harmlessLine(text), columns));
}
