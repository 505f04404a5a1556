import { exitCodeOf } from '../../engine/report.js';
import { KmonError } from '../../errors/kmon-error.js';
import { quote } from '../../shell/quote.js';
import { removeTeams, removeTeamsFromCluster } from '../../stages/index.js';
import type { App } from '../app.js';
import type { Io } from '../io.js';
import { aboutTeams, planOf } from './teams.js';
import type { TeamsOptions } from './teams.js';

interface RemoveTeamsOptions extends TeamsOptions {
  readonly team: string | undefined;
  readonly yes: boolean;
}

/** `kmon teams remove`: what the teams have made goes with their namespaces, so it is asked for. */
export function removeTeamsCommand(io: Io, options: RemoveTeamsOptions): Promise<number> {
  return aboutTeams(io, options, async (app) => {
    if (options.dryRun !== true && !options.yes) await confirm(app, options);
    const { team } = options;
    return exitCodeOf(await app.run(planOf(app, options, removeTeams(team), removeTeamsFromCluster(team))));
  });
}

/** @throws KmonError `usage` unless it was confirmed by hand. */
async function confirm({ prompter, config }: App, { team, context }: RemoveTeamsOptions): Promise<void> {
  const what = team === undefined ? 'every team of kmon' : `team ${team}`;
  const { name } = config.room;
  if (prompter === undefined) {
    const words = [...(team === undefined ? [] : [quote(team)]), '--yes'];
    const where = context === undefined ? [] : ['--context', quote(context)];
    throw new KmonError('usage', `removing ${what} with all that is in its namespace needs to be confirmed`, {
      hint: `to do it without a terminal: kmon teams remove ${[...words, ...where].join(' ')}`,
    });
  }
  const typed = await prompter.typed(
    `This removes ${what} from ${name}, with all that is in its namespace. Type ${name} to go on:`,
    name,
  );
  if (!typed) throw new KmonError('usage', `that was not ${name}; nothing was changed`);
}
