import { describe, expect, it } from 'vitest';
import { jobName, stressJob } from '../../../src/loads/stress-job.js';
import type { JobLoad } from '../../../src/loads/stress-job.js';

const MIB = 1024 ** 2;
const LOAD: JobLoad = {
  team: 'red',
  child: 'pc-11',
  image: 'registry.test/stress-ng:1',
  cpus: 4,
  phases: [{ seconds: 30, cpuPercent: 50 }],
};

const made = (of: Partial<JobLoad> = {}): Record<string, unknown> =>
  JSON.parse(stressJob({ ...LOAD, ...of })) as Record<string, unknown>;

describe('the Job of a load', () => {
  it('asks for what it takes, ends by itself, and goes by itself', () => {
    expect(made()).toMatchSnapshot();
  });

  it('writes nowhere but into its own folder, whatever it does', () => {
    for (const phase of [{ cpuPercent: 10 }, { memoryBytes: MIB }, { diskBytes: MIB }])
      expect(stressJob({ ...LOAD, phases: [{ seconds: 5, ...phase }] })).toMatch(
        /"--temp-path","\/var\/tmp"/,
      );
  });

  it('takes as much of each thing as its highest phase', () => {
    const phases = [
      { seconds: 10, cpuPercent: 20, memoryBytes: 256 * MIB },
      { seconds: 5 },
      { seconds: 10, cpuPercent: 90, diskBytes: 64 * MIB },
    ];
    const takes = { cpu: '3600m', memory: String(384 * MIB), 'ephemeral-storage': String(96 * MIB) };
    expect(made({ phases })).toMatchObject({
      spec: {
        activeDeadlineSeconds: 145,
        template: {
          spec: {
            containers: [
              {
                command: [
                  'sh',
                  '-c',
                  expect.stringMatching(
                    /^stress-ng .* && sleep 5 && stress-ng .* --temp-path \/var\/tmp/,
                  ) as string,
                ],
                resources: { requests: takes, limits: takes },
              },
            ],
            volumes: [{ name: 'scratch', emptyDir: { sizeLimit: String(96 * MIB) } }],
          },
        },
      },
    });
  });

  it.each(['a', 'pc-11', 'x'.repeat(51), 'x'.repeat(52), 'y'.repeat(63)])('has a name: %s', (child) => {
    expect(jobName(child)).toMatch(/^kmon-stress-[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/);
    expect(jobName(child).length).toBeLessThanOrEqual(63);
  });
});
