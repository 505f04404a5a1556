import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  cpuQuota,
  diskToFill,
  memoryToFill,
  parseFreeForLoad,
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
    const command = startStress('/usr/bin/stress-ng', 2, [{ cpuPercent: 90, seconds: 60 }]);
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
    const { script } = startStress('/usr/bin/stress-ng', 1, [load]);
    expect(script).toContain(`--vm 1 --vm-bytes ${1024 * MiB} --vm-keep --vm-hang 0`);
    expect(script).toContain(`-p MemoryMax=${1152 * MiB}`);
  });

  it('takes one phase after the other in the one unit, which ends by itself whatever they do', () => {
    const phases = [
      { seconds: 10, cpuPercent: 20 },
      { seconds: 5 },
      { seconds: 20, cpuPercent: 60, memoryBytes: 256 * MiB, diskBytes: 64 * MiB },
      { seconds: 5, memoryBytes: 512 * MiB },
    ];
    const command = startStress('/usr/bin/stress-ng', 2, phases);
    const [, start = ''] = command.script.split('\n');
    expect(start).toBe(
      'test -x /usr/bin/stress-ng && systemd-run --collect --unit kmon-stress.service' +
        " --description 'kmon: stress test' -p Type=exec -p RuntimeMaxSec=53 -p TimeoutStopSec=5 -p CPUAccounting=yes" +
        ` -p CPUQuota=120% -p CPUWeight=20 -p Nice=10 -p OOMScoreAdjust=900 -p MemoryMax=${640 * MiB} -p PrivateTmp=yes -p IOWeight=20` +
        " -p 'IOReadBandwidthMax=/var/tmp 100M' -p 'IOWriteBandwidthMax=/var/tmp 100M' sh -c " +
        `'/usr/bin/stress-ng --cpu 2 --cpu-load 20 --timeout 10s --temp-path /tmp --quiet && sleep 5 &&` +
        ` /usr/bin/stress-ng --cpu 2 --cpu-load 60 --vm 1 --vm-bytes ${256 * MiB} --vm-keep --vm-hang 0 --hdd 1 --hdd-bytes ${64 * MiB}` +
        ' --hdd-opts fdatasync --timeout 20s --temp-path /var/tmp --quiet &&' +
        ` /usr/bin/stress-ng --vm 1 --vm-bytes ${512 * MiB} --vm-keep --vm-hang 0 --timeout 5s --temp-path /tmp --quiet'`,
    );
    assertShellSyntax(command);
  });

  it('keeps a hostile path one word also in the shell of several phases', () => {
    const phases = [{ seconds: 5, cpuPercent: 1 }, { seconds: 5 }];
    const command = startStress(`/a b'; id`, 1, phases);
    assertShellSyntax(command);
    const inner = command.script.slice(command.script.indexOf('sh -c ') + 'sh -c '.length);
    const asks = `printf %s ${inner}`;
    const read = execFileSync('sh', ['-c', asks], { encoding: 'utf8' });
    expect(read.startsWith(`'/a b'\\''; id' --cpu 1`)).toBe(true);
  });

  it('keeps a hostile path one word', () => {
    const command = startStress(`/a b'; id`, 1, [{ cpuPercent: 10, seconds: 5 }]);
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

describe('what a load may fill', () => {
  it.each([
    [8192, 7424],
    [2048, 1280],
    [832, 64],
    [831, 0],
    [100, 0],
    [0, 0],
  ])('of %d MiB of memory that are available: %d MiB', (available, mebibytes) => {
    expect(memoryToFill({ availableBytes: available * MiB })).toBe(mebibytes * MiB);
  });

  it.each([
    [10_240, 8192],
    [2064, 16],
    [2063, 0],
    [0, 0],
  ])('of %d MiB of disk that are free: %d MiB', (free, mebibytes) => {
    expect(diskToFill({ freeBytes: free * MiB })).toBe(mebibytes * MiB);
  });

  it.each([
    ['ext2/ext3 1000 4096\n', { freeBytes: 4_096_000, inMemory: false }],
    ['tmpfs 10 4096\n', { freeBytes: 40_960, inMemory: true }],
    ['overlayfs 0 4096', { freeBytes: 0, inMemory: false }],
    ["stat: cannot read file system information for '/var/tmp'", undefined],
    ['', undefined],
    ['ext4 -1 4096', undefined],
    ['ext4 1 4096 7', undefined],
  ])('reads %j', (stdout, free) => {
    expect(parseFreeForLoad(result(stdout))).toEqual(free);
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
