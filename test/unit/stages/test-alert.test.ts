import { describe, expect, it } from 'vitest';
import { testAlert } from '../../../src/stages/cluster/test-alert.js';
import { PARENT, sampleConfig } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { play } from './stage-run.js';
import type { Setting } from './stage-run.js';

const setting: Setting = {
  machine: PARENT,
  config: {
    monitoring: {
      ...sampleConfig().monitoring,
      alerts: { webhook: { file: '/srv/webhook.txt' }, slack: { variable: 'KMON_SLACK' } },
    },
  },
};

const counts = (...ways: readonly (readonly [way: string, tried: number, failed: number])[]): Step =>
  asks(
    'services/kmon-alertmanager:http/proxy/metrics',
    ways
      .map(
        ([way, tried, failed]) =>
          `alertmanager_notification_requests_total{integration="${way}",receiver_name="test"} ${tried}\n` +
          `alertmanager_notification_requests_failed_total{integration="${way}",receiver_name="test"} ${failed}\n`,
      )
      .join(''),
  );
const sends = does('give Alertmanager a test alert');

describe('a test alert', () => {
  it('is sent once, and has arrived when every way has taken it since', async () => {
    const played = await play(
      testAlert,
      {
        parent: [
          counts(['slack', 2, 0], ['webhook', 5, 5]),
          asks('ledger.jsonl'),
          sends,
          counts(['slack', 3, 0], ['webhook', 5, 5]),
          counts(['slack', 3, 0], ['webhook', 6, 6]),
          counts(['slack', 3, 0], ['webhook', 7, 6]),
        ],
      },
      setting,
    );
    expect(played).toMatchObject({ outcome: 'changed', because: 'arrived by slack and webhook' });
    const command = played.journal.find((g) => g.intent === 'give Alertmanager a test alert')?.command.script;
    expect(command).toContain('alertname="KmonTest"');
    expect(command).toContain('a test of the alerts of room atelier-1');
  });

  it('is given to the Alertmanager that the operator keeps, in the profile stack', async () => {
    const monitoring = {
      ...sampleConfig().monitoring,
      ...setting.config?.monitoring,
      profile: 'stack' as const,
    };
    const played = await play(
      testAlert,
      { parent: [counts(['email', 0, 0]), asks('ledger.jsonl'), sends, counts(['email', 1, 0])] },
      { ...setting, config: { monitoring } },
    );
    expect(played.outcome).toBe('changed');
    const command = played.journal.find((g) => g.intent === 'give Alertmanager a test alert')?.command.script;
    expect(command).toContain(
      'statefulset/alertmanager-kmon-alertmanager --container alertmanager -- amtool',
    );
  });

  it('that does not arrive is told with the reason', async () => {
    const pod = {
      metadata: { name: 'kmon-alertmanager-1', namespace: 'monitoring' },
      status: { phase: 'Running' },
    };
    const refused =
      'level=WARN msg="Notify attempt failed, will retry later" receiver=test integration=webhook[0] err="unexpected status code 404"\n';
    const { error } = await play(
      testAlert,
      {
        parent: [
          counts(['webhook', 0, 0]),
          asks('ledger.jsonl'),
          sends,
          ...Array.from({ length: 21 }, () => counts(['webhook', 2, 2])),
          asks('/pods?labelSelector=', JSON.stringify({ kind: 'PodList', items: [pod] })),
          asks('/pods/kmon-alertmanager-1/log?', refused),
        ],
      },
      setting,
    );
    expect(error).toMatchObject({
      code: 'not-verified',
      message: 'the test alert did not arrive: webhook did not take it',
      evidence: 'unexpected status code 404',
    });
  });

  it('is not sent where alerts stay in the room', async () => {
    const { error } = await play(testAlert, {}, { machine: PARENT });
    expect(error).toMatchObject({
      code: 'precondition',
      message: 'alerts stay in the room: kmon.yaml names nowhere to send them',
    });
  });

  it('is not sent where no Alertmanager answers', async () => {
    const absent = {
      exitCode: 1,
      stderr: 'Error from server (NotFound): services "kmon-alertmanager" not found\n',
    };
    const { error } = await play(
      testAlert,
      { parent: [asks('services/kmon-alertmanager:http/proxy/metrics', absent)] },
      setting,
    );
    expect(error).toMatchObject({
      message: 'there is no Alertmanager in the room that answers',
      evidence: 'services "kmon-alertmanager" not found',
    });
  });
});
