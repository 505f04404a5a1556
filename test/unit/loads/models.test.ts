import { describe, expect, it } from 'vitest';
import { fit } from '../../../src/loads/fit.js';
import type { Carrier } from '../../../src/loads/fit.js';
import { MODELS } from '../../../src/loads/index.js';
import { bytesText, phaseAt, phasesText } from '../../../src/loads/load-text.js';
import { parted, secondsOf } from '../../../src/loads/phase.js';
import type { LoadModel, Phase } from '../../../src/loads/phase.js';
import { startStress } from '../../../src/tools/stress-ng.js';
import { assertShellSyntax } from '../tools/shell-syntax.js';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

const CPUS = [1, 2, 4, 64];
const PERCENTS = [1, 2, 33, 80, 99, 100];
const SECONDS = [5, 6, 7, 11, 60, 61, 3599, 3600];
const MEMORY = [0, 512 * MIB, 831 * MIB, 832 * MIB, GIB, 3.7 * GIB, 16 * GIB, 512 * GIB].map(Math.floor);
const DISK = [0, GIB, 2 * GIB, 2 * GIB + 16 * MIB, 20 * GIB, 4096 * GIB];

function named(name: string): LoadModel {
  const model = MODELS.find((m) => m.name === name);
  if (model === undefined) throw new TypeError(name);
  return model;
}

const carrier = (of: Partial<Carrier> = {}): Carrier => ({
  memoryAvailableBytes: 8 * GIB,
  freeDiskBytes: 50 * GIB,
  shared: false,
  ...of,
});

describe.each(MODELS)('the model $name', (model) => {
  it('takes exactly the time that was asked, and never more of the processors', () => {
    for (const cpuPercent of PERCENTS)
      for (const seconds of SECONDS) {
        const phases = model.phases({ cpuPercent, seconds });
        expect(secondsOf(phases)).toBe(seconds);
        for (const phase of phases) {
          expect(Number.isInteger(phase.seconds) && phase.seconds >= 1).toBe(true);
          if (phase.cpuPercent === undefined) continue;
          expect(Number.isInteger(phase.cpuPercent)).toBe(true);
          expect(phase.cpuPercent).toBeGreaterThanOrEqual(1);
          expect(phase.cpuPercent).toBeLessThanOrEqual(cpuPercent);
        }
        if (model.usesCpu) expect(Math.max(...phases.map((p) => p.cpuPercent ?? 0))).toBe(cpuPercent);
        else expect(phases.every((p) => p.cpuPercent === undefined)).toBe(true);
      }
  });

  it('leaves every machine alive: some memory, some disk, some of a processor', () => {
    for (const memoryAvailableBytes of MEMORY)
      for (const freeDiskBytes of DISK)
        for (const shared of [false, true]) {
          const phases = model.phases({ cpuPercent: 100, seconds: 60 });
          const fitted = fit(phases, { memoryAvailableBytes, freeDiskBytes, shared });
          if (!('phases' in fitted)) {
            expect(fitted.trouble).toMatch(/no room/);
            continue;
          }
          for (const { memoryBytes = 0, diskBytes = 0 } of fitted.phases) {
            if (memoryBytes > 0) {
              expect(memoryAvailableBytes - memoryBytes).toBeGreaterThanOrEqual(768 * MIB);
              expect(memoryBytes).toBeLessThanOrEqual(memoryAvailableBytes * 0.75);
              if (shared) expect(memoryBytes).toBeLessThanOrEqual(256 * MIB);
            }
            if (diskBytes > 0) {
              expect(freeDiskBytes - diskBytes).toBeGreaterThanOrEqual(2 * GIB);
              expect(diskBytes).toBeLessThanOrEqual(shared ? 64 * MIB : GIB);
            }
          }
        }
  });

  it('is a command with a deadline of its own on every machine', () => {
    for (const cpus of CPUS)
      for (const cpuPercent of PERCENTS)
        for (const seconds of [5, 61, 3600]) {
          const fitted = fit(model.phases({ cpuPercent, seconds }), carrier());
          if (!('phases' in fitted)) throw new TypeError(fitted.trouble);
          const { script } = startStress('/usr/bin/stress-ng', cpus, fitted.phases);
          const most = Number(/RuntimeMaxSec=(\d+)/.exec(script)?.[1]);
          expect(most).toBeGreaterThanOrEqual(seconds + 10);
          expect(most).toBeLessThanOrEqual(seconds + 10 + 20);
          const quota = Number(/CPUQuota=(\d+)%/.exec(script)?.[1]);
          expect(quota).toBeLessThanOrEqual(cpus * 100 - 20);
        }
    const fitted = fit(model.phases({ cpuPercent: 50, seconds: 30 }), carrier());
    if ('phases' in fitted) assertShellSyntax(startStress('/usr/bin/stress-ng', 2, fitted.phases));
  });
});

