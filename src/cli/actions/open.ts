import { existsSync } from 'node:fs';
import { GRAFANA_USER, grafanaPasswordFile } from '../../addons/grafana-access.js';
import type { Config } from '../../config/config.js';
import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { KmonError } from '../../errors/kmon-error.js';
import { askPages, placeOf } from '../../stages/cluster/pages.js';
import type { Page, PlaceOfPage } from '../../stages/cluster/pages.js';
import { OPEN } from '../../stages/index.js';
import { openLocalDoor } from '../../transport/local-door.js';
import { onAbort } from '../../transport/on-abort.js';
import { readPasswordFile } from '../../transport/private-file.js';
import { qrText } from '../../ui/qr-text.js';
import { themeFor } from '../../ui/theme.js';
import { withApp } from '../app.js';
import type { App, AppOptions } from '../app.js';
import { hasDisplay, openInBrowser } from '../browser.js';
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
      const report = await app.run(planFor('open', room, OPEN, [room.parent]), { quiet: true });
      if (report.failure !== undefined) return exitCodeOf(report);
      const seen = report.seen.of(askPages).get(room.parent.name);
      const place = placeOf(options.page, seen ?? { services: [] }, app.config);
      // Of somebody else's Grafana kmon knows no login.
      const isOwn = app.config.monitoring.profile !== 'existing';
      const login =
        options.page === 'grafana' && isOwn ? await loginOf(app.config, options.showPassword) : undefined;
      await mustAnswer(app, options.page, place);
      await keepOpen(io, app, options, { place, login });
      return 0;
    },
    { endsByInterrupt: true, asksProfile: () => true },
  );
}

/** What is told of a login; `password` only where somebody wants to see it. */
interface Login {
  readonly user: string;
  /** Absent: the file is on the computer that deployed the monitoring. */
  readonly passwordFile?: string;
  readonly password?: string;
}

async function loginOf(config: Config, showPassword: boolean): Promise<Login> {
  const user = GRAFANA_USER;
  const passwordFile = grafanaPasswordFile(config);
  if (!existsSync(passwordFile)) {
    if (!showPassword) return { user };
    throw new KmonError('precondition', "Grafana's password is not on this computer", {
      hint: `look into ${passwordFile} on the computer that deployed the monitoring`,
    });
  }
  if (!showPassword) return { user, passwordFile };
  const secret = await readPasswordFile(passwordFile, "file with Grafana's password");
  return { user, passwordFile, password: secret.reveal() };
}

const CALLED: Readonly<Record<Page, string>> = {
  grafana: 'Grafana',
  prometheus: 'Prometheus',
  alertmanager: 'Alertmanager',
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
        hint: 'run `kmon verify`: it says what is wrong with the monitoring; else look at AllowTcpForwarding in /etc/ssh/sshd_config there',
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

function loginText({ user, passwordFile, password }: Login): string {
  if (password !== undefined) return `to change something: user ${user}, password ${password}`;
  const where =
    passwordFile === undefined
      ? 'the password is on the computer that deployed the monitoring'
      : `the password is in ${passwordFile} (--show-password shows it)`;
  return `to look needs no login; to change something: user ${user}, ${where}`;
}
