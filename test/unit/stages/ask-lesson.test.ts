import { describe, expect, it } from 'vitest';
import { SeenByStage } from '../../../src/engine/results.js';
import { lookAtLesson, toldBy } from '../../../src/stages/cluster/ask-lesson.js';
import type { ClusterNode } from '../../../src/tools/kubernetes-objects.js';
import { PARENT, sampleConfig } from '../../support/sample-room.js';
import { asks } from '../../support/scripted-runner.js';
import { asksNodes } from './answers.js';
import { play } from './stage-run.js';

const success = (data: unknown): string => `${JSON.stringify({ status: 'success', data })}\n@@kmon 0\n`;
const matrix = (
  metric: Readonly<Record<string, string>>,
  values: readonly (readonly [number, string])[],
): unknown => ({
  resultType: 'matrix',
  result: [{ metric, values }],
});

async function seenBy(answers: string) {
  const stage = lookAtLesson(3600);
  const seen = new SeenByStage();
  const played = await play(
    stage,
    {
      parent: [
        asksNodes({ name: 'pc-10' }, { name: 'pc-11' }),
        asks('services/kmon-prometheus:http/proxy/api/v1/', answers),
      ],
    },
    { machine: PARENT, seen },
  );
  return { played, lesson: seen.of(stage).get(PARENT.name) };
}

describe('the look at a lesson', () => {
  it('asks the cluster and its Prometheus in one command, and changes nothing', async () => {
    // A clock that is an hour ahead of this one.
    const ahead = Date.now() / 1000 + 3600;
    const step = Math.floor(ahead / 15) * 15;
    const { played, lesson } = await seenBy(
      [
        success({
          alerts: [
            {
              labels: { alertname: 'KmonNodeHot', node: 'pc-11' },
              annotations: {},
              state: 'firing',
              activeAt: 'x',
            },
          ],
        }),
        success({ resultType: 'vector', result: [{ metric: {}, value: [ahead, String(ahead)] }] }),
        success(
          matrix({ alertname: 'KmonNodeHot', node: 'pc-11' }, [
            [ahead - 100, '1'],
            [ahead - 95, '1'],
          ]),
        ),
        success(
          matrix({ kmon_query: 'cpu', node: 'pc-11' }, [
            [step - 15, '12'],
            [step, '50'],
          ]),
        ),
      ].join(''),
    );
    expect(played).toMatchObject({ outcome: 'unchanged', because: '1 machines measured' });
    expect(played.journal.every(({ verb }) => verb === 'query')).toBe(true);
    expect(lesson).toMatchObject({
      nodes: { kind: 'told', told: [{ name: 'pc-10' }, { name: 'pc-11' }] },
      alerts: { told: [{ alert: 'KmonNodeHot', machine: 'pc-11' }] },
      fired: { told: [{ alert: 'KmonNodeHot', machine: 'pc-11', until: expect.any(String) as string }] },
      curves: {
        kind: 'told',
        told: { stepSeconds: 15, machines: [{ machine: 'pc-11', cpuPercent: [12, 50] }] },
      },
    });
    // By the clock of this computer.
    const from = lesson?.curves.kind === 'told' ? Date.parse(lesson.curves.told.from) : 0;
    expect(Math.abs(from - Date.now())).toBeLessThan(60_000);
  });

  it('tells every time by the clock of this computer', () => {
    const now = Date.parse('2026-11-30T10:00:00Z');
    const node: ClusterNode = {
      name: 'pc-11',
      state: 'ready',
      pressures: [],
      cordoned: false,
      roles: [],
      labels: {},
      kubeletVersion: '',
      createdAt: '2026-11-30T10:30:00Z',
    };
    const alert = { labels: { alertname: 'A', node: 'pc-11' }, annotations: {}, state: 'firing' } as const;
    const lesson = toldBy(
      [
        {
          kind: 'alerts',
          alerts: [
            { ...alert, since: '2026-11-30T10:45:00.5Z' },
            { ...alert, since: 'x' },
          ],
        },
        { kind: 'vector', samples: [{ labels: {}, at: now / 1000, value: now / 1000 + 3600 }] },
      ],
      {
        nodes: [node, { ...node, name: 'pc-12', createdAt: '' }],
        config: sampleConfig(),
        of: { scrapeIntervalSeconds: 15, observed: false, seconds: 3600 },
        now,
      },
    );
    expect(lesson).toMatchObject({
      nodes: { told: [{ createdAt: '2026-11-30T09:30:00.000Z' }, { createdAt: '' }] },
      alerts: { told: [{ since: '2026-11-30T09:45:00.500Z' }, { since: 'x' }] },
    });
  });

  it('tells why where there is no Prometheus, and knows the nodes all the same', async () => {
    const nothing = 'Error from server (NotFound): services "kmon-prometheus" not found\n@@kmon 1\n';
    const { played, lesson } = await seenBy(nothing.repeat(4));
    const silent = { kind: 'silent', because: 'services "kmon-prometheus" not found' };
    expect(played.outcome).toBe('unchanged');
    expect(lesson).toMatchObject({
      nodes: { told: [{ name: 'pc-10' }, { name: 'pc-11' }] },
      alerts: silent,
      fired: silent,
      curves: silent,
    });
  });

  it('tells that nothing was measured yet', async () => {
    const empty = success({ resultType: 'matrix', result: [] });
    const { lesson } = await seenBy(
      success({ alerts: [] }) + success({ resultType: 'vector', result: [] }) + empty + empty,
    );
    expect(lesson).toMatchObject({
      fired: { kind: 'told', told: [] },
      curves: { kind: 'silent', because: 'Prometheus has measured nothing yet' },
    });
  });
});
