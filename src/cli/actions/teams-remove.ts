import { keptTeams } from '../../cluster/teams/kubeconfig.js';
import { howToAdopt, madeElsewhere, teamsFromHere } from '../../cluster/teams/standing.js';
import type { Standing } from '../../cluster/teams/standing.js';
import { teamNames } from '../../config/sections/teams.js';
import { exitCodeOf } from '../../engine/report.js';
import { KmonError } from '../../errors/kmon-error.js';
import { quote } from '../../shell/quote.js';
import { removeTeams, removeTeamsFromCluster } from '../../stages/index.js';
import type { App } from '../app.js';
import { confirmByRoom } from '../confirm-by-room.js';
import type { Io } from '../io.js';
import { unknownTeam } from '../unknown-team.js';
import { aboutTeams, planOf, standingNow } from './teams.js';
import type { TeamsOptions } from './teams.js';

interface RemoveTeamsOptions extends TeamsOptions {
  readonly team: string | undefined;
  readonly yes: boolean;
  readonly room: string | undefined;
}

/** `kmon teams remove`: what the teams have made goes with their namespaces, so it is asked for, by the names of those. */
export function removeTeamsCommand(io: Io, options: RemoveTeamsOptions): Promise<number> {
  return aboutTeams(io, 'teams remove', options, async (app) => {
    const { team } = options;
    const standing = await standingNow(app, options);
    if (typeof standing === 'number') return standing;
    if (team !== undefined) await mustBeKnown(team, standing, app, options);
    if (options.dryRun !== true) await confirm(app, options, standing);
    return exitCodeOf(await app.run(planOf(app, options, removeTeams(team), removeTeamsFromCluster(team))));
  });
}

/** @throws KmonError where there is nothing of such a team, or it is somebody else's */
async function mustBeKnown(
  team: string,
  standing: Standing,
  { config }: App,
  { context }: RemoveTeamsOptions,
): Promise<void> {
  const known = [
    ...new Set([...teamNames(config), ...teamsFromHere(standing), ...(await keptTeams(config))]),
  ];
  if (known.includes(team)) return;
  const elsewhere = standing.elsewhere.filter(({ name }) => name === team);
  if (elsewhere.length > 0)
    throw new KmonError('precondition', `${madeElsewhere(elsewhere)}; nothing was changed`, {
      hint: howToAdopt({ context }),
    });
  throw unknownTeam(team, known, 'in kmon.yaml, in the cluster, or among the keys on this computer');
}

/** @throws KmonError `usage` unless it was confirmed, by the name of the room or of the context. */
async function confirm(app: App, options: RemoveTeamsOptions, standing: Standing): Promise<void> {
  const { team, context, yes } = options;
  const what = team === undefined ? 'every team of kmon' : `team ${team}`;
  const withAll = `with all that is in ${namespacesText(standing, team)}`;
  const command = ['kmon teams remove', ...(team === undefined ? [] : [quote(team)])].join(' ');
  if (context === undefined)
    return confirmByRoom(app, options, {
      what: `removing ${what} ${withAll},`,
      told: `This removes ${what} from ${app.config.room.name}, ${withAll}.`,
      command,
    });
  // It was typed already: the command names its cluster.
  if (yes) return;
  if (app.prompter === undefined)
    throw new KmonError('usage', `removing ${what} ${withAll}, needs to be confirmed`, {
      hint: `to do it without a terminal: ${command} --yes --context ${quote(context)}`,
    });
  const typed = await app.prompter.typed(
    `This removes ${what} from ${context}, ${withAll}. Type ${context} to go on:`,
    context,
  );
  if (!typed) throw new KmonError('usage', `that was not ${context}; nothing was changed`);
}

/** The namespaces that go, as they are named where they are asked for. */
export function namespacesText({ teams }: Standing, only?: string): string {
  const names = teams.map(({ name }) => name).filter((name) => only === undefined || name === only);
  if (names.length === 0) return 'no namespace, since there is none from here';
  return `the namespace${names.length === 1 ? '' : 's'} ${names.join(', ')}`;
}
