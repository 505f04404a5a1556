import type { CatalogueAddon } from '../../addons/addon.js';
import type { AddonName } from '../../config/config.js';
import { typedFor } from '../../cluster/cluster-runner.js';
import { exitCodeOf } from '../../engine/report.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Machine } from '../../room/machine.js';
import { lookAtReady } from '../../stages/cluster/prove-addon.js';
import { proveAddons, WHO_IS_READY } from '../../stages/index.js';
import { othersInWords } from '../../stages/cluster/catalogue-state.js';
import type { AddonStanding } from '../../stages/cluster/catalogue-state.js';
import { aboutAddons, addonNamed, addonPlan, standingOfAddons } from '../about-addons.js';
import type { AddonsOptions } from '../about-addons.js';
import type { App } from '../app.js';
import type { Io } from '../io.js';

interface VerifyOptions extends AddonsOptions {
  readonly addon: AddonName | undefined;
}

/** `kmon addon verify` */
export function verifyAddons(io: Io, options: VerifyOptions): Promise<number> {
  const { addon } = options;
  const work = async (app: App): Promise<number> => {
    const standing = await standingOfAddons(app, options);
    if (typeof standing === 'number') return standing;
    const there = toProve(standing, options);
    if (there.length === 0) {
      app.view.result(noneText(standing), { proven: [] });
      return 0;
    }
    const addons = there.map((s) => s.addon);
    const machines = await machinesToAsk(addons, app, options);
    if (typeof machines === 'number') return machines;
    const onContext = proveAddons(addons, 'context');
    const report = await app.run(addonPlan(app, options, proveAddons(addons), onContext, machines));
    return exitCodeOf(report);
  };
  const asksProfile = (): boolean => addon === undefined || addonNamed(addon).goesByMonitoring === true;
  return aboutAddons(io, 'addon verify', options, work, { asksProfile });
}

/** Those that are Ready, where one of the add-ons is asked for on machines: else the parent alone. The exit code where that is not to be known. */
async function machinesToAsk(
  addons: readonly CatalogueAddon[],
  app: App,
  options: AddonsOptions,
): Promise<readonly Machine[] | number> {
  const { room } = app.config;
  if (options.context !== undefined || addons.every(({ silentTo }) => silentTo === undefined))
    return [room.parent];
  const report = await app.run(addonPlan(app, options, WHO_IS_READY), { quiet: true });
  const ready = report.seen.of(lookAtReady).get(room.parent.name);
  if (report.failure !== undefined || ready === undefined) return exitCodeOf(report);
  return [room.parent, ...room.children.filter(({ name }) => ready.includes(name))];
}

/** @throws KmonError where that one is not there */
function toProve(
  standing: readonly AddonStanding[],
  { addon: name, context }: VerifyOptions,
): readonly AddonStanding[] {
  const there = standing.filter(({ state }) => state === 'there');
  if (name === undefined) return there;
  const addon = addonNamed(name);
  const wanted = there.filter((s) => s.addon === addon);
  if (wanted.length > 0) return wanted;
  const others = standing.find((s) => s.addon === addon && s.state === 'others');
  throw new KmonError(
    'precondition',
    others === undefined
      ? `${name} is not on the cluster`
      : `${othersInWords(others)} on this cluster is somebody else's`,
    others !== undefined
      ? { hint: 'prove it by the means of whoever has installed it' }
      : {
          hint: `run \`${typedFor({ ...(context === undefined ? {} : { context }) }, `kmon addon add ${name}`)}\` first`,
        },
  );
}

function noneText(standing: readonly AddonStanding[]): string {
  const others = standing.filter(({ elsewhere }) => elsewhere !== undefined).map(othersInWords);
  return others.length === 0
    ? 'the cluster has no add-on that kmon has brought'
    : `the cluster has no add-on from here; somebody else's: ${others.join(', ')}`;
}
