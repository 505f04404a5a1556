import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { TopRow } from '../../../src/observe/room-top.js';
import type { MachinePast } from '../../../src/observe/top-past.js';
import { FullScreen } from '../../../src/ui/full-screen.js';
import { createTheme, plainTheme } from '../../../src/ui/theme.js';
import { HOT_CELSIUS, bitsText, topFrame } from '../../../src/ui/top-frame.js';
import type { TopPicture } from '../../../src/ui/top-frame.js';
import { topTable } from '../../../src/ui/top-table.js';
import { widthOf } from '../../../src/ui/width.js';
import { Screen } from '../../support/screen.js';

const AT = Date.UTC(2026, 10, 30, 10, 0, 0) / 1000;

const row = (machine: string, more: Partial<TopRow> = {}): TopRow => ({
  machine,
  role: 'child',
  team: null,
  state: 'answers',
  silentSince: null,
  because: null,
  cpuPercent: 12,
  memoryPercent: 40,
  temperature: 'no sensor',
  load1: 0.5,
  receivedBitsPerSecond: 12_300_000,
  sentBitsPerSecond: 940_000,
  pods: 4,
  ...more,
});

const NOTHING = { cpuPercent: null, memoryPercent: null, temperature: null, load1: null } as const;
const ROOM: readonly TopRow[] = [
  row('pc-10', { role: 'parent', temperature: 47.4, pods: 11 }),
  row('pc-11', { team: 'red', cpuPercent: 97, memoryPercent: 93, temperature: 91, load1: 8.25 }),
  row('pc-12', {
    ...NOTHING,
    state: 'silent',
    silentSince: new Date((AT - 250) * 1000).toISOString(),
    because: 'connection refused',
  }),
  row('pc-13', { temperature: 'sensor lies' }),
  row('pc-14', { ...NOTHING, state: 'not asked', because: 'Prometheus has not asked it yet' }),
];
const PAST: MachinePast = { cpu: [0, 25, 50, 75, 100], celsius: [40, undefined, 90], bits: [1e6, 2e6] };

const picture = (more: Partial<TopPicture> = {}): TopPicture => ({
  room: 'atelier-1',
  rows: ROOM,
  pastOf: () => PAST,
  at: AT,
  footer: 'every 2 s; Ctrl-C ends it',
  ...more,
});

const frame = (columns: number, rows?: number, more: Partial<TopPicture> = {}): readonly string[] =>
  topFrame(picture(more), { columns, ...(rows === undefined ? {} : { rows }) }, plainTheme);

describe('a picture of the room', () => {
  it('has on 80 columns what matters, a line a machine', () => {
    expect(frame(80).slice(1)).toEqual([
      'machine     cpu                memory  temperature   load     in    out  pods',
      'pc-10      12 %  █░░░░░░░░░░░    40 %        47 °C   0.50    12M   940k    11',
      'pc-11      97 %  ████████████    93 %        91 °C   8.25    12M   940k     4',
      'pc-12     silent for 4 min: connection refused',
      'pc-13      12 %  █░░░░░░░░░░░    40 %  sensor lies   0.50    12M   940k     4',
      'pc-14     Prometheus has not asked it yet',
      'every 2 s; Ctrl-C ends it',
    ]);
    expect(frame(80)[0]).toMatch(/^\d\d:00:00 {2}atelier-1, 5 machines, 1 silent: pc-12, 1 hot: pc-11$/);
  });

  it('has on 40 columns three values and the words of who is silent', () => {
    expect(frame(40).slice(1)).toEqual([
      'machine     cpu  memory  temperature',
      'pc-10      12 %    40 %        47 °C',
      'pc-11      97 %    93 %        91 °C',
      'pc-12     silent for 4 min: connection …',
      'pc-13      12 %    40 %  sensor lies',
      'pc-14     Prometheus has not asked it y…',
      'every 2 s; Ctrl-C ends it',
    ]);
  });

  it('draws on a wide one how it went', () => {
    const [, titles, first, second] = frame(160);
    expect(titles?.split(/ {2,}/)).toEqual(
      [
        'machine',
        'team',
        'cpu',
        'cpu until now',
        'memory',
        'temperature',
        'until now',
        'load',
        'in',
        'out',
      ].concat(['network', 'pods']),
    );
    expect(first).toContain(' ▁▃▅▇█ ');
    expect(first).toContain('▂ ▇');
    expect(second).toContain('  red ');
  });

  it.each(Array.from({ length: 30 }, (_, i) => 10 + 7 * i))('fits %i columns', (columns) => {
    const long = picture({
      rows: [
        ...ROOM,
        row('pc-with-a-long-name-of-its-own-15', { because: 'its CPU reading cannot be (-3 %)' }),
      ],
      stale: { seconds: 12, because: 'the connection broke before the command ended' },
    });
    for (const theme of [plainTheme, createTheme(true)])
      for (const line of topFrame(long, { columns }, theme))
        expect(widthOf(line), stripVTControlCharacters(line)).toBeLessThanOrEqual(columns);
  });

  it('says no less without colours', () => {
    const coloured = topFrame(picture(), { columns: 120 }, createTheme(true));
    expect(coloured.join('')).toContain('\u001b[');
    expect(coloured.map(stripVTControlCharacters)).toEqual(frame(120));
    expect(frame(120).join('')).not.toContain('\u001b');
  });

  it('says on a low terminal how many are not shown, and whether one of them is silent', () => {
    const lines = frame(80, 5);
    expect(lines).toHaveLength(5);
    expect(lines[3]).toBe('4 more, 1 of them silent: make the terminal higher, or choose by --team');
    expect(frame(80, 8)).toHaveLength(8);
    expect(frame(80, 8).join('\n')).not.toContain('more');
  });

  it('says that nothing new came, and why', () => {
    const stale = { seconds: 12, because: 'the connection broke before the command ended' };
    expect(frame(80, 24, { stale })[1]).toBe(
      'nothing new for 12 s: the connection broke before the command ended',
    );
  });

  it('says what of the readings cannot be', () => {
    const rows = [row('pc-11', { cpuPercent: null, because: 'its CPU reading cannot be (-3 %)' })];
    const lines = frame(80, 24, { rows });
    expect(lines.at(-2)).toBe('pc-11: its CPU reading cannot be (-3 %)');
    expect(lines[2]).toMatch(/^pc-11 {9}- /);
  });

  it('shows no code of a foreign machine', () => {
    const rows = [row('pc-11', { state: 'silent', because: '\u001b[2Jgone\nnow' })];
    expect(frame(80, 24, { rows })[2]).toBe('pc-11     silent for more than 2 h: gone now');
  });

  it('calls hot what the alert calls hot', () => {
    const rules = readFileSync(
      new URL('../../../templates/addons/lite/files/rules.yaml', import.meta.url),
      'utf8',
    );
    expect(rules).toContain(`expr: kmon:node_temp:celsius > ${HOT_CELSIUS}\n`);
  });

  it.each([
    [0, '0'],
    [999, '999'],
    [1500, '1.5k'],
    [940_000, '940k'],
    [12_300_000, '12M'],
    [2_500_000_000, '2.5G'],
  ])('writes %i bits as %s', (bits, text) => {
    expect(bitsText(bits)).toBe(text);
  });
});

