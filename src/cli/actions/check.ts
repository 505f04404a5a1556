import { codesToFix } from '../../findings/fixes/fixable.js';
import { loadConfig } from '../../config/load.js';
import { KmonError } from '../../errors/kmon-error.js';
import { selectComputers } from '../../room/room.js';
import { withApp } from '../app.js';
import type { RoomOptions } from '../app.js';
import type { Io } from '../io.js';
import { fixFindings } from './check-fix.js';
import { checkPass } from './check-pass.js';
import { exitCodeOfPass, showPass } from './check-report.js';

interface CheckOptions extends RoomOptions {
  /** The codes of findings; none: everything that kmon fixes unasked; `undefined`: nothing. */
  readonly fix: readonly string[] | undefined;
  readonly yes: boolean;
  readonly gateway: string | undefined;
}

/** `kmon check`: everything that is in the way, of all machines at once. With `--fix` what kmon can put right is put right. */
export function check(io: Io, options: CheckOptions): Promise<number> {
  // The looks are real in a dry run too; what `--fix` would change is held back where it is changed.
  const { dryRun, ...opening } = options;
  return withApp(
    io,
    'check',
    opening,
    async (app) => {
      const { machines: targets, observed } = selectComputers(app.config.room, options.only);
      const pass = await checkPass(app, targets, observed);
      if (typeof pass === 'number') return pass;
      if (options.fix !== undefined) {
        return fixFindings(io, app, pass, targets, observed, {
          codes: codesToFix(options.fix),
          dryRun: dryRun === true,
          yes: options.yes,
          json: options.json,
          ...(options.gateway === undefined ? {} : { gateway: options.gateway }),
        });
      }
      showPass(io, app, pass);
      return exitCodeOfPass(pass, targets);
    },
    {
      installs: true,
      needsNetwork: 'judged',
      // A parent that the command is not about is left alone.
      asksProfile: ({ room }) => selectComputers(room, options.only).machines.includes(room.parent),
      load: () => {
        refuse(options);
        return loadConfig(options.config, io.cwd);
      },
    },
  );
}

/** @throws KmonError `usage` before any machine hears of it. */
function refuse({ fix, gateway }: CheckOptions): void {
  if (fix === undefined) return;
  const codes = codesToFix(fix);
  if (gateway === undefined || codes.includes('K-LEASE')) return;
  throw new KmonError('usage', '--gateway goes with --fix K-LEASE', {
    hint: 'name it: kmon check --fix K-LEASE --gateway ADDRESS',
  });
}
