import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { admissionOf } from '../../enrol/admission.js';
import { Desk } from '../../enrol/desk.js';
import type { Asked, DeskEvent, Seat } from '../../enrol/desk.js';
import { openDoor } from '../../enrol/door.js';
import type { Door } from '../../enrol/door.js';
import { addressInRoom, keysToBelieve, objectionOf } from '../../enrol/objection.js';
import { languageOf, pageHtml, styleHash, systemOf } from '../../enrol/page.js';
import { checkOf } from '../../enrol/script.js';
import { guestOffer } from '../../enrol/guest-offer.js';
import type { GuestDisks } from '../../enrol/guest-offer.js';
import type { Laptop } from '../../enrol/registration.js';
import { linux } from '../../enrol/way.js';
import { GUEST_WAYS } from '../../guest/ways/ways.js';
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
  /** Of what laptops make guests; none: they have to be machines themselves. */
  readonly disks: GuestDisks;
  readonly onEvent: (event: DeskEvent) => void;
  readonly signal: AbortSignal;
}

/** A page that is open, with all that stands behind it. */
export interface Enrolment {
  /** Its address: `http://192.168.1.5:8642`. */
  readonly page: string;
  /** What is pasted. */
  readonly line: string;
  /** The same for laptops that have a guest. */
  readonly guestLines: readonly { readonly system: string; readonly line: string }[];
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
    admission: (laptop: Laptop) =>
      laptop.sshd === undefined
        ? (guestOffer(o.disks, laptop, key.publicKey, new Date()) ?? {
            wrong: `there is no guest for ${laptop.guest.architecture} here: kmon guest image --arch ${laptop.guest.architecture}`,
          })
        : admissionOf({
            mark: { id: roomId, name: room.name, parent: room.parent.address, role: 'child', by },
            publicKey: key.publicKey,
            sshd: laptop.sshd,
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
    architectures: [...o.disks.keys()],
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
  readonly architectures: readonly string[];
}

/** The script names the page, and the page the sum of the script: with a free port they come to be when it is known. */
async function serve(
  desk: Desk,
  { address, port, ...facts }: Served,
): Promise<Pick<Enrolment, 'page' | 'line' | 'guestLines' | 'check'> & { readonly door: Door }> {
  const { architectures } = facts;
  const ways = architectures.length === 0 ? [] : GUEST_WAYS;
  const template = async (name: string): Promise<string> => readTemplate(`enrol/${name}`);
  const style = await template('page.css');
  const pages = new Map<
    string,
    { readonly type: string; readonly text: string | ((agent: string) => string) }
  >();
  const door = await openDoor(address, port, {
    pages,
    front: (languages) => `/${languageOf(languages)}`,
    posts: new Map([
      ['/register', (text, source) => desk.register(text, source)],
      ['/ask', (text, source) => desk.ask(text, source)],
    ]),
    offered: (path, source) => desk.offered(path, source),
    styleHash: styleHash(style),
  });
  const page = `http://${address}:${door.port}`;
  const script = linux.script((await Promise.all(linux.templates.map(readTemplate))).join(''), {
    page,
    ...facts,
  });
  const line = linux.line(page, script);
  const guests = await Promise.all(
    ways.map(async (way) => {
      const text = way.script(await Promise.all(way.templates.map(readTemplate)), { page, ...facts });
      pages.set(way.path, { type: 'text/plain', text });
      const { system, leave } = way;
      return { system, by: 'guest' as const, line: way.line(page, text), leave };
    }),
  );
  for (const language of ['en', 'fr'] as const) {
    const [frame, itself, guest] = await Promise.all([
      template(`page.${language}.html`),
      template(`itself.${language}.html`),
      template(`guest.${language}.html`),
    ]);
    const about = { room: facts.room, by: facts.by, line, fetch: linux.fetch(page), guests };
    const text = (agent: string): string => pageHtml({ frame, itself, guest, style }, about, systemOf(agent));
    pages.set(`/${language}`, { type: 'text/html', text });
  }
  pages.set(linux.path, { type: 'text/plain', text: script });
  const guestLines = guests.map(({ system, line: pasted }) => ({ system, line: pasted }));
  return { door, page, line, guestLines, check: checkOf(script) };
}
