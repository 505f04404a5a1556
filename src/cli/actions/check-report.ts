import type { FixableCode } from '../../findings/index.js';
import { exitCodeOfFindings } from '../../findings/result/exit-code.js';
import { networksSeen } from '../../findings/network/networks.js';
import { commandsThere } from '../../findings/result/commands-there.js';
import { checkResult } from '../../findings/result/result.js';
import type { Sight } from '../../findings/sight/sight.js';
import type { Machine } from '../../room/machine.js';
import { allMachines } from '../../room/room.js';
import { checkText } from '../../ui/check-text.js';
import { themeFor } from '../../ui/theme.js';
import type { App } from '../app.js';
import type { Io } from '../io.js';
import type { Pass } from './check-pass.js';

/** The report as the result of the command: text for people, `CheckResult` for programs. `fixing`: what this run puts right. */
export function showPass(io: Io, app: App, pass: Pass, fixing: readonly FixableCode[] = []): void {
  const { sight, findings } = pass;
  // Behind the counts: it is for another computer, and long.
  const text = [passText(io, app, pass, fixing), ...commandsThere(sight, findings)].join('\n\n');
  app.view.result(text, checkResult(sight, findings));
}

export function passText(
  io: Io,
  app: App,
  { sight, findings }: Pass,
  fixing: readonly FixableCode[],
): string {
  const { room } = app.config;
  const networks = networksSeen(sight);
  return checkText(findings, {
    room,
    machines: allMachines(room).filter((m) => isAbout(m, sight)).length,
    reached: sight.factsOf.size,
    ...(sight.network === undefined ? {} : { network: sight.network }),
    ...(networks === undefined ? {} : { networks }),
    transcript: app.transcript,
    fixing,
    theme: themeFor(io.stdout, io.env),
  });
}

export function exitCodeOfPass({ findings, sight }: Pass, about: readonly Machine[]): number {
  return exitCodeOfFindings(
    findings,
    sight,
    sight.config.room,
    about.map((m) => m.name),
  );
}

/** With `--only` the rest of the room was not looked at. */
function isAbout({ name }: Machine, { factsOf, unseen }: Sight): boolean {
  return factsOf.has(name) || unseen.some((u) => u.machine === name);
}