describe('the course of a load', () => {
  const course = (name: string, cpuPercent: number, seconds: number) =>
    named(name)
      .phases({ cpuPercent, seconds })
      .map((p) => `${p.cpuPercent ?? 0}/${p.seconds}`)
      .join(' ');

  it.each([
    ['constant', 80, 60, '80/60'],
    ['ramp', 80, 5, '27/2 53/1 80/2'],
    ['ramp', 80, 20, '20/5 40/5 60/5 80/5'],
    ['ramp', 100, 60, '10/6 20/6 30/6 40/6 50/6 60/6 70/6 80/6 90/6 100/6'],
    ['steps', 90, 50, '30/10 60/10 90/10 60/10 30/10'],
    ['spike', 80, 60, '10/24 80/12 10/24'],
    ['spike', 4, 5, '1/2 4/1 1/2'],
  ] as const)('%s to %d percent in %d s', (name, cpuPercent, seconds, expected) => {
    expect(course(name, cpuPercent, seconds)).toBe(expected);
  });

  it('is told in words, and where it stands', () => {
    const phases = [
      { seconds: 5, cpuPercent: 20 },
      { seconds: 5 },
      { seconds: 10, memoryBytes: 512 * MIB, diskBytes: 1.5 * GIB },
    ];
    expect(phasesText(phases)).toBe(
      '20 % CPU for 5 s, then rest for 5 s, then 512 MiB of memory, 1.5 GiB on disk for 10 s',
    );
    expect([0, 4.9, 5, 10, 19, 30].map((s) => phaseAt(phases, s)?.number)).toEqual([1, 1, 2, 3, 3, 3]);
    expect(phaseAt([], 0)).toBeUndefined();
    expect([1, 64 * MIB, GIB - 1, GIB, 1.99 * GIB].map(bytesText)).toEqual([
      '0 MiB',
      '64 MiB',
      '1023 MiB',
      '1 GiB',
      '1.9 GiB',
    ]);
  });
});

describe('parts of a time', () => {
  it('are whole seconds that come to all of it', () => {
    for (const weights of [[1], [1, 1], [2, 1, 2], [1, 1, 1], [5, 1, 1, 9]])
      for (let seconds = weights.length; seconds < 200; seconds += 1) {
        const parts = parted(seconds, weights);
        expect(parts).toHaveLength(weights.length);
        expect(parts.every((p) => Number.isInteger(p) && p >= 1)).toBe(true);
        expect(parts.reduce((a, b) => a + b, 0)).toBe(seconds);
      }
  });
});

describe('what was asked for in bytes', () => {
  const asking = (phase: Omit<Phase, 'seconds'>, machine: Partial<Carrier> = {}) =>
    fit([{ seconds: 5, ...phase }], carrier(machine));

  it('is taken as it is where the machine bears it, also in a container', () => {
    const phase = { memory: { bytes: GIB }, disk: { bytes: GIB } };
    for (const shared of [false, true])
      expect(asking(phase, { shared })).toEqual({
        phases: [{ seconds: 5, memoryBytes: GIB, diskBytes: GIB }],
      });
  });

  it.each([
    [
      'memory',
      { memory: { bytes: 7 * GIB } },
      {},
      /^7 GiB of memory is more than a load may take there: at most 6 GiB/,
    ],
    [
      'memory',
      { memory: { bytes: 1 } },
      { memoryAvailableBytes: 800 * MIB },
      /no room .*800 MiB are available/,
    ],
    [
      'disk',
      { disk: { bytes: 8 * GIB } },
      { freeDiskBytes: 9 * GIB },
      /^a file of 8 GiB is more .*: at most 7 GiB, so that 2 GiB stay free/,
    ],
    ['disk', { disk: { bytes: 1 } }, { freeDiskBytes: 0 }, /no room for a load on the disk: 0 MiB are free/],
  ])('is refused where it would take too much %s', (_, phase, machine, message) => {
    const fitted = asking(phase, machine);
    expect('trouble' in fitted ? fitted.trouble : 'fits').toMatch(message);
  });
});
