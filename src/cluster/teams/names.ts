import type { Config } from '../../config/config.js';
import { LABEL } from '../../config/names.js';
import { teamNames } from '../../config/sections/teams.js';
import { fitted } from '../../config/writing/fitting.js';
import { KmonError } from '../../errors/kmon-error.js';

/** The namespace of the teams' accounts, to which no team has a right. */
export const KEYS_NAMESPACE = 'kmon-teams';

/** ClusterRole and its binding. */
export const CLUSTER_ROLE = 'kmon-team';

/** Which team an object is of. */
export const TEAM_LABEL = 'kmon/team';

/** What a cluster has of its own, by name or by how it begins. */
const RESERVED = /^(?:default|kube-.*)$/;

/**
 * The teams of the room, each of which can be a namespace.
 *
 * @throws KmonError `config` that names every team that cannot, or says that there is none
 */
export function wantedTeams(config: Pick<Config, 'room' | 'teams' | 'monitoring'>): readonly string[] {
  const teams = teamNames(config);
  if (teams.length === 0)
    throw new KmonError('config', 'there is no team in kmon.yaml', {
      hint: 'give children a team, such as {address: 192.168.1.12, team: red}, or name them: teams: {names: [red, blue]}',
    });
  const mistakes = teams.flatMap((team) => mistakeIn(team, config) ?? []);
  if (mistakes.length > 0)
    throw new KmonError('config', mistakes.join('; '), {
      hint: 'give these teams other names in kmon.yaml, and run the command again; nothing was changed',
    });
  return teams;
}

function mistakeIn(team: string, { monitoring }: Pick<Config, 'monitoring'>): string | undefined {
  const said = `team ${JSON.stringify(team)} cannot be a namespace`;
  if (!LABEL.test(team)) {
    const near = fitted(team);
    const advice = near === undefined ? '' : `, such as ${near}`;
    return `${said}: its name must be small letters, digits and hyphens, at most 63${advice}`;
  }
  if (RESERVED.test(team)) return `${said}: that one is the cluster's own`;
  if (team === KEYS_NAMESPACE || team === monitoring.namespace)
    return `${said}: kmon has one of that name for ${team === KEYS_NAMESPACE ? 'the keys of the teams' : 'the monitoring'}`;
  return undefined;
}
