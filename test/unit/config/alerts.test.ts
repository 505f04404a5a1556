import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOM, load, mistakes, place, placeForEach } from './written-file.js';

placeForEach();

const withAlerts = (alerts: string): string => `${ROOM}monitoring: { alerts: ${alerts} }\n`;
const SECRET = 'https://hooks.example/T000/B000/s3cret';

describe('monitoring.alerts', () => {
  it('is off unless it is written', async () => {
    expect((await load(ROOM)).monitoring).not.toHaveProperty('alerts');
  });

  it('names a file beside kmon.yaml, or a variable, for each way', async () => {
    await writeFile(join(place.folder, 'webhook.txt'), SECRET, { mode: 0o600 });
    const written = '{ webhook: { urlFile: webhook.txt }, slack: { urlVariable: KMON_SLACK } }';
    expect((await load(withAlerts(written))).monitoring.alerts).toEqual({
      webhook: { file: join(place.folder, 'webhook.txt') },
      slack: { variable: 'KMON_SLACK' },
    });
  });

  it.each([
    ['{}', 'kmon.yaml:3:23: monitoring.alerts says nowhere: write webhook, slack, email or pagerduty'],
    [
      '{ fax: {} }',
      'kmon.yaml:3:25: unknown key monitoring.alerts.fax (known here: webhook, slack, email, pagerduty)',
    ],
    ['{ webhook: {} }', 'kmon.yaml:3:34: monitoring.alerts.webhook must have urlFile or urlVariable'],
    [
      '{ slack: { urlVariable: A, urlFile: kmon.yaml } }',
      'kmon.yaml:3:32: monitoring.alerts.slack must have one of urlFile and urlVariable, not both',
    ],
    ['{ pager: {} }', 'kmon.yaml:3:25: unknown key monitoring.alerts.pager (did you mean pagerduty?)'],
    [
      '{ webhook: { urlFile: gone.txt } }',
      'kmon.yaml:3:45: monitoring.alerts.webhook.urlFile "gone.txt" does not exist',
    ],
    [
      '{ webhook: { urlVariable: "A B" } }',
      /^kmon.yaml:3:49: monitoring.alerts.webhook.urlVariable must be the name of a variable such as KMON_WEBHOOK/,
    ],
  ])('is told what is wrong with %s', async (written, told) => {
    const lines = await mistakes(withAlerts(written));
    expect(lines).toContainEqual(typeof told === 'string' ? told : (expect.stringMatching(told) as string));
  });

  it('names the server of mail and whom it is for, with a login or without', async () => {
    await writeFile(join(place.folder, 'mail.txt'), 'pa55', { mode: 0o600 });
    const to = 'to: teacher@school.example, server: "smtp.school.example:587"';
    expect((await load(withAlerts(`{ email: { ${to} } }`))).monitoring.alerts).toEqual({
      email: {
        to: 'teacher@school.example',
        from: 'teacher@school.example',
        server: 'smtp.school.example:587',
        tls: true,
      },
    });
    const login = 'user: kmon, passwordFile: mail.txt, from: kmon@school.example';
    expect((await load(withAlerts(`{ email: { ${to}, ${login} } }`))).monitoring.alerts).toMatchObject({
      email: {
        from: 'kmon@school.example',
        login: { user: 'kmon', password: { file: join(place.folder, 'mail.txt') } },
      },
    });
  });

  it('names the key of PagerDuty, for either profile', async () => {
    const written = `${ROOM}monitoring: { profile: stack, alerts: { pagerduty: { keyVariable: KMON_PD } } }\n`;
    expect((await load(written)).monitoring.alerts).toEqual({ pagerduty: { variable: 'KMON_PD' } });
  });

  it.each([
    [
      '{ email: { to: a@b } }',
      /monitoring\.alerts\.email\.server is missing: it must be a server and its port/,
    ],
    ['{ email: { to: a, server: "b:25" } }', /monitoring\.alerts\.email\.to must be an address of mail/],
    [
      '{ email: { to: a@b, server: "b:25", user: c } }',
      'kmon.yaml:3:32: monitoring.alerts.email must have passwordFile or passwordVariable beside the user, or neither: then nobody logs in at the server',
    ],
    [
      '{ email: { to: a@b, server: "b:25", passwordVariable: C } }',
      'kmon.yaml:3:32: monitoring.alerts.email must have the user of that password, or neither: then nobody logs in at the server',
    ],
    [
      '{ email: { to: a@b, server: "b:25", user: c, passwordVariable: C, tls: false } }',
      /monitoring\.alerts\.email\.tls is false, and no password goes through the network in clear/,
    ],
    [
      '{ pagerduty: { keyFile: kmon.yaml, keyVariable: A } }',
      'kmon.yaml:3:36: monitoring.alerts.pagerduty must have one of keyFile and keyVariable, not both',
    ],
  ])('is told what does not fit together in %s', async (written, told) => {
    const lines = await mistakes(withAlerts(written));
    expect(lines).toContainEqual(typeof told === 'string' ? told : (expect.stringMatching(told) as string));
  });

  it.each([
    [`{ webhook: ${SECRET} }`, 'such as {urlFile: webhook.txt} or {urlVariable: KMON_WEBHOOK}'],
    [`{ webhook: { url: ${SECRET} } }`, 'did you mean urlFile?'],
    [`{ webhook: { urlFile: ${SECRET} } }`, 'must be the path of a file that holds the address'],
    [`{ webhook: { urlVariable: ${SECRET} } }`, 'must be the name of a variable'],
    [`{ email: { to: a@b, server: 'b:25', password: s3cret } }`, 'did you mean passwordFile?'],
    [`{ pagerduty: { key: s3cret } }`, 'did you mean keyFile?'],
    [`{ pagerduty: { keyFile: s3cret${'A'.repeat(26)} } }`, 'must be the path of a file that holds the key'],
    [SECRET, 'monitoring.alerts must be a map'],
  ])('refuses an address in clear, and does not repeat it: %s', async (written, way) => {
    const text = (await mistakes(withAlerts(written))).join('\n');
    expect(text).toContain(way);
    expect(text).not.toContain('s3cret');
    expect(text).not.toContain('hooks.example');
  });

  it('wants a file that nobody else can read', async () => {
    const file = join(place.folder, 'webhook.txt');
    await writeFile(file, SECRET);
    await chmod(file, 0o644);
    expect((await mistakes(withAlerts('{ webhook: { urlFile: webhook.txt } }')))[0]).toContain(
      'may be read by other users of this computer (mode 0644): chmod 600 ',
    );
  });
});
