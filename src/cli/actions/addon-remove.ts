import type { AddonName } from '../../config/config.js';
import { exitCodeOf } from '../../engine/report.js';
import { allMachines } from '../../room/room.js';
import { removeAddonStages } from '../../stages/index.js';
import { aboutAddons, addonNamed, addonPlan, adopting } from '../about-addons.js';
import type { ChangingOptions } from '../about-addons.js';
import type { App } from '../app.js';
import type { Io } from '../io.js';

interface RemoveOptions extends ChangingOptions {
  readonly addon: AddonName;
}

/** `kmon addon remove`: whether kmon.yaml lists it or not. */
export function removeAddonCommand(io: Io, options: RemoveOptions): Promise<number> {
  const addon = addonNamed(options.addon);
  const work = async (app: App): Promise<number> => {
    const { room } = app.config;
    const { stages, onContext, onMachines } = removeAddonStages(addon);
    const machines = onMachines ? allMachines(room) : [room.parent];
    const report = await app.run(addonPlan(app, options, stages, onContext, machines));
    if (report.failure === undefined && options.context === undefined && app.config.addons.includes(addon.id))
      app.tell({
        type: 'note',
        text: `kmon.yaml lists ${addon.id}: the next \`kmon up\` brings it back, unless it is taken out there`,
      });
    return exitCodeOf(report);
  };
  return aboutAddons(io, 'addon remove', options, work, { also: (config) => adopting(config, options) });
}
