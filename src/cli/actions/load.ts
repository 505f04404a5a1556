import type { TypedAddress } from '../../apps/http-load/load-address.js';
import { refuseFarAddress } from '../../apps/http-load/load-target.js';
import { rowOf } from '../../apps/http-load/load-rows.js';
import type { LoadStep } from '../../apps/http-load/load-rows.js';
import { nearestKey } from '../../config/mistakes/suggest.js';
import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { EXIT_CODES } from '../../errors/exit-codes.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Machine } from '../../room/machine.js';
import { allMachines } from '../../room/room.js';
import type { Room } from '../../room/room.js';
import { loadStages } from '../../stages/index.js';
import { httpLoadText } from '../../ui/http-load-text.js';
import { withApp } from '../app.js';
import type { AppOptions } from '../app.js';
import type { Io } from '../io.js';
import { keepLoad } from '../keep-load.js';

interface LoadOptions extends AppOptions {
  readonly url: TypedAddress;
  readonly steps: readonly number[];
  /** Seconds of each step. */
  readonly for: number;
  readonly from: string | undefined;
}

/** So long a class waits for a table, and so long a laptop's fan may howl. */
const MOST_SECONDS = 1800;

/** `kmon load`: what came of the steps is shown and kept also where a later one failed. Nothing answered at all: `not-verified`. */
export function load(io: Io, options: LoadOptions): Promise<number> {
  return withApp(
    io,
    'load',
    options,
    async (app) => {
      const { steps, url, for: seconds } = options;
      if (steps.length * seconds > MOST_SECONDS)
        throw new KmonError(
          'usage',
          `${steps.length} steps of ${seconds} s are more than the ${MOST_SECONDS / 60} minutes that a load may take`,
          { hint: 'give fewer with --steps, or shorter ones with --for' },
        );
      const { room } = app.config;
      const from = machineFor(options.from, room);
      refuseFarAddress(url, app.config);
      const began = new Date();
      const { loading, stages } = loadStages({ asked: url, steps, seconds });
      const report = await app.run(planFor('load', room, stages, [from]));
      if (options.dryRun === true) return exitCodeOf(report);
      const done = report.seen.of(loading).get(from.name)?.steps ?? [];
      if (done.length > 0) {
        const rows = done.map(rowOf);
        app.view.result(httpLoadText(rows), rows);
      }
      const code =
        exitCodeOf(report) === 0 && !isAnswered(done) ? EXIT_CODES['not-verified'] : exitCodeOf(report);
      await keepLoad(app, {
        ...{ began, from, steps: done, exitCode: code, seconds },
        url: url.typed,
        wanted: steps,
        failure: report.failure ?? report.setAside[0]?.error,
      });
      return code;
    },
    { asksProfile: () => true },
  );
}

function isAnswered(steps: readonly LoadStep[]): boolean {
  return steps.some(({ report }) => report !== undefined && report.answered > 0);
}

function machineFor(wanted: string | undefined, room: Room): Machine {
  if (wanted === undefined) return room.parent;
  const machines = allMachines(room);
  const found = machines.find((m) => m.name === wanted || m.address === wanted);
  if (found !== undefined) return found;
  const names = machines.map((m) => m.name);
  const near = nearestKey(wanted, names);
  throw new KmonError('usage', `--from names ${wanted}, which is no machine of room ${room.name}`, {
    hint: `${near === undefined ? '' : `did you mean ${near}? `}choose among: ${names.join(', ')}`,
  });
}
