import { describe, expect, it } from 'vitest';
import {
  cpuQuota,
  memoryToFill,
  parseStress,
  startStress,
  stopStress,
  stressState,
} from '../../../src/tools/stress-ng.js';
import { result } from './results.js';
import { assertShellSyntax } from './shell-syntax.js';

const MiB = 1024 * 1024;
const words = (script: string): string => script.replaceAll(/ +/g, ' ');

describe('stress-ng commands', () => {
  it('starts a unit that ends by itself and leaves the machine alive', () => {
    const command = startStress('/usr/bin/stress-ng', 2, { cpuPercent: 90, seconds: 60 });
    expect(command.effect).toBe('changes');
    expect(words(command.script).split('\n')).toEqual([
      'systemctl stop kmon-stress.service 2>/dev/null || ! systemctl is-active --quiet kmon-stress.service',
      "systemd-run --collect --unit kmon-stress.service --description 'kmon: stress test' -p Type=exec" +
        ' -p RuntimeMaxSec=70 -p TimeoutStopSec=5 -p CPUAccounting=yes -p CPUQuota=180% -p CPUWeight=20 -p Nice=10 -p OOMScoreAdjust=900' +
        ' /usr/bin/stress-ng --cpu 2 --cpu-load 90 --timeout 60s --temp-path /tmp --quiet',
    ]);
    assertShellSyntax(command);
  });

  it('caps the memory it fills', () => {
    const load = { cpuPercent: 10, seconds: 5, memoryBytes: 1024 * MiB };
    const { script } = startStress('/usr/bin/stress-ng', 1, load);
    expect(script).toContain(`--vm 1 --vm-bytes ${1024 * MiB} --vm-keep`);
    expect(script).toContain(`-p MemoryMax=${1152 * MiB}`);
  });

  it('keeps a hostile path one word', () => {
    const command = startStress(`/a b'; id`, 1, { cpuPercent: 10, seconds: 5 });
    expect(command.script).toContain(`'/a b'\\''; id' --cpu 1`);
    assertShellSyntax(command);
  });

  it('stops and looks', () => {
    assertShellSyntax(stopStress());
    expect(stressState()).toEqual({
      effect: 'reads',
      script: 'systemctl show kmon-stress.service -p ActiveState -p ExecMainStartTimestamp -p CPUUsageNSec',
      ok: 'any',
    });
  });
});

describe('cpuQuota', () => {
  it.each([
    [2, 100, 180],
    [1, 100, 80],
    [8, 50, 400],
    [4, 99, 380],
    [1, 1, 5],
  ])('%d cores at %d %%: %d', (cpus, percent, quota) => {
    expect(cpuQuota(cpus, percent)).toBe(quota);
  });
});

describe('memoryToFill', () => {
  it.each([
    [8192, 50, 4096],
    [2048, 90, 1280],
    [800, 50, undefined],
    [512, 90, undefined],
  ])('%d MiB at %d %%: %s MiB', (total, percent, mebibytes) => {
    expect(memoryToFill({ memoryBytes: total * MiB, percent })).toBe(
      mebibytes === undefined ? undefined : mebibytes * MiB,
    );
  });
});

describe('parseStress', () => {
  it.each([
    ['ActiveState=active\nCPUUsageNSec=2500000000', { running: true, cpuSeconds: 2.5 }],
    ['ActiveState=deactivating\nCPUUsageNSec=[not set]', { running: true }],
    ['ActiveState=inactive\nCPUUsageNSec=18446744073709551615', { running: false }],
    ['ActiveState=failed', { running: false }],
    ['', { running: false }],
  ])('reads %j', (stdout, state) => {
    expect(parseStress(result(stdout))).toEqual(state);
  });
});
