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
    ['{}', 'kmon.yaml:3:23: monitoring.alerts says nowhere: write webhook or slack'],
    ['{ webhook: {} }', 'kmon.yaml:3:34: monitoring.alerts.webhook must have urlFile or urlVariable'],
    [
      '{ slack: { urlVariable: A, urlFile: kmon.yaml } }',
      'kmon.yaml:3:32: monitoring.alerts.slack must have one of urlFile and urlVariable, not both',
    ],
    ['{ pager: {} }', 'kmon.yaml:3:25: unknown key monitoring.alerts.pager (known here: webhook, slack)'],
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

  it('is not for the profile stack, whose Alertmanager has its own place in kmon.yaml', async () => {
    const written = `${ROOM}monitoring: { profile: stack, alerts: { webhook: { urlVariable: KMON_WEBHOOK } } }\n`;
    expect(await mistakes(written)).toEqual([
      'kmon.yaml:3:39: monitoring.alerts is for the profile lite: kube-prometheus-stack is told in monitoring.values where its Alertmanager sends to',
    ]);
  });

  it.each([
    [`{ webhook: ${SECRET} }`, 'such as {urlFile: webhook.txt} or {urlVariable: KMON_WEBHOOK}'],
    [`{ webhook: { url: ${SECRET} } }`, 'did you mean urlFile?'],
    [`{ webhook: { urlFile: ${SECRET} } }`, 'must be the path of a file that holds the address'],
    [`{ webhook: { urlVariable: ${SECRET} } }`, 'must be the name of a variable'],
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
      'may be read by other users of this computer (mode 644): it must be 600',
    );
  });
});
