import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { alertmanagerConfig } from '../../../src/addons/alertmanager-config.js';
import { kmonsValues } from '../../../src/addons/stack/values.js';
import { onlineSupply } from '../../../src/artifacts/online-supply.js';
import type { AlertsConfig, EmailConfig } from '../../../src/config/config.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { present } from '../../../src/config/optional-key.js';
import { startMailServer } from '../../support/mail-server.js';
import { fetchMonitoringPrograms, runHelm } from '../../support/monitoring-programs.js';
import type { MonitoringPrograms } from '../../support/monitoring-programs.js';

const chart = fileURLToPath(new URL('../../../templates/addons/lite', import.meta.url));
const MAIL: EmailConfig = { to: 'a@b.example', from: 'c@b.example', server: 'b.example:587', tls: true };
const EVERY: Required<AlertsConfig> = {
  webhook: { variable: 'KMON_WEBHOOK' },
  slack: { variable: 'KMON_SLACK' },
  email: { ...MAIL, login: { user: 'kmon', password: { variable: 'KMON_MAIL' } } },
  pagerduty: { variable: 'KMON_PAGERDUTY' },
};

let programs: MonitoringPrograms;
beforeAll(() => {
  programs = fetchMonitoringPrograms();
  vi.stubEnv('KMON_WEBHOOK', 'https://192.0.2.1/hook');
  vi.stubEnv('KMON_SLACK', 'https://192.0.2.1/services/T0/B0');
  vi.stubEnv('KMON_MAIL', 'pa55 word');
  vi.stubEnv('KMON_PAGERDUTY', 'a'.repeat(32));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(programs.folder, { recursive: true, force: true });
});

/** What Alertmanager reads in a room of the profile lite, out of the chart as Helm renders it. */
function inLite(alerts: AlertsConfig): string {
  const values = {
    parent: 'parent',
    machines: [{ name: 'parent', address: '10.9.0.10', role: 'parent' }],
    alertmanager: { config: alertmanagerConfig(alerts, '/etc/kmon-alerts') },
  };
  const out = runHelm(programs, ['template', 'kmon', chart, '-n', 'monitoring'], values);
  if (!out.ok) throw new Error(out.text);
  const found = parseAllDocuments(out.text)
    .map((d) => d.toJS() as { kind: string; metadata: { name: string }; data?: Record<string, string> })
    .find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'kmon-alertmanager');
  return found?.data?.['alertmanager.yml'] ?? '';
}

/** The same of the profile stack, whose chart passes it on as it stands in the values. */
async function inStack(alerts?: AlertsConfig): Promise<string> {
  const monitoring = { ...DEFAULTS.monitoring, profile: 'stack' as const, ...present('alerts', alerts) };
  const values = await kmonsValues({ config: { monitoring }, supply: onlineSupply }, 'parent', true);
  return stringify((values as { readonly alertmanager: { readonly config: unknown } }).alertmanager.config);
}

/** Debian's is older and knows no files for some secrets: it is given them in clear. @throws what amtool says */
function check(config: string): string {
  const file = join(programs.folder, 'alertmanager.yml');
  const isDebians = programs.amtool.startsWith(programs.folder);
  const inClear = config
    .replaceAll(/\burl_file: .*/g, 'url: http://192.0.2.1/hook')
    .replaceAll(/\brouting_key_file: .*/g, `routing_key: ${'a'.repeat(32)}`);
  writeFileSync(file, isDebians ? inClear : config);
  return execFileSync(programs.amtool, ['check-config', file], { encoding: 'utf8', stdio: 'pipe' });
}

describe('amtool', () => {
  it.each<[string, AlertsConfig]>([
    ...Object.entries(EVERY).map(([way, at]): [string, AlertsConfig] => [way, { [way]: at }]),
    ['mail without a login, in clear', { email: { ...MAIL, tls: false } }],
    ['all of them', EVERY],
  ])('accepts a room that tells by %s, of either profile', async (_, alerts) => {
    expect(check(inLite(alerts))).toContain(' - 2 receivers');
    expect(check(await inStack(alerts))).toContain(' - 3 receivers');
  });

  it('accepts a room that tells nobody', async () => {
    expect(check(await inStack())).toContain(' - 1 receivers');
  });

  it('is asked in earnest', () => {
    const good = inLite(EVERY);
    for (const [right, wrong] of [
      ['receiver: room', 'receiver: nobody'],
      ['auth_password_file', 'auth_pasword_file'],
      ['smarthost: b.example:587', 'smarthost: b.example'],
    ] as const)
      expect(() => check(good.replace(right, wrong))).toThrow();
  });

  it.each([
    ['a test by itself', 'alertname=KmonTest', 'test'],
    ['everything else to the room', 'alertname=KmonNodeHot', 'room'],
  ])('sends %s', async (_, label, receiver) => {
    for (const config of [inLite(EVERY), await inStack(EVERY)]) {
      check(config);
      const file = join(programs.folder, 'alertmanager.yml');
      const routed = ['config', 'routes', 'test', `--config.file=${file}`, label];
      expect(execFileSync(programs.amtool, routed, { encoding: 'utf8' }).trim()).toBe(receiver);
    }
  });

  it('puts no secret into the configuration, in either profile', async () => {
    for (const text of [inLite(EVERY), await inStack(EVERY)])
      for (const name of ['KMON_WEBHOOK', 'KMON_SLACK', 'KMON_MAIL', 'KMON_PAGERDUTY'])
        expect(text).not.toContain(process.env[name]);
  });
});

describe('a real Alertmanager', () => {
  it('sends mail of an alert, which says what it is and what to do', async () => {
    const mail = await startMailServer();
    onTestFinished(() => {
      mail.stop();
    });
    const alerts = { email: { ...MAIL, server: `127.0.0.1:${mail.port}`, tls: false } };
    const url = await startAlertmanager(alertmanagerConfig(alerts, '/nowhere'));
    execFileSync(programs.amtool, [
      ...[`--alertmanager.url=${url}`, 'alert', 'add', 'alertname="KmonTest"', 'node="pc-11"'],
      ...['--annotation=summary="pc-11 is 91 °C"', '--annotation=remedy="free its vents"'],
    ]);
    await expect.poll(() => mail.mails().length, { timeout: 15_000 }).toBe(1);
    const [got = ''] = mail.mails();
    expect(got).toMatch(/^Subject: kmon: KmonTest\r$/m);
    expect(got).toMatch(/^To: a@b.example\r$/m);
    expect(got).toMatch(/pc-11 is 91 (°|=C2=B0)C \(free its vents\)/);
    expect(got).not.toContain('text/html');
  });
});

/** On a port of this computer's own, until the test ends. */
async function startAlertmanager(config: object): Promise<string> {
  const folder = join(programs.folder, 'alertmanager');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'alertmanager.yml'), stringify(config));
  expect(parse(stringify(config))).toEqual(config);
  const port = await freePort();
  const child = spawn(
    programs.alertmanager,
    [
      ...[`--config.file=${join(folder, 'alertmanager.yml')}`, `--storage.path=${folder}`],
      ...[`--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='],
    ],
    { stdio: 'ignore' },
  );
  onTestFinished(() => void child.kill());
  const url = `http://127.0.0.1:${port}`;
  await expect
    .poll(
      () =>
        fetch(`${url}/-/ready`).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeout: 15_000 },
    )
    .toBe(true);
  return url;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
