import { configForContext } from '../../config/without-room.js';
import { planForCluster } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { KmonError } from '../../errors/kmon-error.js';
import { quote } from '../../shell/quote.js';
import { UNMONITOR_CLUSTER } from '../../stages/index.js';
import { withApp } from '../app.js';
import type { App, RoomOptions } from '../app.js';
import type { Io } from '../io.js';
import { namespacesText } from './teams-remove.js';
import { standingNow } from './teams.js';

interface ContextTeardownOptions extends RoomOptions {
  readonly yes: boolean;
  readonly room: string | undefined;
}

/** `kmon teardown --context`: takes what kmon has put there off a cluster that lives on. */
export function teardownOnContext(io: Io, options: ContextTeardownOptions, context: string): Promise<number> {
  const work = async (app: App): Promise<number> => {
    if (options.only.length > 0 || options.room !== undefined)
      throw new KmonError('usage', '--only and --room are about a room, --context is about a cluster', {
        hint: 'leave them out',
      });
    if (options.dryRun !== true && !options.yes) {
      const standing = await standingNow(app, { ...options, context });
      if (typeof standing === 'number') return standing;
      await confirm(app, context, namespacesText(standing));
    }
    const plan = planForCluster('teardown', UNMONITOR_CLUSTER, app.config.room.parent);
    return exitCodeOf(await app.run(plan));
  };
  return withApp(io, 'teardown', options, work, {
    load: () => configForContext(context, options.config, io.cwd),
    context,
  });
}

/** @throws KmonError `usage` unless the context was named by hand. */
async function confirm({ prompter }: App, context: string, namespaces: string): Promise<void> {
  if (prompter === undefined)
    throw new KmonError(
      'usage',
      `taking the monitoring, the add-ons, and the teams with all that is in ${namespaces}, off ${context} needs to be confirmed`,
      {
        hint: `to do it without a terminal: kmon teardown --yes --context ${quote(context)}`,
      },
    );
  const typed = await prompter.typed(
    `This takes kmon's monitoring, its add-ons, and its teams with all that is in ${namespaces}, off the cluster ${context}. Type its name (${context}) to go on:`,
    context,
  );
  if (!typed) throw new KmonError('usage', 'that was not its name; nothing was changed');
}
