import { APP_LABEL, appName } from '../../apps/watch-app/marks.js';
import { configForContext } from '../../config/without-room.js';
import { planFor, planForCluster } from '../../engine/plan.js';
import type { Plan } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import type { Work } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { unwatchStages, watchStages } from '../../stages/index.js';
import { tableText } from '../../ui/table.js';
import { withApp } from '../app.js';
import type { App, AppOptions, Setup } from '../app.js';
import type { Io } from '../io.js';

interface WatchOptions extends AppOptions {
  readonly name: string;
  readonly port: string | undefined;
  readonly namespace: string;
  readonly path: string;
  readonly remove: boolean;
  readonly context: string | undefined;
}

const COLUMNS = [{ title: 'endpoint' }, { title: 'on' }, { title: 'state' }, { title: 'because' }] as const;

/** `kmon watch-app`: shows each endpoint with what Prometheus says of it, also where the proof is missing. */
export function watchApp(io: Io, options: WatchOptions): Promise<number> {
  const work = options.remove ? unwatch(options) : watch(options);
  return withApp(io, 'watch-app', options, work, setupOf(io, options));
}

function watch(options: WatchOptions): (app: App) => Promise<number> {
  return async (app) => {
    const { name, namespace, path, port } = options;
    if (port === undefined)
      throw new KmonError('usage', 'which port has the metrics is not said', {
        hint: `name it: kmon watch-app ${name} --port metrics`,
      });
    const { watching, stages, onContext } = watchStages({ name, namespace, path, port });
    const report = await app.run(planOf(app, options, { stages, onContext }));
    const seen = report.seen.of(watching).get(app.config.room.parent.name);
    if (options.dryRun !== true && seen !== undefined && seen.watched.endpoints.length > 0) {
      const { endpoints, series } = seen.watched;
      const of = appName({ namespace, name });
      const rows = endpoints.map((e) => [e.instance, e.node ?? undefined, e.health, e.because]);
      const text = [
        tableText(COLUMNS, rows),
        `${series} series of its own; in Prometheus (kmon open prometheus) they are {${APP_LABEL}="${of}"}`,
      ];
      app.view.result(text.join('\n'), { app: of, endpoints, series });
    }
    return exitCodeOf(report);
  };
}

function unwatch(options: WatchOptions): (app: App) => Promise<number> {
  return async (app) => exitCodeOf(await app.run(planOf(app, options, unwatchStages(options))));
}

function planOf(
  { config: { room } }: App,
  { context }: WatchOptions,
  { stages, onContext }: Readonly<Record<'stages' | 'onContext', readonly Work<unknown>[]>>,
): Plan {
  return context === undefined
    ? planFor('watch-app', room, stages, [room.parent])
    : planForCluster('watch-app', onContext, room.parent);
}

function setupOf(io: Io, { context, config }: WatchOptions): Setup {
  const asksProfile = (): boolean => true;
  return context === undefined
    ? { asksProfile }
    : { asksProfile, load: () => configForContext(context, config, io.cwd), context };
}
