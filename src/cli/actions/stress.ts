import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { temperatureText } from '../../observe/sensors.js';
import { stressMarks } from '../../observe/stress-marks.js';
import type { StressRow, StressValues } from '../../observe/stress-watch.js';
import { stressStages } from '../../stages/index.js';
import { tableText } from '../../ui/table.js';
import { withApp } from '../app.js';
import type { RoomOptions } from '../app.js';
import type { Io } from '../io.js';
import { markLoad } from '../mark-load.js';
import { childrenOf } from './join-child.js';

interface StressOptions extends RoomOptions {
  readonly cpu: number;
  /** Seconds. */
  readonly for: number;
}

const COLUMNS = [
  { title: 'child' },
  ...['cpu before', 'peak', 'after', 'memory before', 'peak', 'after', 'temperature peak'].map((title) => ({
    title,
    align: 'right' as const,
  })),
];

/** `kmon stress` */
export function stress(io: Io, options: StressOptions): Promise<number> {
  return withApp(io, 'stress', options, async (app) => {
    const { room } = app.config;
    const children = childrenOf(room, options.only);
    const load = { cpuPercent: options.cpu, seconds: options.for };
    const { loading, stages } = stressStages(load);
    const report = await app.run(planFor('stress', room, stages, children));
    if (options.dryRun === true)
      app.tell({ type: 'note', text: 'behind it the load would be marked in Grafana, where there is one' });
    if (options.dryRun !== true && report.failure === undefined) {
      const seen = report.seen.of(loading);
      const rows = children.flatMap((child) => seen.get(child.name)?.watched?.rows ?? []);
      const loaded = children.flatMap(({ name: machine }) => {
        const moments = seen.get(machine)?.moments;
        return moments === undefined ? [] : [{ machine, moments }];
      });
      await markLoad(app, stressMarks(loaded, load));
      app.view.result(tableText(COLUMNS, rows.map(cells)), rows);
    }
    return exitCodeOf(report);
  });
}

function cells({ machine, before, peak, after }: StressRow): readonly (string | undefined)[] {
  const cpu = (v: StressValues): string | undefined => percent(v.cpuPercent);
  const memory = (v: StressValues): string | undefined => percent(v.memoryPercent);
  return [
    machine,
    ...[before, peak, after].map(cpu),
    ...[before, peak, after].map(memory),
    temperatureText(peak.temperature),
  ];
}

function percent(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${Math.round(value)} %`;
}
