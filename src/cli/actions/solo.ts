import { existsSync } from 'node:fs';
import { GRAFANA_USER, grafanaPasswordFile } from '../../addons/grafana-access.js';
import { LOCAL_TOOLS, ownCluster, soloContext } from '../../cluster/own-cluster.js';
import type { LocalTool, OwnCluster } from '../../cluster/own-cluster.js';
import { readRecord } from '../../cluster/own-record.js';
import type { OwnRecord, SoloProfile } from '../../cluster/own-record.js';
import { throughContext } from '../../cluster/through-context.js';
import type { Config, ReadConfig } from '../../config/config.js';
import { configForContext } from '../../config/without-room.js';
import { planForCluster } from '../../engine/plan.js';
import type { Plan } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { findProgram } from '../../here/find-program.js';
import { pagesOf, pagesThen } from '../../stages/cluster/pages.js';
import { SOLO_REMOVE, SOLO_UP } from '../../stages/index.js';
import { getContexts } from '../../tools/kubectl.js';
import { withApp } from '../app.js';
import type { App, AppOptions } from '../app.js';
import type { Io } from '../io.js';
import { chooseTool, mustBeHere } from '../solo/choose-tool.js';
import type { ToolsHere } from '../solo/choose-tool.js';
import { soloResult, soloText } from '../solo/solo-text.js';
import { withView } from '../with-view.js';

interface SoloOptions extends AppOptions {
  readonly with: LocalTool | undefined;
  readonly profile: SoloProfile | undefined;
  readonly remove: boolean;
}

/** The cluster of one tool, as far as this folder knows of it. */
interface Known {
  readonly own: OwnCluster;
  readonly config: ReadConfig;
  readonly record: OwnRecord | undefined;
}

/** `kmon solo`. What it would be made with, and what is missing for it, is known before anything is looked at. */
export async function solo(io: Io, options: SoloOptions): Promise<number> {
  let known: Known | undefined;
  const code = await withView(io, options, async (view) => {
    const all = await knownHere(io, options);
    const made = all.find(({ record }) => record !== undefined);
    if (options.remove) {
      known = options.with === undefined || options.with === made?.own.tool ? made : undefined;
      if (known === undefined)
        view.result('there is no cluster that kmon solo has made from this folder', null);
      else mustBeHere(known.own.tool, toolsHere(io));
      return 0;
    }
    const choice = { asked: options.with, recorded: made?.own.tool };
    const tool = await chooseTool(toolsHere(io), choice);
    known = all.find(({ own }) => own.tool === tool);
    return 0;
  });
  if (known === undefined || code !== 0) return code;
  return options.remove ? remove(io, options, known) : up(io, options, known);
}

async function knownHere(io: Io, { config: file }: AppOptions): Promise<readonly Known[]> {
  const all: Known[] = [];
  for (const tool of LOCAL_TOOLS) {
    const config = await configForContext(soloContext(tool), file, io.cwd);
    const own = ownCluster(tool, config.stateDir);
    all.push({ own, config, record: await readRecord(own.record) });
  }
  return all;
}

function up(io: Io, options: SoloOptions, { own, config, record }: Known): Promise<number> {
  const profile =
    options.profile ?? record?.profile ?? (config.monitoring.profile === 'stack' ? 'stack' : 'lite');
  const work = async (app: App): Promise<number> => {
    const report = await app.run(planOf(app, SOLO_UP));
    if (options.dryRun === true || exitCodeOf(report) !== 0) return exitCodeOf(report);
    const services = report.seen.of(pagesThen).get(app.config.room.parent.name)?.services ?? [];
    const result = soloResult(own, {
      profile,
      pages: pagesOf(services, app.config),
      ...(passwordOf(app.config) ?? {}),
    });
    app.view.result(soloText(result), result);
    return 0;
  };
  return withApp(io, 'solo', options, work, {
    load: async () => ({ ...config, monitoring: { ...config.monitoring, profile } }),
    context: own.context,
    own,
    monitors: true,
  });
}

function remove(io: Io, options: SoloOptions, { own, config }: Known): Promise<number> {
  return withApp(io, 'solo', options, async (app) => exitCodeOf(await app.run(planOf(app, SOLO_REMOVE))), {
    load: async () => config,
    context: own.context,
    own,
  });
}

function planOf({ config }: App, stages: typeof SOLO_UP): Plan {
  return planForCluster('solo', stages, config.room.parent);
}

function passwordOf(
  config: Config,
): { readonly login: { readonly user: string; readonly passwordFile: string } } | undefined {
  const passwordFile = grafanaPasswordFile(config);
  return existsSync(passwordFile) ? { login: { user: GRAFANA_USER, passwordFile } } : undefined;
}

function toolsHere({ env }: Io): ToolsHere {
  return {
    has: (program) => findProgram(program, env) !== undefined,
    contexts: async () => {
      if (findProgram('kubectl', env) === undefined) return [];
      const here = throughContext({ context: 'this computer', dryRun: true });
      const { stdout } = await here.query(getContexts());
      return stdout.split('\n').filter((line) => line !== '');
    },
  };
}
