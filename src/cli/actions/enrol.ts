import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { keepRoomId } from '../../config/room-id.js';
import type { DeskEvent } from '../../enrol/desk.js';
import { KmonError } from '../../errors/kmon-error.js';
import { createPrompter } from '../../ui/prompter.js';
import type { Prompter } from '../../ui/prompter.js';
import { resultText, seatData, tellEnrolment } from '../enrol/enrol-lines.js';
import { showEnrolment } from '../enrol/enrol-screen.js';
import { openEnrolment } from '../enrol/enrolment.js';
import { guestDisks } from '../enrol/guest-disks.js';
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
      const byRoutes = file.config.kubernetes.network === 'routes';
      const disks = byRoutes ? new Map<never, never>() : await guestDisks(io.env);
      if (byRoutes) telling.tell({ type: 'note', text: BY_ROUTES });
      else if (disks.size === 0) telling.tell({ type: 'note', text: NO_IMAGE });
      const heard: ((event: DeskEvent) => void)[] = [];
      const enrolment = await openEnrolment({
        file,
        key,
        roomId,
        address: pageAddress(ownAddresses(), room, options.address),
        port: options.port,
        disks,
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
            seconds: options.for,
            json: options.json,
            prompterUntil: how.prompterUntil,
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

const NO_IMAGE = 'for Windows and macOS laptops make an image first: kmon guest image';
const BY_ROUTES =
  'Windows and macOS laptops cannot come in: kubernetes.network is routes in kmon.yaml, and the pods of a guest do not pass its laptop; write network: vxlan';

type How =
  | { readonly by: 'screen' }
  | { readonly by: 'lines'; readonly prompterUntil?: (over: AbortSignal) => Prompter | undefined };

/** @throws KmonError `usage` where nobody could ever agree */
function howToAsk({ stdin, stdout, stderr, env, signal }: Io, { plain, json, approve }: EnrolOptions): How {
  const isScreen = stdin.isTTY && stdout.isTTY && env['TERM'] !== 'dumb';
  if (isScreen && !plain && !json) return { by: 'screen' };
  if (approve === 'all') return { by: 'lines' };
  const prompterUntil = (over: AbortSignal): Prompter | undefined =>
    createPrompter({ stdin, stderr, signal: AbortSignal.any([signal, over]) });
  if (!json && prompterUntil(signal) !== undefined) return { by: 'lines', prompterUntil };
  throw new KmonError('usage', 'nobody is at a terminal who could agree to each laptop', {
    hint: 'run it at a terminal, or take in whoever has a word: kmon enrol --approve all',
  });
}
