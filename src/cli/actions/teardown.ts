import { ledgersIn } from '../../engine/file-ledger.js';
import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import type { Machine, Observed } from '../../room/machine.js';
import { selectMachines } from '../../room/room.js';
import { TEARDOWN } from '../../stages/index.js';
import { givenBack, noteGivenBack } from '../enrol/given-back.js';
import { withApp } from '../app.js';
import type { App, RoomOptions } from '../app.js';
import { confirmByRoom } from '../confirm-by-room.js';
import type { Io } from '../io.js';
import { nothingToDo, teardownResult } from './teardown-result.js';

interface TeardownOptions extends RoomOptions {
  readonly yes: boolean;
  readonly room: string | undefined;
  readonly local: boolean;
  readonly context: string | undefined;
}

/** `kmon teardown`: children that do not answer are set aside, and the parent is given back all the same. */
export async function teardown(io: Io, options: TeardownOptions): Promise<number> {
  if (options.local) {
    const { teardownLocal } = await import('./teardown-local.js');
    return teardownLocal(io, options);
  }
  if (options.context !== undefined) {
    const { teardownOnContext } = await import('./teardown-context.js');
    return teardownOnContext(io, options, options.context);
  }
  return withApp(io, 'teardown', options, async (app) => {
    const { room } = app.config;
    const selected = selectMachines(room, options.only);
    const gone = await givenBack(app.config, selected);
    const targets = selected.filter((m) => !gone.includes(m));
    for (const machine of gone)
      app.tell({
        type: 'note',
        machine: machine.name,
        text: "given back before; kmon's key went with it, so it is not asked again",
      });
    const observed = options.only.length === 0 ? room.observed : [];
    const noted = options.dryRun === true ? [] : await withLedger(observed, app.config.stateDir);
    if (targets.length + observed.length === 0) {
      const { text, data } = nothingToDo(gone);
      app.view.result(text, data);
      return 0;
    }
    if (options.dryRun !== true) await confirm(app, [...targets, ...noted], options);
    const plan = planFor('teardown', room, TEARDOWN, targets, targets, observed);
    const report = await app.run(plan, {
      parentMayFail: true,
      leavesNothing: options.only.length === 0,
      asking: noted,
    });
    if (options.dryRun !== true) {
      const { text, data } = teardownResult(report, { machines: targets, observed: noted, gone });
      app.view.result(text, data);
      await noteGivenBack(
        app.config,
        targets.filter((m) => data.asFound.includes(m.name)),
      );
    }
    return exitCodeOf(report);
  });
}

/** Those that have something to give back, as far as is known here; a ledger that cannot be read is told by the run. */
async function withLedger(observed: readonly Observed[], stateDir: string): Promise<readonly Observed[]> {
  const ledger = ledgersIn(stateDir);
  const noted = await Promise.all(
    observed.map((o) =>
      ledger(o)
        .read()
        .catch(() => []),
    ),
  );
  return observed.filter((_, i) => noted[i]?.length !== 0);
}

function confirm(
  app: App,
  changed: readonly (Machine | Observed)[],
  options: TeardownOptions,
): Promise<void> {
  const machines = changed.map((m) => `${m.name} (${m.address})`).join(', ');
  return confirmByRoom(app, options, {
    what: `teardown of ${machines}`,
    told: `This takes the cluster down and gives back: ${machines}.`,
    command: 'kmon teardown',
  });
}
