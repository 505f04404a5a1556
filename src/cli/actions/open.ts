import { existsSync } from 'node:fs';
import { GRAFANA_USER, grafanaPasswordFile } from '../../addons/grafana-access.js';
import type { Config } from '../../config/config.js';
import { systemClock } from '../../engine/clock.js';
import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { KmonError } from '../../errors/kmon-error.js';
import { askDashboard, askPages, placeOf } from '../../stages/cluster/pages.js';
import type { Page, PlaceOfPage } from '../../stages/cluster/pages.js';
import { OPEN, OPEN_DASHBOARD } from '../../stages/index.js';
import { openLocalDoor } from '../../transport/local-door.js';
import { onAbort } from '../../transport/on-abort.js';
import { readPasswordFile } from '../../transport/private-file.js';
import { qrText } from '../../ui/qr-text.js';
import { themeFor } from '../../ui/theme.js';
import { withApp } from '../app.js';
import type { App, AppOptions } from '../app.js';
import { hasDisplay, openInBrowser } from '../browser.js';
import { dashboardLogin, dashboardLoginText } from '../dashboard-login.js';
import type { DashboardLogin } from '../dashboard-login.js';
import type { Io } from '../io.js';

interface OpenOptions extends AppOptions {
  readonly page: Page;
  readonly port: number | undefined;
  readonly browser: boolean;
  readonly showPassword: boolean;
}

/** `kmon open`. Ends with 0 on Ctrl-C: that is how it ends. */
export function open(io: Io, options: OpenOptions): Promise<number> {
  return withApp(
    io,
    'open',
    options,
    async (app) => {
      const { room } = app.config;
      const [asking, stages] =
        options.page === 'dashboard' ? [askDashboard, OPEN_DASHBOARD] : [askPages, OPEN];
      const report = await app.run(planFor('open', room, stages, [room.parent]), { quiet: true });
      if (report.failure !== undefined) return exitCodeOf(report);
      const seen = report.seen.of(asking).get(room.parent.name);
      const place = placeOf(options.page, seen ?? { services: [] }, app.config);
      const login = await loginOf(app.config, options);
      await mustAnswer(app, options.page, place);
      await keepOpen(io, app, options, { place, login });
      return 0;
    },
    { endsByInterrupt: true, asksProfile: () => options.page !== 'dashboard' },
  );
}

/** What is told of a login; the secret itself only where somebody wants to see it. */
type Login =
  | {
      readonly user: string;
      /** Absent: the file is on the computer that deployed the monitoring. */
      readonly passwordFile?: string;
      readonly password?: string;
    }
  | DashboardLogin;

async function loginOf(
  config: Config,
  { page, showPassword }: Pick<OpenOptions, 'page' | 'showPassword'>,
): Promise<Login | undefined> {
  if (page === 'dashboard') return dashboardLogin(config, showPassword, systemClock.now());
  // Of somebody else's Grafana kmon knows no login.
  if (page !== 'grafana' || config.monitoring.profile === 'existing') return undefined;
  const file = grafanaPasswordFile(config);
  const { file: passwordFile, secret: password } = await keptPassword(file, showPassword);
  return {
    user: GRAFANA_USER,
    ...(passwordFile === undefined ? {} : { passwordFile }),
    ...(password === undefined ? {} : { password }),
  };
}

/** @throws KmonError where it is to be shown, and is not here */
async function keptPassword(
  file: string,
  show: boolean,
): Promise<{ readonly file?: string; readonly secret?: string }> {
  if (!existsSync(file)) {
    if (!show) return {};
    throw new KmonError('precondition', "Grafana's password is not on this computer", {
      hint: `look into ${file} on the computer that deployed the monitoring`,
    });
  }
  if (!show) return { file };
  return { file, secret: (await readPasswordFile(file, "file with Grafana's password")).reveal() };
}

