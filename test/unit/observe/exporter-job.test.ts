import { describe, expect, it } from 'vitest';
import { SHIPPED, shippedDashboard } from '../../../src/dashboards/shipped.js';
import { JOB_AMONG_OTHERS, exporterJob, underJob } from '../../../src/observe/exporter-job.js';
import { QUERIES, READINGS, together } from '../../../src/observe/queries.js';
import { roomQuestions } from '../../../src/observe/room-metrics.js';
import { pastQuestion, topQuestion } from '../../../src/observe/top-queries.js';
import { readTemplate } from '../../../src/render/templates.js';
import { sampleConfig } from '../../support/sample-room.js';

const OURS = /job=~?\\?"[^"]*\bnode-exporter\b/;
const jobsIn = (text: string): readonly string[] =>
  [...new Set([...text.matchAll(/job=~?\\?"([^"\\]+)/g)].map((m) => m[1] ?? ''))].toSorted();

describe('the job of the machines', () => {
  it("is kmon's own but in a Prometheus of somebody else's", () => {
    const of = (profile: 'lite' | 'stack' | 'existing') =>
      exporterJob({ monitoring: { ...sampleConfig().monitoring, profile } });
    expect([of('lite'), of('stack'), of('existing')]).toEqual([
      'node-exporter',
      'node-exporter',
      'kmon-node-exporter',
    ]);
  });

  it('is another one in every query', () => {
    const all = { ...QUERIES, ...READINGS };
    for (const [name, query] of Object.entries(all)) {
      const jobs = jobsIn(query({ window: '20s', job: JOB_AMONG_OTHERS }));
      expect(jobs, name).toEqual([name.startsWith('observed') ? 'observed' : JOB_AMONG_OTHERS]);
      expect(jobsIn(query({ window: '20s' })), name).toEqual([
        name.startsWith('observed') ? 'observed' : 'node-exporter',
      ]);
    }
    expect(together(['up'], { window: '20s', job: JOB_AMONG_OTHERS })).toContain(JOB_AMONG_OTHERS);
  });

  it('is another one in every question about the room', () => {
    const of = { scrapeIntervalSeconds: 5, observed: true, job: JOB_AMONG_OTHERS };
    const line = { points: 3, stepSeconds: 5 };
    const asked = [...roomQuestions(of), topQuestion(of, true), pastQuestion(of, line)];
    for (const question of asked) {
      const jobs = jobsIn(decodeURIComponent(question).replaceAll('+', ' '));
      for (const job of jobs)
        expect(['observed', JOB_AMONG_OTHERS, `${JOB_AMONG_OTHERS}|observed`]).toContain(job);
    }
  });

  it('is another one in the rules and in every dashboard, and nothing else of them is', async () => {
    const texts = [
      await readTemplate('addons/lite/files/rules.yaml'),
      ...(await Promise.all(SHIPPED.map(shippedDashboard))),
    ];
    for (const text of texts) {
      expect(text).toMatch(OURS);
      const moved = underJob(text, JOB_AMONG_OTHERS);
      expect(jobsIn(moved)).not.toContain('node-exporter');
      expect(underJob(moved.replaceAll(JOB_AMONG_OTHERS, 'node-exporter'), 'node-exporter')).toBe(text);
    }
  });
});
