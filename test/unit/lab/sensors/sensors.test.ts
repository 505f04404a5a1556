import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SENSOR_KINDS, SENSORS } from '../../../../src/lab/sensors/kinds.js';
import type { SensorKind } from '../../../../src/lab/sensors/kinds.js';
import { sensorScript } from '../../../../src/lab/sensors/sensors.js';
import { sensorTree } from '../../../../src/lab/sensors/tree.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kmon-sensors-'));
  for (const name of ['bin', 'units']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'bin/systemctl'), '#!/bin/sh\n');
  chmodSync(join(folder, 'bin/systemctl'), 0o755);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs what a machine would run, in a folder of this test, with a systemctl that does nothing. */
async function change(kind: SensorKind): Promise<void> {
  const script = (await sensorScript(kind))
    .replaceAll('/srv/lab-sensors', join(folder, 'own'))
    .replaceAll('/etc/systemd/system', join(folder, 'units'));
  const PATH = `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`;
  const { status, stderr } = spawnSync('sh', ['-s'], { input: script, encoding: 'utf8', env: { PATH } });
  expect(status, stderr).toBe(0);
}

describe('the sensors of a lab machine', () => {
  it('are of every kind that there is', () => {
    expect([...SENSOR_KINDS].toSorted()).toEqual(Object.keys(SENSORS).toSorted());
  });

  it('look as those of a kernel, a chip with the device that it belongs to', () => {
    expect(sensorTree({ chips: SENSORS.amd.chips.slice(0, 1), zones: SENSORS.pi.zones })).toEqual({
      files: {
        'hwmon/hwmon0/name': 'k10temp',
        'hwmon/hwmon0/temp1_input': '95000',
        'hwmon/hwmon0/temp1_label': 'Tctl',
        'hwmon/hwmon0/temp2_input': '68000',
        'hwmon/hwmon0/temp2_label': 'Tdie',
        'hwmon/hwmon0/temp3_input': '66500',
        'hwmon/hwmon0/temp3_label': 'Tccd1',
        'thermal/thermal_zone0/type': 'cpu-thermal',
        'thermal/thermal_zone0/temp': '51500',
        'thermal/thermal_zone0/policy': 'step_wise',
      },
      links: { 'hwmon/hwmon0/device': 'on/pci0000:00/0000:00:18.3' },
    });
  });

  it('take the place of those that were there, in folders that stay the same', async () => {
    const hwmon = join(folder, 'own/hwmon');
    await change('laptop');
    const files = Object.entries(sensorTree(SENSORS.laptop).files);
    for (const [path, text] of files)
      expect(readFileSync(join(folder, 'own', path), 'utf8')).toBe(`${text}\n`);
    expect(realpathSync(join(hwmon, 'hwmon1/device'))).toMatch(/\/thermal\/thermal_zone0$/);
    const inode = statSync(hwmon).ino;
    await change('pi');
    expect(statSync(hwmon).ino).toBe(inode);
    expect(readdirSync(hwmon)).toEqual([]);
    expect(readdirSync(join(folder, 'own/thermal'))).toEqual(['thermal_zone0']);
    await change('none');
    expect(readdirSync(join(folder, 'own/thermal'))).toEqual([]);
  });

  it('are there again after a start, by a script that a shell can read', async () => {
    await change('amd');
    const { status, stderr } = spawnSync('sh', ['-n', join(folder, 'own/mounts.sh')], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(readFileSync(join(folder, 'units/lab-sensors.service'), 'utf8')).toContain('/mounts.sh\n');
  });
});
