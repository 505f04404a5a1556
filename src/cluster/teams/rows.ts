import type { Config } from '../../config/config.js';
import { teamNames } from '../../config/sections/teams.js';
import { textOf } from '../../here/private-files.js';
import type { Quota } from '../../tools/namespaces.js';
import { parseKubeconfig, teamKubeconfig } from './kubeconfig.js';
import type { KeptKey } from './kubeconfig.js';
import type { Standing } from './standing.js';

/** A team as people and programs are told of it. */
export interface TeamRow {
  readonly team: string;
  /** `absent`: kmon.yaml names it, and it is not made yet. `ending`: it is being removed. */
  readonly state: 'there' | 'ending' | 'absent';
  /** Whether kmon.yaml names it. */
  readonly wanted: boolean;
  readonly children: readonly string[];
  readonly cpu: Used | null;
  readonly memory: Used | null;
  readonly pods: Used | null;
  /** On this computer. */
  readonly kubeconfig: string | null;
  /** Until when that opens the team's namespace, RFC 3339. */
  readonly until: string | null;
}

/** Quantities of Kubernetes. */
export interface Used {
  readonly used: string;
  readonly of: string;
}

/** The key of a team that is on this computer; `undefined`: there is none. */
export async function keptKeyOf(
  config: Pick<Config, 'stateDir'>,
  team: string,
): Promise<KeptKey | undefined> {
  const text = await textOf(teamKubeconfig(config, team));
  return text === undefined ? undefined : parseKubeconfig(text);
}

/** The teams of kmon.yaml in its order, and behind them what else kmon has made. */
export async function teamRows(
  config: Config,
  { teams }: Standing,
  quotas: readonly Quota[],
): Promise<readonly TeamRow[]> {
  const wanted = teamNames(config);
  const names = [...new Set([...wanted, ...teams.map(({ name }) => name)])];
  return Promise.all(
    names.map(async (team): Promise<TeamRow> => {
      const there = teams.find(({ name }) => name === team);
      const quota = quotas.find(({ namespace }) => namespace === team);
      const kept = await keptKeyOf(config, team);
      return {
        team,
        state: there === undefined ? 'absent' : there.ending ? 'ending' : 'there',
        wanted: wanted.includes(team),
        children: config.room.children.filter((c) => c.team === team).map(({ name }) => name),
        cpu: usedOf(quota, 'requests.cpu'),
        memory: usedOf(quota, 'requests.memory'),
        pods: usedOf(quota, 'pods'),
        kubeconfig: kept === undefined ? null : teamKubeconfig(config, team),
        until: kept === undefined ? null : new Date(kept.until).toISOString(),
      };
    }),
  );
}

function usedOf(quota: Quota | undefined, resource: string): Used | null {
  const of = quota?.hard[resource];
  return of === undefined ? null : { used: quota?.used[resource] ?? '0', of };
}
