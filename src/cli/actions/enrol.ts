import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { keepRoomId } from '../../config/room-id.js';
import type { DeskEvent, Seat } from '../../enrol/desk.js';
import { shownWord } from '../../enrol/words.js';
import { KmonError } from '../../errors/kmon-error.js';
import { seatText, questionOf, whoWaits } from '../../ui/enrol-frame.js';
import { createPrompter } from '../../ui/prompter.js';
import type { Prompter } from '../../ui/prompter.js';
import type { View } from '../../ui/view.js';
import { showEnrolment } from '../enrol/enrol-screen.js';
import { openEnrolment } from '../enrol/enrolment.js';
import type { Enrolment } from '../enrol/enrolment.js';
import { kmonKey } from '../enrol/kmon-key.js';
import { ownAddresses, pageAddress } from '../enrol/own-address.js';
import { openRoomFile } from '../enrol/room-file.js';
import type { Io } from '../io.js';
import { openTelling } from '../telling.js';
import { withView } from '../with-view.js';
import type { ShowOptions } from '../with-view.js';

export interface EnrolOptions extends ShowOptions {
  readonly config: string | undefined;
  readonly address: string | undefined;
  readonly port: number;
  /** How long the page is open. */
  readonly for: number;
  readonly words: number;
  readonly team: readonly string[];
  readonly approve: 'all' | 'each';
}

/** `kmon enrol`. Ends with 0 when its time is over, by q, or by Ctrl-C: that is how it ends. */
export function enrol(io: Io, options: EnrolOptions): Promise<number> {
  return withView(io, options, async (view) => {
    const file = await openRoomFile(options.config, io.cwd);
    const how = howToAsk(io, options);
    const { stateDir, room, roomId = randomUUID() } = file.config;
    const telling = openTelling(view, {
      folder: join(stateDir, 'transcripts'),
      command: 'enrol',
      version: io.version,
    });
    try {
      const key = await kmonKey(stateDir, room.name);
      const heard: ((event: DeskEvent) => void)[] = [];
      const enrolment = await openEnrolment({
        file,
        key,
        roomId,
        address: pageAddress(ownAddresses(), room, options.address),
        port: options.port,
        signal: io.signal,
        onEvent: (event) => {
          for (const hear of heard) hear(event);
        },
      });
      try {
        // From now on a ledger may bear it.
        if (file.config.roomId === undefined) await keepRoomId(stateDir, roomId);
        for (const team of options.team.length === 0 ? [undefined] : options.team)
          for (let i = 0; i < options.words; i++) enrolment.addWord(team);
        if (options.approve === 'all') {
          heard.push((event) => {
            // Not within the answer to the laptop, which says that it waits.
            if (event.type === 'seat' && event.seat.state === 'waiting')
              setImmediate(() => {
                enrolment.approve(event.seat);
              });
          });
        }
        if (how.by === 'screen')
          await showEnrolment(io, { enrolment, room: room.name, seconds: options.for, heard });
        else
          await tellEnrolment(io, view, {
            enrolment,
            heard,
            options,
            prompter: how.prompter,
            tell: telling.tell,
          });
      } finally {
        await enrolment.close();
      }
      view.result(resultText(enrolment.seats), { event: 'closed', laptops: enrolment.seats.map(seatData) });
    } finally {
      telling.close(0);
    }
    return 0;
  });
}

type How = { readonly by: 'screen' } | { readonly by: 'lines'; readonly prompter: Prompter | undefined };

/** @throws KmonError `usage` where nobody could ever agree */
function howToAsk({ stdin, stdout, stderr, env, signal }: Io, { plain, json, approve }: EnrolOptions): How {
  const isScreen = stdin.isTTY && stdout.isTTY && env['TERM'] !== 'dumb';
  if (isScreen && !plain && !json) return { by: 'screen' };
  if (approve === 'all') return { by: 'lines', prompter: undefined };
  const prompter = json ? undefined : createPrompter({ stdin, stderr, signal });
  if (prompter !== undefined) return { by: 'lines', prompter };
  throw new KmonError('usage', 'nobody is at a terminal who could agree to each laptop', {
    hint: 'run it at a terminal, or take in whoever has a word: kmon enrol --approve all',
  });
}

interface InLines {
  readonly enrolment: Enrolment;
  readonly heard: ((event: DeskEvent) => void)[];
  readonly options: EnrolOptions;
  readonly prompter: Prompter | undefined;
  readonly tell: (event: { readonly type: 'note'; readonly machine?: string; readonly text: string }) => void;
}

/** In lines, until the time is over, Ctrl-C, or every word has ended where nobody could make another. */
async function tellEnrolment(io: Io, view: View, o: InLines): Promise<void> {
  const { enrolment, heard, options, prompter, tell } = o;
  const until = new Date(Date.now() + options.for * 1000);
  const { page, check, line, seats } = enrolment;
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
    until: until.toISOString(),
    words,
  });
  await new Promise<void>((resolve, reject) => {
    let asking = false;
    const end = setTimeout(resolve, options.for * 1000);
    io.signal.addEventListener('abort', () => {
      resolve();
    });
    if (io.signal.aborted) resolve();
    const askNext = async (): Promise<void> => {
      const waits = whoWaits(enrolment.seats);
      if (asking || prompter === undefined || waits === undefined) return;
      asking = true;
      try {
        if (await prompter.confirm(questionOf(waits))) enrolment.approve(waits);
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
      if (options.json) view.result('', { event: 'laptop', ...seatData(seat) });
      if (
        prompter === undefined &&
        enrolment.seats.every(({ state }) => state === 'in' || state === 'refused')
      ) {
        clearTimeout(end);
        resolve();
      }
      // Ctrl-C at the question ends the enrolment, as it does elsewhere.
      askNext().catch((error: unknown) => {
        if (error instanceof KmonError && error.code === 'interrupted') resolve();
        else reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
  });
}

function openText({ page, check, line, seats }: Enrolment, until: Date): string {
  const teams = seats.map(({ word, team }) => `  ${shownWord(word)}${team === undefined ? '' : `  ${team}`}`);
  return [
    `the page is open until ${until.toTimeString().slice(0, 5)}: ${page}`,
    `number of the script, for who types it by hand: ${check}`,
    'the line for a Linux laptop:',
    `  ${line}`,
    seats.length === 1 ? 'a word, for one laptop:' : `${seats.length} words, each for one laptop:`,
    ...teams,
  ].join('\n');
}

function seatLine(seat: Seat): string {
  return `${seat.laptop?.address ?? ''}, by word ${seat.number}: ${seatText(seat)}`;
}

/** No word: what is told of a seat may be kept. */
function seatData({ number, team, state, laptop, why }: Seat): object {
  return {
    number,
    team: team ?? null,
    state,
    name: laptop?.name ?? null,
    address: laptop?.address ?? null,
    why: why ?? null,
  };
}

function resultText(seats: readonly Seat[]): string {
  const inside = seats.filter((s) => s.state === 'in');
  const failed = seats.filter((s) => s.state === 'free' && s.why !== undefined);
  const names = inside.map((s) => `${s.laptop?.name ?? ''} (${s.laptop?.address ?? ''})`);
  return [
    inside.length === 0
      ? 'the page is closed; no laptop was enrolled'
      : `the page is closed; enrolled: ${names.join(', ')}`,
    ...failed.map((s) => `not in: ${s.laptop?.name ?? ''} (${s.laptop?.address ?? ''}): ${s.why ?? ''}`),
    ...(inside.length === 0 ? [] : ['they are in kmon.yaml; next: kmon check']),
  ].join('\n');
}
