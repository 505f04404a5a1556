import type { CatalogueAddon } from '../addons/addon.js';
import { CATALOGUE } from '../addons/index.js';
import type { AddonName, ReadConfig } from '../config/config.js';
import { loadConfig } from '../config/load.js';
import { configForContext } from '../config/without-room.js';
import { planFor, planForCluster } from '../engine/plan.js';
import type { Plan } from '../engine/plan.js';
import { exitCodeOf } from '../engine/report.js';
import type { Work } from '../engine/stage.js';
import { KmonError } from '../errors/kmon-error.js';
import type { Machine } from '../room/machine.js';
import { lookAtCatalogue } from '../stages/cluster/catalogue-state.js';
import type { AddonStanding } from '../stages/cluster/catalogue-state.js';
import { LIST_ADDONS } from '../stages/index.js';
import { withApp } from './app.js';
import type { App, AppOptions, Setup } from './app.js';
import type { Io } from './io.js';

export interface AddonsOptions extends AppOptions {
  readonly context: string | undefined;
}

/** Of those that change one. */
export interface ChangingOptions extends AddonsOptions {
  readonly adopt: ReadConfig['adopts'];
}

/** What is written, with what the command line takes for made from here. */
export function adopting(config: ReadConfig, { adopt }: ChangingOptions): ReadConfig {
  return adopt === undefined ? config : { ...config, adopts: adopt };
}

/** Opens what a command about add-ons needs: of the room, or of the cluster that a context leads to. `also`: what the command makes of what is written. */
export function aboutAddons(
  io: Io,
  command: 'addon add' | 'addon list' | 'addon remove' | 'addon verify',
  options: AddonsOptions,
  work: (app: App) => Promise<number>,
  {
    also = (config) => config,
    ...setup
  }: Pick<Setup, 'installs' | 'asksProfile'> & {
    readonly also?: (config: ReadConfig) => ReadConfig;
  } = {},
): Promise<number> {
  const { context } = options;
  const load = async (): Promise<ReadConfig> =>
    also(
      await (context === undefined
        ? loadConfig(options.config, io.cwd)
        : configForContext(context, options.config, io.cwd)),
    );
  return withApp(io, command, options, work, {
    ...setup,
    load,
    ...(context === undefined ? {} : { context }),
  });
}

/** A plan over machines of the room, the parent alone unless others are named; or over the cluster of a context. */
export function addonPlan(
  { config: { room } }: App,
  { context }: AddonsOptions,
  stages: readonly Work<unknown>[],
  onContext: readonly Work<unknown>[] = stages,
  machines: readonly Machine[] = [room.parent],
): Plan {
  return context === undefined
    ? planFor('addon', room, stages, machines)
    : planForCluster('addon', onContext, room.parent);
}

/** The whole catalogue as it is on the cluster; the exit code where that is not to be known. */
export async function standingOfAddons(
  app: App,
  options: AddonsOptions,
): Promise<readonly AddonStanding[] | number> {
  const report = await app.run(addonPlan(app, options, LIST_ADDONS), { quiet: true });
  const seen = report.seen.of(lookAtCatalogue).get(app.config.room.parent.name);
  return report.failure !== undefined || seen === undefined ? exitCodeOf(report) : seen;
}

const BY_NAME: ReadonlyMap<string, CatalogueAddon> = new Map(CATALOGUE.map((addon) => [addon.id, addon]));

export function addonNamed(name: AddonName): CatalogueAddon {
  const found = BY_NAME.get(name);
  if (found === undefined) throw new KmonError('bug', `the add-on ${name} has no folder`);
  return found;
}
