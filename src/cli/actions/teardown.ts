import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import type { RunReport } from '../../engine/report.js';
import { exitCodeOfError } from '../../errors/exit-code-of-error.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Machine } from '../../room/machine.js';
import { selectMachines } from '../../room/room.js';
import { TEARDOWN } from '../../stages/index.js';
import { leftAsItIs } from '../../stages/machine/give-back.js';
import { withApp } from '../app.js';
import type { App, RoomOptions } from '../app.js';
import type { Io } from '../io.js';
import { closeObserved } from './observed.js';

interface TeardownOptions extends RoomOptions {
  readonly yes: boolean;
  readonly room: string | undefined;
  readonly local: boolean;
}

/** `kmon teardown`: children that do not answer are set aside, and the parent is given back all the same. */
export async function teardown(io: Io, options: TeardownOptions): Promise<number> {
  if (options.local) {
    const { teardownLocal } = await import('./teardown-local.js');
    return teardownLocal(io, options);
  }
  return withApp(io, 'teardown', options, async (app) => {
    const { room } = app.config;
    const targets = selectMachines(room, options.only);
    if (options.dryRun !== true) await confirm(app, targets, options);
    const plan = planFor('teardown', room, TEARDOWN, targets);
    const report = await app.run(plan, { parentMayFail: true, leavesNothing: options.only.length === 0 });
    const left = leftAsItIs(report.seen);
    const observed = options.only.length === 0 ? room.observed : [];
    const [failed] = await closeObserved(app, observed, {
      dryRun: options.dryRun === true,
      signal: io.signal,
    });
    if (options.dryRun !== true) {
      const back = asFound(report);
      const lines = [
        `machines as found: ${back.length}/${targets.length}`,
        ...left.map((l) => `but for what others have changed since: ${l.id} on ${l.machine} (${l.reason})`),
      ];
      app.view.result(lines.join('\n'), { asFound: back, of: targets.map((m) => m.name), left });
    }
    return failed === undefined || exitCodeOf(report) !== 0 ? exitCodeOf(report) : exitCodeOfError(failed);
  });
}

/** Machines whose ledger is played back and proven: nothing in it is left. */
function asFound(report: RunReport): readonly string[] {
  return report.rows
    .filter((r) => r.stage.startsWith('give-back') && (r.outcome === 'changed' || r.outcome === 'unchanged'))
    .map((r) => r.machine);
}

/** @throws KmonError `usage` unless the room was named, by hand or by `--yes --room NAME`. */
async function confirm(app: App, targets: readonly Machine[], options: TeardownOptions): Promise<void> {
  const { name } = app.config.room;
  const machines = targets.map((m) => `${m.name} (${m.address})`).join(', ');
  if (options.yes && options.room === name) return;
  const unattended = { hint: `to do it without a terminal: kmon teardown --yes --room ${name}` };
  if (options.room !== undefined && options.room !== name) {
    throw new KmonError(
      'usage',
      `--room says ${options.room}, the room is ${name}; nothing was changed`,
      unattended,
    );
  }
  if (app.prompter === undefined) {
    throw new KmonError('usage', `teardown of ${machines} needs to be confirmed`, unattended);
  }
  const typed = await app.prompter.typed(
    `This takes the cluster down and gives back: ${machines}. Type the room's name (${name}) to go on:`,
    name,
  );
  if (!typed) throw new KmonError('usage', 'that was not the name of the room; nothing was changed');
}
