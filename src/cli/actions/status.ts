import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { selectComputers } from '../../room/room.js';
import { roomStatus } from '../../observe/room-status.js';
import type { StatusRow } from '../../observe/room-status.js';
import { temperatureText } from '../../observe/sensors.js';
import { lookAtCluster } from '../../stages/cluster/status.js';
import { STATUS } from '../../stages/index.js';
import { tableText } from '../../ui/table.js';
import { withApp } from '../app.js';
import type { App, RoomOptions } from '../app.js';
import type { Io } from '../io.js';

const COLUMNS = [
  { title: 'machine' },
  { title: 'role' },
  { title: 'address' },
  { title: 'team' },
  { title: 'kubernetes' },
  { title: 'cpu', align: 'right' },
  { title: 'memory', align: 'right' },
  { title: 'load', align: 'right' },
  { title: 'temperature', align: 'right' },
] as const;

/** `kmon status`: only the parent is asked; it knows the others. */
export function status(io: Io, options: RoomOptions): Promise<number> {
  const work = async (app: App): Promise<number> => {
    const { room } = app.config;
    const selected = selectComputers(room, options.only);
    const only = [...selected.machines, ...selected.observed].map((m) => m.name);
    const report = await app.run(planFor('status', room, STATUS, [room.parent]), {
      quiet: true,
    });
    if (report.failure !== undefined) return exitCodeOf(report);
    const { nodes, metrics } = report.seen.of(lookAtCluster).get(room.parent.name) ?? {};
    const rows = roomStatus(room, nodes, metrics).filter((r) => only.includes(r.machine));
    const reasons = rows.flatMap((r) => (r.because === null ? [] : [`${r.machine}: ${r.because}`]));
    if (nodes === undefined) reasons.push(`no control plane answers on ${room.parent.name}: run \`kmon up\``);
    app.view.result([tableText(COLUMNS, rows.map(cells)), ...reasons].join('\n'), rows);
    return 0;
  };
  return withApp(io, 'status', options, work, { asksPrometheus: true });
}

function cells(row: StatusRow): readonly (string | undefined)[] {
  const percent = (value: number | null): string | undefined =>
    value === null ? undefined : `${Math.round(value)} %`;
  return [
    row.machine,
    row.role,
    row.address,
    row.team ?? undefined,
    [row.kubernetes, ...row.pressures, ...(row.cordoned ? ['cordoned'] : [])].join(', '),
    percent(row.cpuPercent),
    percent(row.memoryPercent),
    row.load1?.toFixed(2),
    temperatureText(row.temperature ?? undefined),
  ];
}
