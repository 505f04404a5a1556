import type { DeskEvent, Seat } from '../../enrol/desk.js';
import { shownWord } from '../../enrol/words.js';
import { KmonError } from '../../errors/kmon-error.js';
import { questionOf, seatText, whoWaits } from '../../ui/enrol-frame.js';
import type { Prompter } from '../../ui/prompter.js';
import type { View } from '../../ui/view.js';
import type { Io } from '../io.js';
import type { Enrolment } from './enrolment.js';

export interface InLines {
  readonly enrolment: Enrolment;
  readonly heard: ((event: DeskEvent) => void)[];
  /** How long it is open. */
  readonly seconds: number;
  readonly json: boolean;
  /** Asks whoever is there, until the signal; `undefined`: nobody is asked. */
  readonly prompterUntil: ((over: AbortSignal) => Pick<Prompter, 'confirm'> | undefined) | undefined;
  readonly tell: (event: { readonly type: 'note'; readonly machine?: string; readonly text: string }) => void;
}

/** In lines, until the time is over, Ctrl-C, or every word has ended where nobody could make another. */
export async function tellEnrolment(
  io: Pick<Io, 'signal'>,
  view: Pick<View, 'result'>,
  o: InLines,
): Promise<void> {
  const { enrolment, heard, seconds, json, tell } = o;
  const over = new AbortController();
  const isOver = (): boolean => over.signal.aborted;
  const prompter = o.prompterUntil?.(over.signal);
  const until = new Date(Date.now() + seconds * 1000);
  const { page, check, line, guestLines, seats } = enrolment;
  const words = seats.map(({ number, word, team }) => ({
    number,
    word: shownWord(word),
    team: team ?? null,
  }));
  view.result(openText(enrolment, until), {
    event: 'open',
    page,
    check,
    line,
    guestLines,
    until: until.toISOString(),
    words,
  });
  let end: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve, reject) => {
    let asking = false;
    end = setTimeout(resolve, seconds * 1000);
    io.signal.addEventListener('abort', () => {
      resolve();
    });
    if (io.signal.aborted) resolve();
    const askNext = async (): Promise<void> => {
      const waits = whoWaits(enrolment.seats);
      if (asking || prompter === undefined || waits === undefined || isOver()) return;
      asking = true;
      try {
        const isYes = await prompter.confirm(questionOf(waits));
        if (isOver()) return;
        if (isYes) enrolment.approve(waits);
        else enrolment.refuse(waits);
      } finally {
        asking = false;
      }
      await askNext();
    };
    heard.push((event) => {
      if (event.type === 'turned-away') tell({ type: 'note', text: `${event.source}: ${event.why}` });
      if (event.type !== 'seat') return;
      const { seat } = event;
      tell({
        type: 'note',
        ...(seat.laptop === undefined ? {} : { machine: seat.laptop.name }),
        text: seatLine(seat),
      });
      if (json) view.result('', { event: 'laptop', ...seatData(seat) });
      if (
        prompter === undefined &&
        enrolment.seats.every(({ state }) => state === 'in' || state === 'refused')
      )
        resolve();
      // Ctrl-C at the question ends the enrolment, as it does elsewhere.
      askNext().catch((error: unknown) => {
        if (error instanceof KmonError && error.code === 'interrupted') resolve();
        else reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
  }).finally(() => {
    // However it came to an end: the program would live on as long as it.
    clearTimeout(end);
    // A question that stands there would keep kmon from ending, and its answer come too late.
    over.abort();
  });
}

function openText({ page, check, line, guestLines, seats }: Enrolment, until: Date): string {
  const teams = seats.map(({ word, team }) => `  ${shownWord(word)}${team === undefined ? '' : `  ${team}`}`);
  return [
    `the page is open until ${until.toTimeString().slice(0, 5)}: ${page}`,
    `number of the script, for who types it by hand: ${check}`,
    'the line for a Linux laptop:',
    `  ${line}`,
    ...(guestLines.length === 0 ? [] : ['for Windows and macOS the line is on the page']),
    seats.length === 1 ? 'a word, for one laptop:' : `${seats.length} words, each for one laptop:`,
    ...teams,
  ].join('\n');
}

function seatLine(seat: Seat): string {
  return `${seat.laptop?.address ?? ''}, by word ${seat.number}: ${seatText(seat)}`;
}

/** No word: what is told of a seat may be kept. */
export function seatData({ number, team, state, told, laptop, why }: Seat): object {
  return {
    number,
    team: team ?? null,
    state,
    told,
    name: laptop?.name ?? null,
    address: laptop?.address ?? null,
    why: why ?? null,
  };
}

/** How it ended, for who has closed the page. */
export function resultText(seats: readonly Seat[]): string {
  const inside = seats.filter((s) => s.state === 'in' && s.told);
  const unheard = seats.filter((s) => s.state === 'in' && !s.told);
  const failed = seats.filter((s) => s.state === 'free' && s.why !== undefined);
  const names = inside.map((s) => `${s.laptop?.name ?? ''} (${s.laptop?.address ?? ''})`);
  return [
    inside.length === 0
      ? 'the page is closed; no laptop was enrolled'
      : `the page is closed; enrolled: ${names.join(', ')}`,
    ...unheard.map(
      (s) =>
        `not sure: ${s.laptop?.name ?? ''} (${s.laptop?.address ?? ''}) is in kmon.yaml, but has not heard it and takes kmon's key out again: enrol it again`,
    ),
    ...failed.map((s) => `not in: ${s.laptop?.name ?? ''} (${s.laptop?.address ?? ''}): ${s.why ?? ''}`),
    ...(inside.length === 0 ? [] : ['they are in kmon.yaml; next: kmon check']),
  ].join('\n');
}
