import { describe, expect, it } from 'vitest';
import { curvesOf } from '../../../src/lesson/curves.js';
import { firedAlerts } from '../../../src/lesson/fired.js';
import { alertStepSeconds, curveStepSeconds, pastQuestions } from '../../../src/lesson/past-questions.js';
import { QUERY_LABEL } from '../../../src/observe/queries.js';
import type { Series } from '../../../src/tools/prometheus.js';
import { at } from '../../support/sample-lesson.js';

const T = at('08:00:00') / 1000;
const series = (
  labels: Readonly<Record<string, string>>,
  points: readonly (readonly [number, number])[],
): Series => ({
  labels,
  points: points.map(([seconds, value]) => ({ at: T + seconds, value })),
});

describe('what Prometheus is asked of the past', () => {
  const scope = { scrapeIntervalSeconds: 5, observed: false, seconds: 7200 };

  it('has as many points as a telephone can show, and no more than were measured', () => {
    expect([curveStepSeconds(scope), alertStepSeconds(scope)]).toEqual([30, 10]);
    expect(curveStepSeconds({ ...scope, seconds: 60 })).toBe(5);
    expect(curveStepSeconds({ ...scope, seconds: 7 * 86_400 })).toBe(2520);
  });

  it('is asked as subqueries of its own now', () => {
    const [alerts, time, fired = '', past = ''] = pastQuestions(scope).map((q) =>
      decodeURIComponent(q.replaceAll('+', ' ')),
    );
    expect([alerts, time]).toEqual(['alerts', 'query?query=vector(time())']);
    expect(fired).toBe(
      'query?query=(ALERTS{alertstate="firing",alertname!~"Watchdog|InfoInhibitor"})[7200s:10s]',
    );
    expect(past).toMatch(/^query\?query=\(label_replace\(.*\)\[7200s:30s\]$/);
    expect(past).not.toContain('observed');
    expect(pastQuestions({ ...scope, observed: true })[3]).toContain('observed');
  });
});

describe('curves', () => {
  const cpu = (node: string, points: readonly (readonly [number, number])[]): Series =>
    series({ [QUERY_LABEL]: 'cpu', node }, points);
  const clock = { stepSeconds: 30, aheadMs: 0 };

  it('have the same steps for all, with gaps where nothing was measured', () => {
    const found = curvesOf(
      [
        cpu('pc-12', [
          [30, 50.04],
          [120, 60],
          [150, NaN],
          [180, Infinity],
        ]),
        cpu('pc-11', [[0, 1]]),
        series({ [QUERY_LABEL]: 'temperature', node: 'pc-11' }, [[0, 48.25]]),
        cpu('owner', [[0, 9]]),
        series({ [QUERY_LABEL]: 'new', node: 'pc-11' }, [[600, 9]]),
        series({}, [[600, 9]]),
      ],
      ['pc-10', 'pc-11', 'pc-12'],
      clock,
    );
    expect(found).toEqual({
      from: '2026-11-30T08:00:00.000Z',
      stepSeconds: 30,
      machines: [
        {
          machine: 'pc-11',
          cpuPercent: [1, null, null, null, null],
          memoryPercent: [],
          celsius: [48.3, null, null, null, null],
        },
        { machine: 'pc-12', cpuPercent: [null, 50, null, null, 60], memoryPercent: [], celsius: [] },
      ],
    });
  });

  it('are told by the clock of this computer', () => {
    expect(curvesOf([cpu('pc-11', [[0, 1]])], ['pc-11'], { ...clock, aheadMs: 90_000 })?.from).toBe(
      '2026-11-30T07:58:30.000Z',
    );
  });

  it('are none where nothing was measured', () => {
    expect(curvesOf([], ['pc-11'], clock)).toBeUndefined();
    expect(curvesOf([cpu('pc-11', [[0, NaN]])], ['pc-11'], clock)).toBeUndefined();
  });
});

describe('alerts that fired', () => {
  const hot = (points: readonly number[], node = 'pc-11', more = {}): Series =>
    series(
      { alertname: 'KmonNodeHot', node, severity: 'warning', ...more },
      points.map((p) => [p, 1]),
    );
  const clock = { stepSeconds: 10, nowSeconds: T + 1000, aheadMs: 0 };
  const shown = (all: readonly Series[], o = clock): readonly string[] =>
    firedAlerts(all, o).map(
      (a) => `${a.machine ?? '-'} ${a.from.slice(11, 19)} ${a.until?.slice(11, 19) ?? 'still'}`,
    );

  it('are a stretch of time each, a short silence in the middle left out', () => {
    expect(shown([hot([0, 10, 20, 50, 200, 210])])).toEqual([
      'pc-11 08:00:00 08:00:50',
      'pc-11 08:03:20 08:03:30',
    ]);
  });

  it('fire still where they did a moment ago', () => {
    expect(shown([hot([980, 990])])).toEqual(['pc-11 08:16:20 still']);
    expect(shown([hot([980, 990])], { ...clock, aheadMs: 60_000 })).toEqual(['pc-11 08:15:20 still']);
  });

  it('are one a machine, however many instances tell of it, in the order of time', () => {
    expect(
      shown([
        hot([100], 'pc-12'),
        hot([0, 10], 'pc-11', { instance: 'a' }),
        hot([20], 'pc-11', { instance: 'b' }),
        series({ alertname: 'X' }, [[50, 1]]),
      ]),
    ).toEqual(['pc-11 08:00:00 08:00:20', '- 08:00:50 08:00:50', 'pc-12 08:01:40 08:01:40']);
  });
});
