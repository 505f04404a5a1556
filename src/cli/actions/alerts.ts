import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { durationText } from '../../findings/wording.js';
import { alertRows } from '../../observe/alerts.js';
import type { AlertRow } from '../../observe/alerts.js';
import { selectComputers } from '../../room/room.js';
import { askAlerts } from '../../stages/cluster/alerts.js';
import { testAlert } from '../../stages/cluster/test-alert.js';
import { ALERTS, TEST_ALERT } from '../../stages/index.js';
import { tableText } from '../../ui/table.js';
import { withApp } from '../app.js';
import type { App, RoomOptions } from '../app.js';
import type { Io } from '../io.js';

const COLUMNS = [
  { title: 'machine' },
  { title: 'alert' },
  { title: 'state' },
  { title: 'for', align: 'right' },
  { title: 'what' },
] as const;

interface AlertsOptions extends RoomOptions {
  readonly test: boolean;
}

/** `kmon alerts`: only the parent is asked. Ends with 0 whatever fires: it tells, and judges nobody. */
export function alerts(io: Io, options: AlertsOptions): Promise<number> {
  if (options.test) return test(io, options);
  const work = async (app: App): Promise<number> => {
    const { room } = app.config;
    const { machines, observed } = selectComputers(room, options.only);
    const report = await app.run(planFor('alerts', room, ALERTS, [room.parent]), { quiet: true });
    if (report.failure !== undefined) return exitCodeOf(report);
    const seen = report.seen.of(askAlerts).get(room.parent.name);
    const only = [...machines, ...observed].map((m) => m.name);
    const found = seen?.answer.kind === 'alerts' ? seen.answer.alerts : [];
    const rows = alertRows(found, only, seen?.notJoined);
    app.view.result(alertsText(rows, only.length, Date.now()), rows);
    if (seen?.toldTo !== undefined) app.tell({ type: 'note', text: seen.toldTo });
    return 0;
  };
  return withApp(io, 'alerts', options, work, { asksPrometheus: true });
}

/** `kmon alerts --test`: Alertmanager is given an alert, and tells what became of it. */
function test(io: Io, options: RoomOptions): Promise<number> {
  const work = async (app: App): Promise<number> => {
    const { parent } = app.config.room;
    const report = await app.run(planFor('alerts', app.config.room, TEST_ALERT, [parent]), { quiet: true });
    const ways =
      report.seen
        .of(testAlert)
        .get(parent.name)
        ?.since?.map(({ way }) => way) ?? [];
    if (report.failure === undefined)
      app.view.result(`the test alert arrived (${ways.join(', ')}); it is over in a minute`, {
        arrived: ways,
      });
    return exitCodeOf(report);
  };
  // Of the two Alertmanagers it is one.
  return withApp(io, 'alerts', options, work, { asksProfile: () => true });
}

/** @param now Milliseconds since the epoch. */
export function alertsText(rows: readonly AlertRow[], machines: number, now: number): string {
  if (rows.length === 0)
    return `nothing is the matter with ${machines} ${machines === 1 ? 'machine' : 'machines'}`;
  const cells = rows.map(({ machine, alert, state, since, what }) => [
    machine ?? undefined,
    alert,
    state,
    ageText(since, now),
    what,
  ]);
  // What is to be done is the same for most machines with the same alert.
  const told = new Set(rows.flatMap(({ alert, remedy }) => (remedy === null ? [] : [`${alert}: ${remedy}`])));
  return [tableText(COLUMNS, cells), ...told].join('\n');
}

/** The clock of the parent and of this computer may differ a little: nothing began in the future. */
function ageText(since: string, now: number): string | undefined {
  const began = Date.parse(since);
  return Number.isNaN(began) ? undefined : durationText(Math.max(0, (now - began) / 1000));
}