describe('the table', () => {
  it('has the values, and below them who is silent', () => {
    expect(topTable(ROOM, AT)).toBe(
      [
        'machine  team        cpu  memory  temperature  load   in   out  pods',
        'pc-10    -          12 %    40 %        47 °C  0.50  12M  940k    11',
        'pc-11    red        97 %    93 %        91 °C  8.25  12M  940k     4',
        'pc-12    -        silent       -            -     -    -     -     -',
        'pc-13    -          12 %    40 %  sensor lies  0.50  12M  940k     4',
        'pc-14    -     not asked       -            -     -    -     -     -',
        'pc-12: silent for 4 min: connection refused',
        'pc-14: Prometheus has not asked it yet',
      ].join('\n'),
    );
  });
});

describe('the whole screen', () => {
  const open = (columns = 80, rows = 12) => {
    const screen = new Screen(columns, rows);
    const stream = { columns, rows, write: (text: string) => (screen.write(text), true) };
    return { screen, stream, full: new FullScreen(stream as unknown as NodeJS.WriteStream) };
  };

  it('shows each picture in the place of the one before', async () => {
    const { screen, full } = open();
    screen.write('$ kmon top\r\n');
    full.draw(topFrame(picture(), full.size, createTheme(true)));
    expect(await screen.isAlternate()).toBe(true);
    expect(screen.isCursorShown).toBe(false);
    expect((await screen.lines()).slice(1)).toEqual(frame(80).slice(1));
    full.draw(topFrame(picture({ rows: ROOM.slice(0, 2) }), full.size, plainTheme));
    expect(await screen.lines()).toHaveLength(5);
  });

  it('is drawn anew in another size, and fits it', async () => {
    const { screen, stream, full } = open();
    full.draw(topFrame(picture(), full.size, plainTheme));
    Object.assign(stream, { columns: 40, rows: 6 });
    screen.resize(40, 6);
    full.draw(topFrame(picture(), full.size, plainTheme));
    expect(await screen.lines()).toEqual([frame(40)[0], ...frame(40, 6).slice(1)]);
    expect(await screen.lines()).toHaveLength(6);
  });

  it('gives back the terminal as it was', async () => {
    const { screen, full } = open();
    screen.write('$ ls\r\nkmon.yaml\r\n$ kmon top\r\n');
    const before = await screen.lines();
    full.draw(topFrame(picture(), full.size, plainTheme));
    full.leave();
    full.leave();
    // A look that was under way when it was left.
    full.draw(['late']);
    expect(await screen.lines()).toEqual(before);
    expect(await screen.isAlternate()).toBe(false);
    expect(screen.isCursorShown).toBe(true);
  });

  it('takes nothing when it never drew', () => {
    const { screen, full } = open();
    full.leave();
    expect(screen.raw).toBe('');
  });
});