const CALLED: Readonly<Record<Page, string>> = {
  grafana: 'Grafana',
  prometheus: 'Prometheus',
  alertmanager: 'Alertmanager',
  dashboard: 'Headlamp',
};

/** What says what is wrong with it. */
const PROVEN_BY: Readonly<Record<Page, string>> = {
  grafana: 'run `kmon verify`: it says what is wrong with the monitoring',
  prometheus: 'run `kmon verify`: it says what is wrong with the monitoring',
  alertmanager: 'run `kmon verify`: it says what is wrong with the monitoring',
  dashboard: 'run `kmon addon verify dashboard`: it says what is wrong with it',
};

/** Said once, in the words of whoever refuses, and not by a browser's page of errors. @throws KmonError */
async function mustAnswer(app: App, page: Page, { host, port }: PlaceOfPage): Promise<void> {
  const { parent } = app.config.room;
  try {
    (await app.forward(parent, host, port)).destroy();
  } catch (error) {
    if (!(error instanceof KmonError) || error.code !== 'unreachable') throw error;
    throw new KmonError(
      'precondition',
      `${CALLED[page]} cannot be reached through ${parent.name}: ${error.message}`,
      {
        machine: parent.name,
        hint: `${PROVEN_BY[page]}; else look at AllowTcpForwarding in /etc/ssh/sshd_config there`,
        ...(error.evidence === undefined ? {} : { evidence: error.evidence }),
        cause: error,
      },
    );
  }
}

async function keepOpen(
  io: Io,
  app: App,
  options: OpenOptions,
  { place, login }: { readonly place: PlaceOfPage; readonly login: Login | undefined },
): Promise<void> {
  let told = '';
  const door = await openLocalDoor({
    port: options.port ?? 0,
    forward: () => app.forward(app.config.room.parent, place.host, place.port),
    onFailure: (error) => {
      const text = error instanceof Error ? error.message : String(error);
      // A browser tries again and again.
      if (text !== told) app.tell({ type: 'note', text: `a connection led nowhere: ${text}` });
      told = text;
    },
  });
  try {
    const address = `http://127.0.0.1:${door.port}/`;
    const data = {
      page: options.page,
      address,
      forEverybody: place.forEverybody ?? null,
      ...(login === undefined ? {} : { login }),
    };
    app.view.result(lines(io, options, address, place, login).join('\n'), data);
    if (options.browser && hasDisplay(io.env) && !(await openInBrowser(address)))
      app.tell({ type: 'note', text: 'no browser could be opened: open the address yourself' });
    await new Promise<void>((resolve) => onAbort(io.signal, resolve));
  } finally {
    await door.close();
  }
}

function lines(
  { stdout, env }: Io,
  { page, plain }: OpenOptions,
  address: string,
  { forEverybody }: PlaceOfPage,
  login: Login | undefined,
): readonly string[] {
  const theme = themeFor(stdout, env);
  const isScreen = stdout.isTTY && !plain;
  const code =
    isScreen && forEverybody !== undefined ? (qrText(forEverybody, stdout.columns, theme) ?? []) : [];
  return [
    `${CALLED[page]}: ${theme.strong(address)} on this computer, until Ctrl-C`,
    ...(forEverybody === undefined
      ? ['no port of the parent leads to it: the class does not reach it']
      : [`for everybody in the room: ${theme.strong(forEverybody)}`]),
    ...code,
    ...(login === undefined ? [] : [loginText(login)]),
  ];
}

function loginText(login: Login): string {
  if ('user' in login) {
    const { user, passwordFile, password } = login;
    if (password !== undefined) return `to change something: user ${user}, password ${password}`;
    const where =
      passwordFile === undefined
        ? 'the password is on the computer that deployed the monitoring'
        : `the password is in ${passwordFile} (--show-password shows it)`;
    return `to look needs no login; to change something: user ${user}, ${where}`;
  }
  return dashboardLoginText(login);
}
