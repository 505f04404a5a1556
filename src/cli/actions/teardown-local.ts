import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { KmonError } from '../../errors/kmon-error.js';
import { TEARDOWN_LOCAL } from '../../stages/index.js';
import { withApp } from '../app.js';
import type { AppOptions } from '../app.js';
import type { Io } from '../io.js';

/** `kmon teardown --local`: the computer this runs on, from its own ledger alone. For a machine whose teacher has gone home. */
export function teardownLocal(io: Io, options: AppOptions & { readonly yes: boolean }): Promise<number> {
  const config = thisComputer();
  return withApp(
    io,
    'teardown',
    options,
    async (app) => {
      if (options.dryRun !== true && !options.yes) {
        if (app.prompter === undefined) {
          throw new KmonError('usage', 'teardown of this computer needs to be confirmed', {
            hint: 'add --yes',
          });
        }
        const sure = await app.prompter.confirm('Give this computer back as kmon found it?');
        if (!sure) throw new KmonError('usage', 'not confirmed; nothing was changed');
      }
      const { parent } = config.room;
      return exitCodeOf(await app.run(planFor('teardown', config.room, TEARDOWN_LOCAL, [parent])));
    },
    { load: async () => config, local: true },
  );
}

/** A room of one. What the stages do not need keeps its defaults' shape only. */
function thisComputer(): Config {
  const name = hostname().toLowerCase();
  return {
    file: '',
    stateDir: join(homedir(), '.local/state/kmon'),
    room: { name, parent: { name, address: '127.0.0.1', role: 'parent' }, children: [], observed: [] },
    logins: {},
    knownHostsFiles: [],
    hostKeys: 'pin',
    kubernetes: { version: '', network: 'routes', podSubnet: '', serviceSubnet: '', ignorePreflight: [] },
    monitoring: {
      profile: 'lite',
      namespace: '',
      scrapeIntervalSeconds: 5,
      retention: '',
      prometheusNodePort: 0,
      prometheusMemory: '',
      grafana: false,
      grafanaNodePort: 0,
    },
  };
}
