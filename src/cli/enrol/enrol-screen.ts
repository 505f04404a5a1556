import type { DeskEvent, Seat } from '../../enrol/desk.js';
import { enrolFrame, whoWaits } from '../../ui/enrol-frame.js';
import { FullScreen } from '../../ui/full-screen.js';
import { CTRL_C, pressedKeys } from '../../ui/pressed-keys.js';
import { themeFor } from '../../ui/theme.js';
import type { Io } from '../io.js';
import type { Enrolment } from './enrolment.js';

export interface ShownEnrolment {
  readonly enrolment: Enrolment;
  readonly room: string;
  /** How long it is open. */
  readonly seconds: number;
  readonly heard: ((event: DeskEvent) => void)[];
}

/** The enrolment on the whole terminal, with its keys. Resolves when its time is over, by q, or by Ctrl-C; the terminal is given back then. */
export async function showEnrolment(
  io: Io,
  { enrolment, room, seconds, heard }: ShownEnrolment,
): Promise<void> {
  const screen = new FullScreen(io.stdout);
  const theme = themeFor(io.stdout, io.env);
  const endMs = performance.now() + seconds * 1000;
  const turnedAway: string[] = [];
  /** Who stood in the question when a key was pressed: another one may wait by the time that it is heard. */
  let asked: Seat | undefined;
  const draw = (): void => {
    asked = whoWaits(enrolment.seats);
    const { page, check, seats } = enrolment;
    const leftSeconds = (endMs - performance.now()) / 1000;
    screen.draw(enrolFrame({ room, page, check, leftSeconds, seats, turnedAway }, screen.size, theme));
  };
  await new Promise<void>((resolve) => {
    const drawing = setInterval(draw, 1000);
    const ending = setTimeout(finish, seconds * 1000);
    const keys = pressedKeys(io.stdin, (key) => {
      if (key === 'q' || key === CTRL_C) finish();
      else if (key === 'w') enrolment.addWord(undefined);
      else if (key === 'y' && asked !== undefined) enrolment.approve(asked);
      else if (key === 'n' && asked !== undefined) enrolment.refuse(asked);
      draw();
    });
    heard.push((event) => {
      if (event.type === 'turned-away') turnedAway.push(`${event.source}: ${event.why}`);
      turnedAway.splice(0, turnedAway.length - 20);
      draw();
    });
    io.onLeave(giveBack);
    io.stdout.on('resize', draw);
    io.signal.addEventListener('abort', finish);
    draw();
    if (io.signal.aborted) finish();

    function giveBack(): void {
      keys.stop();
      screen.leave();
    }
    function finish(): void {
      clearInterval(drawing);
      clearTimeout(ending);
      io.stdout.off('resize', draw);
      giveBack();
      resolve();
    }
  });
}
