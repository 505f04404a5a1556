import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { admissionOf } from '../../enrol/admission.js';
import { Desk } from '../../enrol/desk.js';
import type { Asked, DeskEvent, Seat } from '../../enrol/desk.js';
import { openDoor } from '../../enrol/door.js';
import type { Door } from '../../enrol/door.js';
import { addressInRoom, keysToBelieve, objectionOf } from '../../enrol/objection.js';
import { languageOf, pageHtml, styleHash } from '../../enrol/page.js';
import { checkOf } from '../../enrol/script.js';
import { linux } from '../../enrol/way.js';
import { makeWord } from '../../enrol/words.js';
import { KmonError } from '../../errors/kmon-error.js';
import { readTemplate } from '../../render/templates.js';
import { harmlessLine } from '../../ui/harmless.js';
import { firstLogin } from './first-login.js';
import type { KmonKey } from './kmon-key.js';
import type { RoomFile } from './room-file.js';

export interface EnrolmentOptions {
  readonly file: RoomFile;
  readonly key: KmonKey;
  readonly roomId: string;
  readonly address: string;
  readonly port: number;
  readonly onEvent: (event: DeskEvent) => void;
  readonly signal: AbortSignal;
}

/** A page that is open, with all that stands behind it. */
export interface Enrolment {
  /** Its address: `http://192.168.1.5:8642`. */
  readonly page: string;
  /** What is pasted. */
  readonly line: string;
  /** See `checkOf`. */
  readonly check: string;
  readonly seats: readonly Seat[];
  addWord(team: string | undefined): void;
  approve(asked: Asked): void;
  refuse(asked: Asked): void;
  /** Tells who has still to be told, waits for a login that is under way, and closes the page. */
  close(): Promise<void>;
}

/** How long a laptop that is in, or refused, may take to ask for it. */
const LAST_ANSWERS_MS = 5000;
const TICK_MS = 1000;

/** @throws KmonError `precondition` where the page cannot be served */
export async function openEnrolment(o: EnrolmentOptions): Promise<Enrolment> {
  const { file, key, roomId, address, signal } = o;
  const { room } = file.config;
  const session = randomBytes(16).toString('hex');
  const by = `${userInfo().username}@${hostname()}`;
  const logins = new Set<Promise<void>>();
  const desk: Desk = new Desk({
    session,
    objection: (laptop) => objectionOf(file.config.room, laptop, (machine) => file.pinned(machine)),
    inRoomAt: (laptop) => addressInRoom(file.config.room, laptop),
    admission: ({ sshd }) =>
      admissionOf({
        mark: { id: roomId, name: room.name, parent: room.parent.address, role: 'child', by },
        publicKey: key.publicKey,
        sshd,
        run: session.slice(0, 8),
        now: new Date(),
      }),
    onEvent: (event) => {
      o.onEvent(event);
      if (event.type !== 'ready') return;
      const login = takeIn(event.seat).finally(() => logins.delete(login));
      logins.add(login);
    },
    nowMs: () => performance.now(),
  });
  const takeIn = async ({ number, laptop, team }: Seat): Promise<void> => {
    if (laptop === undefined) return;
    let wrong: string | undefined;
    try {
      const believed = { ...laptop, hostKeys: keysToBelieve(laptop, file.pinned(laptop.name)) };
      wrong = await firstLogin(believed, key, signal);
      if (wrong === undefined) await file.enter(believed, team, key.file);
    } catch (error) {
      wrong =
        error instanceof KmonError
          ? `it is not in the room: ${harmlessLine(error.message)}`
          : `a defect of kmon: ${harmlessLine(String(error))}`;
    }
    desk.tried(number, wrong);
  };

  const { door, ...shown } = await serve(desk, {
    session,
    by,
    room: room.name,
    roomId,
    address,
    port: o.port,
  });
  const ticking = setInterval(() => {
    desk.tick();
  }, TICK_MS);
  return {
    ...shown,
    get seats() {
      return desk.seats;
    },
    addWord: (team) => {
      desk.addWord(makeWord(), team);
    },
    approve: (asked) => {
      desk.approve(asked);
    },
    refuse: (asked) => {
      desk.refuse(asked);
    },
    close: async () => {
      clearInterval(ticking);
      desk.close();
      await Promise.all(logins);
      const until = performance.now() + LAST_ANSWERS_MS;
      while (desk.owesAnswers && performance.now() < until)
        await new Promise((resolve) => void setTimeout(resolve, 100));
      await door.close();
    },
  };
}

interface Served {
  readonly session: string;
  readonly by: string;
  readonly room: string;
  readonly roomId: string;
  readonly address: string;
  readonly port: number;
}

/** The script names the page, and the page the sum of the script: with a free port they come to be when it is known. */
async function serve(
  desk: Desk,
  { address, port, ...facts }: Served,
): Promise<Pick<Enrolment, 'page' | 'line' | 'check'> & { readonly door: Door }> {
  const [style, en, fr, template] = await Promise.all([
    readTemplate('enrol/page.css'),
    readTemplate('enrol/page.en.html'),
    readTemplate('enrol/page.fr.html'),
    readTemplate(linux.template),
  ]);
  const pages = new Map<string, { readonly type: string; readonly text: string }>();
  const door = await openDoor(address, port, {
    pages,
    front: (languages) => `/${languageOf(languages)}`,
    posts: new Map([
      ['/register', (text, source) => desk.register(text, source)],
      ['/ask', (text, source) => desk.ask(text, source)],
    ]),
    styleHash: styleHash(style),
  });
  const page = `http://${address}:${door.port}`;
  const script = linux.script(template, { page, ...facts });
  const line = linux.line(page, script);
  const about = { room: facts.room, by: facts.by, line, fetch: linux.fetch(page) };
  pages.set('/en', { type: 'text/html', text: pageHtml(en, style, about) });
  pages.set('/fr', { type: 'text/html', text: pageHtml(fr, style, about) });
  pages.set(linux.path, { type: 'text/plain', text: script });
  return { door, page, line, check: checkOf(script) };
}
