import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readOwnValues } from '../../../../src/addons/stack/values-file.js';

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'kmon-values-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'stack.yaml');
  writeFileSync(file, text);
  return file;
}

const messageOf = (text: string): Promise<string> =>
  readOwnValues(fileWith(text)).then(
    () => 'it was taken',
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );

describe("the room's own values", () => {
  it('are what the file says, anchors put in and left out', async () => {
    const { values, at } = await readOwnValues(
      fileWith(
        'x-small: &small { memory: 1Gi }\nprometheus:\n  prometheusSpec:\n    limits: *small\n    labels: ~\n',
      ),
    );
    expect(values).toEqual({ prometheus: { prometheusSpec: { limits: { memory: '1Gi' }, labels: null } } });
    expect(at(['prometheus', 'prometheusSpec', 'limits'])).toEqual({ line: 4, column: 5 });
    expect(at(['prometheus', 'nothing'])).toEqual({ line: 2, column: 1 });
  });

  it('may be none', async () => {
    expect((await readOwnValues(fileWith('# later\n'))).values).toEqual({});
  });

  it.each([
    ['no YAML', 'a: [1\n', /^stack\.yaml:2:1: this is not valid YAML: /],
    ['a key twice', 'a: 1\na: 2\n', /^stack\.yaml:2:1: this is not valid YAML: map keys must be unique/],
    ['two documents', 'a: 1\n---\nb: 2\n', /^stack\.yaml:2:1: this is not valid YAML: /],
    ['an anchor that is not there', 'a: *b\n', /^stack\.yaml:1:\d: this is not valid YAML: /],
    ['a list', '- a\n', /^stack\.yaml:1:1: the file is no map of values/],
    [
      'what stands for millions of things',
      [
        'a: &a [x, x, x, x, x, x, x, x, x]',
        ...'bcdefghi'.split('').map(
          (n, i) =>
            `${n}: &${n} [${Array(9)
              .fill(`*${'abcdefgh'[i] ?? ''}`)
              .join(', ')}]`,
        ),
      ].join('\n'),
      /^stack\.yaml:1:1: this is not valid YAML: /,
    ],
    ['far too much', `a: ${'x'.repeat(1_000_001)}`, /^stack\.yaml is too large/],
  ])('are refused with the place: %s', async (_, text, expected) => {
    expect(await messageOf(text)).toMatch(expected);
  });

  it('are refused where there is no such file', async () => {
    await expect(readOwnValues('/nowhere/stack.yaml')).rejects.toMatchObject({
      code: 'config',
      message: 'stack.yaml cannot be read',
    });
  });
});

describe('a secret in clear', () => {
  it.each([
    [
      'grafana: { adminPassword: hunter2 }',
      'stack.yaml:1:12: grafana.adminPassword stands here in clear',
      'one is made at random',
    ],
    [
      'alertmanager:\n  config:\n    global:\n      smtp_auth_password: hunter2',
      'stack.yaml:4:7: alertmanager.config.global.smtp_auth_password',
      'smtp_auth_password_file',
    ],
    [
      'alertmanager: { config: { receivers: [{ name: a, slack_configs: [{ slack_api_url: hunter2 }] }] } }',
      'alertmanager.config.receivers.slack_configs.slack_api_url',
      'put it into a Secret',
    ],
    [
      'prometheus: { prometheusSpec: { remoteWrite: [{ basicAuth: { password: 12345 } }] } }',
      'prometheus.prometheusSpec.remoteWrite.basicAuth.password',
      'Secret',
    ],
    [
      'grafana: { env: { GF_AUTH_CLIENT_SECRET: hunter2 } }',
      'grafana.env.GF_AUTH_CLIENT_SECRET',
      'grafana.admin.existingSecret',
    ],
  ])('is refused with the way to do it, and not shown: %s', async (text, place, way) => {
    const message = await messageOf(text);
    expect(message).toContain(place);
    expect(message).toContain(way);
    expect(message).not.toMatch(/hunter2|12345/);
  });

  it.each([
    'grafana: { admin: { existingSecret: mine, userKey: user, passwordKey: password } }',
    'alertmanager: { config: { global: { smtp_auth_password_file: /etc/alertmanager/secrets/mail/password } } }',
    'prometheus: { prometheusSpec: { automountServiceAccountToken: true } }',
    'grafana: { adminPassword: "" }',
  ])('is not what only names where one lies: %s', async (text) => {
    expect(await messageOf(text)).toBe('it was taken');
  });
});
