import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Room } from '../../room/room.js';
import { TEARDOWN_LOCAL } from '../../stages/index.js';
import { withThisComputer } from '../app.js';
import type { AppOptions } from '../app.js';
import type { Io } from '../io.js';

/** `kmon teardown --local`: the computer this runs on, from its own ledger alone. For a machine whose teacher has gone home. */
export function teardownLocal(io: Io, options: AppOptions & { readonly yes: boolean }): Promise<number> {
  const room = roomOfOne();
  const stateDir = join(homedir(), '.local/state/kmon');
  return withThisComputer(io, 'teardown', options, { config: { room }, stateDir }, async (app) => {
    if (options.dryRun !== true && !options.yes) {
      if (app.prompter === undefined) {
        throw new KmonError('usage', 'teardown of this computer needs to be confirmed', {
          hint: 'add --yes',
        });
      }
      const sure = await app.prompter.confirm('Give this computer back as kmon found it?');
      if (!sure) throw new KmonError('usage', 'not confirmed; nothing was changed');
    }
    return exitCodeOf(await app.run(planFor('teardown', room, TEARDOWN_LOCAL, [room.parent])));
  });
}

/** Nobody here knows which room it was. */
function roomOfOne(): Room {
  const name = hostname().toLowerCase();
  return { name, parent: { name, address: '127.0.0.1', role: 'parent' }, children: [], observed: [] };
}
