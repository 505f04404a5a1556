import { resolve } from 'node:path';
import { teamKubeconfig } from '../../cluster/teams/kubeconfig.js';
import { wantedTeams } from '../../cluster/teams/names.js';
import { keptKeyOf } from '../../cluster/teams/rows.js';
import type { Config } from '../../config/config.js';
import { exitCodeOf } from '../../engine/report.js';
import { KmonError } from '../../errors/kmon-error.js';
import { kindOfFile, textOf, writePrivateFile } from '../../here/private-files.js';
import { PORTS } from '../../room/ports.js';
import { Secret } from '../../shell/secret.js';
import { askPages, placeOf } from '../../stages/cluster/pages.js';
import type { PagesSeen } from '../../stages/cluster/pages.js';
import { OPEN } from '../../stages/index.js';
import { CARDS_MARK, teamCards } from '../../ui/team-cards.js';
import type { Dashboards, TeamCard } from '../../ui/team-cards.js';
import type { Io } from '../io.js';
import { near, untilText } from '../teams-text.js';
import { unknownTeam } from '../unknown-team.js';
import { aboutTeams, planOf } from './teams.js';
import type { TeamsOptions } from './teams.js';

interface CardOptions extends TeamsOptions {
  readonly team: string | undefined;
  readonly out: string;
  readonly withKey: boolean;
}

/** `kmon teams card`: asks the cluster for its dashboards, and changes nothing there. */
export function writeTeamCards(io: Io, options: CardOptions): Promise<number> {
  return aboutTeams(io, 'teams card', options, async (app) => {
    const { config } = app;
    const teams = cardsFor(wantedTeams(config), options);
    const file = resolve(io.cwd, options.out);
    await mayWrite(file, options.out);
    // One after the other: of several without a key the first one is told.
    const cards: TeamCard[] = [];
    for (const team of teams) cards.push(await cardOf(team, config, options));
    const report = await app.run(planOf(app, options, OPEN, OPEN), { quiet: true });
    if (report.failure !== undefined) return exitCodeOf(report);
    const pages = report.seen.of(askPages).get(config.room.parent.name);
    const dashboards = pages === undefined ? undefined : dashboardsOf(pages, config);
    await writePrivateFile(file, teamCards(config.room.name, cards, dashboards));
    app.view.result(told(near(file, io.cwd), teams, dashboards, options), {
      file,
      teams,
      dashboards: dashboards ?? null,
      withKey: options.withKey,
    });
    return 0;
  });
}

/** @throws KmonError `usage` */
function cardsFor(wanted: readonly string[], { team, withKey }: CardOptions): readonly string[] {
  if (team === undefined) {
    if (!withKey) return wanted;
    throw new KmonError(
      'usage',
      '--with-key is for the card of one team: a page with the keys of all would open all of them',
      {
        hint: `name the team, such as: kmon teams card ${wanted[0] ?? 'red'} --with-key`,
      },
    );
  }
  if (wanted.includes(team)) return [team];
  throw unknownTeam(team, wanted, 'in kmon.yaml');
}

/** @throws KmonError `precondition` where somebody else's file would be lost */
async function mayWrite(file: string, shown: string): Promise<void> {
  const kind = await kindOfFile(file);
  if (kind === 'none' || (kind === 'file' && (await textOf(file))?.includes(CARDS_MARK) === true)) return;
  throw new KmonError('precondition', `${shown} is there already, and is no page of cards that kmon wrote`, {
    hint: 'move it away, or write to another: kmon teams card --out cards.html',
  });
}

async function cardOf(team: string, config: Config, { context, withKey }: CardOptions): Promise<TeamCard> {
  const kept = await keptKeyOf(config, team);
  const { parent, children } = config.room;
  const text = withKey ? await textOf(teamKubeconfig(config, team)) : undefined;
  if (kept === undefined && (withKey || context !== undefined))
    throw new KmonError('precondition', `team ${team} has no key on this computer`, {
      hint: 'run `kmon teams` first',
    });
  return {
    team,
    server: kept?.server ?? `https://${parent.address}:${PORTS.apiServer.port}`,
    children: children.filter((child) => child.team === team).map(({ name }) => name),
    ...(kept === undefined ? {} : { until: untilText(new Date(kept.until).toISOString()) }),
    ...(text === undefined ? {} : { kubeconfig: new Secret(text) }),
  };
}

/** What the class looks at: Grafana, or Prometheus where there is none; `undefined`: no port leads to either. */
function dashboardsOf(pages: PagesSeen, config: Config): Dashboards | undefined {
  for (const [page, called] of [
    ['grafana', 'Grafana'],
    ['prometheus', 'Prometheus'],
  ] as const) {
    const address = addressOf(page, pages, config);
    if (address !== undefined) return { called, address };
  }
  return undefined;
}

function addressOf(page: 'grafana' | 'prometheus', pages: PagesSeen, config: Config): string | undefined {
  try {
    return placeOf(page, pages, config).forEverybody;
  } catch (error) {
    if (error instanceof KmonError) return undefined;
    throw error;
  }
}

function told(
  file: string,
  teams: readonly string[],
  dashboards: Dashboards | undefined,
  { withKey }: CardOptions,
): string {
  return [
    `${teams.length === 1 ? 'the card' : 'the cards'} of ${teams.join(', ')}: ${file}`,
    dashboards === undefined
      ? 'no address of a dashboard is on it: none is open to the class (`kmon deploy-monitoring`)'
      : `dashboards: ${dashboards.address} (${dashboards.called})`,
    withKey
      ? 'it holds the key of the team: give it to the team alone'
      : 'no secret is in it; hand each team its kubeconfig by itself (`kmon teams list` says where it is)',
  ].join('\n');
}
