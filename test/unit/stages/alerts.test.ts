import { describe, expect, it } from 'vitest';
import { SeenByStage } from '../../../src/engine/results.js';
import { askAlerts } from '../../../src/stages/cluster/alerts.js';
import { PARENT } from '../../support/sample-room.js';
import { asks } from '../../support/scripted-runner.js';
import { asksNodes } from './answers.js';
import { play } from './stage-run.js';

const asked = (answer: string, code = 0) =>
  asks('services/kmon-prometheus:http/proxy/api/v1/alerts', `${answer}\n@@kmon ${code}\n`);

describe('alerts', () => {
  it('are what Prometheus says, asked through the cluster', async () => {
    const seen = new SeenByStage();
    const alert = {
      labels: { alertname: 'KmonNodeHot', node: 'pc-11', severity: 'warning' },
      annotations: { summary: 'pc-11 is 91 °C' },
      state: 'firing',
      activeAt: '2026-11-30T10:00:00.5Z',
      value: '9.1e+01',
    };
    const answer = JSON.stringify({ status: 'success', data: { alerts: [alert] } });
    const played = await play(
      askAlerts,
      { parent: [asked(answer), asksNodes({ name: 'pc-10' }, { name: 'pc-11' })] },
      { machine: PARENT, seen },
    );
    expect(played).toMatchObject({ outcome: 'unchanged', because: '1 alerts' });
    expect(played.journal.every((g) => g.verb === 'query')).toBe(true);
    expect(seen.of(askAlerts).get(PARENT.name)).toEqual({
      answer: {
        kind: 'alerts',
        alerts: [
          {
            labels: alert.labels,
            annotations: alert.annotations,
            state: 'firing',
            since: '2026-11-30T10:00:00.5Z',
          },
        ],
      },
      notJoined: ['pc-12'],
    });
  });

  it('need a Prometheus, and say how to get one', async () => {
    const silent = asked('Error from server (NotFound): services "kmon-prometheus" not found', 1);
    const { error } = await play(
      askAlerts,
      { parent: [silent, asksNodes({ name: 'pc-10' })] },
      { machine: PARENT },
    );
    expect(error).toMatchObject({
      code: 'precondition',
      message: 'Prometheus cannot be asked for its alerts',
      evidence: 'services "kmon-prometheus" not found',
      hint: expect.stringContaining('kmon deploy-monitoring') as string,
    });
  });
});
