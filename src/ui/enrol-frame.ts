import type { Seat } from '../enrol/desk.js';
import { shownWord } from '../enrol/words.js';
import { harmlessLine } from './harmless.js';
import { qrText } from './qr-text.js';
import { tableText } from './table.js';
import type { Theme } from './theme.js';
import { cutTo } from './width.js';

/** An enrolment at one moment. */
export interface EnrolPicture {
  readonly room: string;
  readonly page: string;
  /** Of the script, for who types the lines by hand. */
  readonly check: string;
  readonly leftSeconds: number;
  readonly seats: readonly Seat[];
  /** What was turned away lately, the newest last. */
  readonly turnedAway: readonly string[];
}

/** Who waits for a yes or no: the first one. */
export function whoWaits(seats: readonly Seat[]): Seat | undefined {
  return seats.find((s) => s.state === 'waiting');
}

const LEAST_ROWS_OF_SEATS = 3;
const MOST_TURNED_AWAY = 2;

/**
 * The enrolment as lines that fit: what has to be answered always stands there, the QR code only where there is room for it beside the seats. Those
 * that want something come first where not all have room.
 */
export function enrolFrame(
  p: EnrolPicture,
  size: { readonly columns: number; readonly rows: number },
  theme: Theme,
): readonly string[] {
  const cut = (line: string): string => cutTo(line, size.columns);
  const head = [
    theme.strong(cut(`kmon enrol: room ${p.room}, closes in ${clockText(p.leftSeconds)}`)),
    cut(`page    ${p.page}`),
    cut(`number  ${p.check}  of the script, for who types it by hand`),
    '',
  ];
  const asks = whoWaits(p.seats);
  const foot = [
    ...p.turnedAway.slice(-MOST_TURNED_AWAY).map((text) => theme.warn(cut(harmlessLine(text)))),
    '',
    ...(asks === undefined ? [] : [theme.busy(cut(questionOf(asks)))]),
    theme.dim(cut(`${asks === undefined ? '' : 'y: yes   n: no   '}w: one more word   q: close the page`)),
  ];
  const room = size.rows - head.length - foot.length;
  const qr = qrText(p.page, size.columns, theme) ?? [];
  const seats = seatLines(p.seats, theme, cut);
  const shownQr = qr.length + Math.min(seats.length, LEAST_ROWS_OF_SEATS + 1) <= room ? qr : [];
  return [...head, ...shownQr, ...fitting(seats, room - shownQr.length, theme), ...foot];
}

/** What the teacher is asked of a laptop. */
export function questionOf({ laptop, team, number, inRoomAt }: Seat): string {
  const address = laptop?.address ?? '';
  const before =
    inRoomAt === address ? 'in kmon.yaml already' : `in kmon.yaml until now at ${inRoomAt ?? ''}`;
  const where = inRoomAt === undefined ? address : `${address}, ${before}`;
  const who = `${laptop?.name ?? ''} (${where}, ${laptop?.system ?? ''})`;
  return harmlessLine(
    `May ${who}${team === undefined ? '' : ` of team ${team}`} come in, by word ${number}?`,
  );
}

/** How a seat stands, in words. */
export function seatText({ state, why, laptop, progress }: Seat): string {
  switch (state) {
    case 'free':
      return why === undefined ? 'not used yet' : `not in: ${why}`;
    case 'waiting':
      return 'waits for your yes';
    case 'welcome':
      if (laptop?.guest === undefined) return "puts kmon's key in";
      return progress === undefined ? 'makes its guest' : `its guest: ${progress}`;
    case 'trying':
      return 'is tried';
    case 'in':
      return 'in';
    case 'refused':
      return 'refused';
  }
}

function seatLines(seats: readonly Seat[], theme: Theme, cut: (line: string) => string): readonly string[] {
  const teams = seats.some((s) => s.team !== undefined);
  const columns = ['NO', 'WORD', ...(teams ? ['TEAM'] : []), 'LAPTOP', 'ADDRESS', 'STATE'].map((title) => ({
    title,
  }));
  const rows = seats.map((seat) => [
    seat.number,
    // A word that is of no use to anybody need not stand there.
    seat.state === 'free' ? shownWord(seat.word) : 'used',
    ...(teams ? [seat.team] : []),
    seat.laptop?.name,
    seat.laptop?.address,
    seatText(seat),
  ]);
  const [title = '', ...lines] = tableText(columns, rows).split('\n');
  return [theme.dim(cut(title)), ...lines.map((line, i) => paintOf(seats[i], theme)(cut(line)))];
}

function paintOf(seat: Seat | undefined, theme: Theme): (text: string) => string {
  if (seat?.state === 'in') return theme.good;
  if (seat?.state === 'free' && seat.why !== undefined) return theme.bad;
  return seat?.state === 'free' || seat?.state === 'refused' ? (text) => text : theme.busy;
}

function fitting(lines: readonly string[], rows: number, theme: Theme): readonly string[] {
  if (lines.length <= rows) return lines;
  if (rows < 2) return lines.slice(0, Math.max(rows, 0));
  const shown = rows - 1;
  return [...lines.slice(0, shown), theme.dim(`and ${lines.length - shown} more: make the terminal higher`)];
}

function clockText(seconds: number): string {
  const left = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
}
