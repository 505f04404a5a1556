import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { configForContext } from '../../../src/config/without-room.js';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'kmon-test-'));
  onTestFinished(() => {
    rmSync(made, { recursive: true });
  });
  return made;
}

it('needs no kmon.yaml, and keeps what is kept of a cluster in a folder of its own', async () => {
  const cwd = folder();
  const config = await configForContext('arn:aws:eks:x/y', undefined, cwd);
  expect(config.monitoring).toEqual(DEFAULTS.monitoring);
  expect(config.stateDir).toBe(join(cwd, '.kmon/contexts/arn%3Aaws%3Aeks%3Ax%2Fy'));
});

it('takes the monitoring of kmon.yaml, and nothing by which a machine of the room could be reached', async () => {
  const cwd = folder();
  const yaml = [
    'room: atelier-1',
    'ssh: { user: student }',
    'parent: 192.0.2.10',
    'children:',
    '  - 192.0.2.11',
    '  - { address: 192.0.2.20, name: teacher-mac, kind: observed, exporter: 9100 }',
    'monitoring: { scrapeInterval: 15 }',
  ];
  writeFileSync(join(cwd, 'kmon.yaml'), yaml.join('\n'));
  const config = await configForContext('class', undefined, cwd);
  expect(config.monitoring.scrapeIntervalSeconds).toBe(15);
  expect(config.room.observed.map((o) => o.name)).toEqual(['teacher-mac']);
  expect(config).toMatchObject({ logins: {}, room: { children: [], parent: { address: 'class' } } });
});

it('refuses a kmon.yaml that is named and not there', async () => {
  await expect(configForContext('class', 'other.yaml', folder())).rejects.toMatchObject({ code: 'config' });
});
