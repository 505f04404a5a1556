import { madeElsewhere } from '../../cluster/teams/standing.js';
import type { Standing } from '../../cluster/teams/standing.js';
import { teamRows } from '../../cluster/teams/rows.js';
import { wantedTeams } from '../../cluster/teams/names.js';
import { uncountedText } from '../../cluster/teams/uncounted.js';
import type { ReadConfig } from '../../config/config.js';
import { loadConfig } from '../../config/load.js';
import { keepRoomId } from '../../config/room-id.js';
import { configForContext } from '../../config/without-room.js';
import { planFor, planForCluster } from '../../engine/plan.js';
import type { Plan } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import type { RunReport } from '../../engine/report.js';
import type { Work } from '../../engine/stage.js';
import { lookAtTeams } from '../../stages/cluster/team-list.js';
import { makeTeams } from '../../stages/cluster/teams.js';
import { LIST_TEAMS, TEAMS, TEAMS_ON_CLUSTER } from '../../stages/index.js';
import { withApp } from '../app.js';
import type { App, AppOptions } from '../app.js';
import type { Io } from '../io.js';
import { teamsText } from '../teams-text.js';

export interface TeamsOptions extends AppOptions {
  readonly context: string | undefined;
}

interface MakeTeamsOptions extends TeamsOptions {
  /** The id of teams that were made from a folder that is lost: from now on this folder's. */
  readonly adopt: string | undefined;
}

/** `kmon teams`: what is wrong with a name is told before anybody is asked. */
export function teams(io: Io, options: MakeTeamsOptions): Promise<number> {
  const { adopt, dryRun } = options;
  const load = async (config: ReadConfig): Promise<ReadConfig> => {
    if (adopt === undefined) return config;
    if (dryRun !== true) await keepRoomId(config.stateDir, adopt);
    return { ...config, roomId: adopt };
  };
  const work = async (app: App): Promise<number> => {
    wantedTeams(app.config);
    const report = await app.run(planOf(app, options, TEAMS, TEAMS_ON_CLUSTER));
    if (report.failure === undefined && options.dryRun !== true)
      await tell(app, report, io, [
        ...uncounted(app, report),
        networkText(app, report, options),
        ...unfencedText(app, report),
      ]);
    return exitCodeOf(report);
  };
  return aboutTeams(io, 'teams', options, work, load);
}

/** `kmon teams list` */
export function listTeams(io: Io, options: TeamsOptions): Promise<number> {
  return aboutTeams(io, 'teams list', options, async (app) => {
    const report = await app.run(planOf(app, options, LIST_TEAMS, LIST_TEAMS), { quiet: true });
    if (report.failure === undefined) await tell(app, report, io);
    return exitCodeOf(report);
  });
}

/** Opens what a command about teams needs: of the room, or of the cluster that a context leads to. `also`: what the command adds to what is written. */
export function aboutTeams(
  io: Io,
  command: 'teams' | 'teams card' | 'teams list' | 'teams remove',
  options: TeamsOptions,
  work: (app: App) => Promise<number>,
  also: (config: ReadConfig) => Promise<ReadConfig> = async (config) => config,
): Promise<number> {
  const { context } = options;
  if (context === undefined)
    return withApp(io, command, options, work, {
      needsNetwork: 'seen',
      load: async () => also(await loadConfig(options.config, io.cwd)),
    });
  return withApp(io, command, options, work, {
    load: async () => also(await configForContext(context, options.config, io.cwd)),
    context,
  });
}

/** What there is of teams, before anybody is asked about it; the exit code where that is not to be known. */
export async function standingNow(app: App, options: TeamsOptions): Promise<Standing | number> {
  const report = await app.run(planOf(app, options, LIST_TEAMS, LIST_TEAMS), { quiet: true });
  const seen = report.seen.of(lookAtTeams).get(app.config.room.parent.name);
  return report.failure !== undefined || seen === undefined ? exitCodeOf(report) : seen.standing;
}

/** A plan over the parent, or over the cluster of a context. */
export function planOf(
  { config: { room } }: App,
  { context }: TeamsOptions,
  stages: readonly Work<unknown>[],
  onCluster: readonly Work<unknown>[],
): Plan {
  return context === undefined
    ? planFor('teams', room, stages, [room.parent])
    : planForCluster('teams', onCluster, room.parent);
}

async function tell(app: App, report: RunReport, io: Io, more: readonly string[] = []): Promise<void> {
  const seen = report.seen.of(lookAtTeams).get(app.config.room.parent.name);
  const rows = seen === undefined ? [] : await teamRows(app.config, seen.standing, seen.quotas);
  const elsewhere = seen?.standing.elsewhere ?? [];
  const notFromHere = elsewhere.length === 0 ? [] : [madeElsewhere(elsewhere)];
  app.view.result([teamsText(rows, io.cwd), ...notFromHere, ...more].join('\n'), rows);
}

function uncounted({ config }: App, report: RunReport): readonly string[] {
  return uncountedText(report.seen.of(makeTeams).get(config.room.parent.name)?.uncounted ?? []);
}

/** What the teams may believe of the network, and nothing more. */
function networkText({ config }: App, report: RunReport, { context }: TeamsOptions): string {
  const enforcer = report.seen.of(makeTeams).get(config.room.parent.name)?.enforcer;
  if (enforcer !== undefined)
    return `network policies: pods of a team reach each other and DNS; that ${enforcer} enforces it was not tried`;
  const why =
    context === undefined
      ? `the pod network of this room (${config.kubernetes.network}) enforces none`
      : 'nothing in this cluster is known to enforce any';
  return `network policies: none, since ${why}: pods of all teams reach each other`;
}

/** Nothing where pods and services of teams are held by rules. */
function unfencedText({ config }: App, report: RunReport): readonly string[] {
  if (report.seen.of(makeTeams).get(config.room.parent.name)?.fenced !== false) return [];
  return [
    'rules for pods and services: none, since the API of this cluster is older than Kubernetes 1.30: a team can put pods on a control plane, put out pods of others by priority, and take addresses by externalIPs',
  ];
}
