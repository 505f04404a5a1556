import type { CatalogueAddon } from '../../addons/addon.js';
import type { AddonName, ReadConfig } from '../../config/config.js';
import { exitCodeOf } from '../../engine/report.js';
import { KmonError } from '../../errors/kmon-error.js';
import { portClashes } from '../../room/ports.js';
import { allMachines } from '../../room/room.js';
import { withoutRelay } from '../../stages/relaying.js';
import { addAddon, addAddonToCluster } from '../../stages/index.js';
import { aboutAddons, addonNamed, addonPlan, adopting } from '../about-addons.js';
import type { ChangingOptions } from '../about-addons.js';
import type { App } from '../app.js';
import type { Io } from '../io.js';
import { mustBeSupplied } from '../supplied-addons.js';

interface AddOptions extends ChangingOptions {
  readonly addon: AddonName;
}

/** `kmon addon add`: the stages of `kmon up` for that one add-on, as if kmon.yaml listed it. */
export function addAddonCommand(io: Io, options: AddOptions): Promise<number> {
  const addon = addonNamed(options.addon);
  let listed: readonly AddonName[] = [];
  const also = (config: ReadConfig): ReadConfig => {
    listed = config.addons;
    const [clash] = portClashes([...new Set([...listed, addon.id])], config);
    if (clash !== undefined)
      throw new KmonError(
        'precondition',
        `${clash.addon} wants port ${clash.port}, which ${clash.with} has`,
        {
          hint: 'leave one of the two out',
        },
      );
    return { ...adopting(config, options), addons: [addon.id] };
  };
  const work = async (app: App): Promise<number> => {
    mustBeSupplied([addon], app.supply);
    const { room } = app.config;
    const made = addonPlan(app, options, addAddon(addon), addAddonToCluster(addon), allMachines(room));
    const report = await app.run(app.relayed ? made : withoutRelay(made));
    if (report.failure === undefined && options.dryRun !== true) tell(addon, app, options, listed);
    return exitCodeOf(report);
  };
  return aboutAddons(io, 'addon add', options, work, {
    installs: options.context === undefined,
    asksProfile: () => addon.goesByMonitoring === true,
    also,
  });
}

function tell(
  addon: CatalogueAddon,
  { config, view }: App,
  { context }: AddOptions,
  listed: readonly AddonName[],
): void {
  const shows = addon.shows({ config, cluster: { context } });
  const kept = listed.includes(addon.id)
    ? []
    : [
        context === undefined
          ? `it stays until \`kmon addon remove ${addon.id}\`; with \`addons: [${[...listed, addon.id].join(', ')}]\` in kmon.yaml, \`kmon up\` brings it too`
          : `it stays until \`kmon addon remove ${addon.id}\``,
      ];
  const how = shows.kind === 'address' ? `open ${shows.url}` : `try: ${shows.line}`;
  view.result([how, ...kept].join('\n'), { name: addon.id, shows });
}
