import { exitCodeOfFindings } from '../../check/exit-code.js';
import { checkResult } from '../../check/result.js';
import { allMachines, selectMachines } from '../../machines/room.js';
import { checkText } from '../../ui/check-text.js';
import { createTheme, isColoured } from '../../ui/theme.js';
import { withApp } from '../app.js';
import type { App } from '../app.js';
import type { CommonOptions } from '../flags.js';
import type { Io } from '../io.js';
import { checkPass } from './check-pass.js';
import type { Pass } from './check-pass.js';

/** `kmon check`: everything that is in the way, of all machines at once. */
export function check(io: Io, options: CommonOptions): Promise<number> {
  return withApp(
    io,
    'check',
    options,
    async (app) => {
      const targets = selectMachines(app.config.room, options.only ?? []);
      const pass = await checkPass(app, targets);
      if (typeof pass === 'number') return pass;
      showPass(io, app, pass);
      return exitCodeOfFindings(
        pass.findings,
        pass.sight,
        app.config.room,
        targets.map((m) => m.name),
      );
    },
    { installs: true },
  );
}

function showPass(io: Io, app: App, { sight, findings }: Pass): void {
  const { room } = app.config;
  const text = checkText(findings, {
    room,
    machines: allMachines(room).filter((m) => isAbout(m.name, sight)).length,
    reached: sight.factsOf.size,
    ...(sight.network === undefined ? {} : { network: sight.network }),
    transcript: app.transcript,
    theme: createTheme(isColoured(io.stdout, io.env)),
  });
  app.view.result(text, checkResult(sight, findings));
}

/** With `--only` the rest of the room was not looked at. */
function isAbout(machine: string, { factsOf, unseen }: Pass['sight']): boolean {
  return factsOf.has(machine) || unseen.some((u) => u.machine === machine);
}
