import { describe, expect, it } from 'vitest';
import { addAlert, askDeliveries, lastRefusal, parseDeliveries } from '../../../src/tools/alertmanager.js';
import { result } from './results.js';
import { assertShellSyntax } from './shell-syntax.js';

const kubectl = { binary: '/opt/kubectl', kubeconfig: '/etc/kubernetes/admin.conf' };
const at = {
  namespace: 'monitoring',
  service: 'kmon-alertmanager',
  port: 'http',
  workload: 'deploy/kmon-alertmanager',
};

const METRICS = `# HELP alertmanager_notification_requests_total The total number of attempted notification requests.
# TYPE alertmanager_notification_requests_total counter
alertmanager_notification_requests_total{integration="slack",receiver_name="test"} 4
alertmanager_notification_requests_total{integration="webhook",receiver_name="room"} 7
alertmanager_notification_requests_total{integration="webhook",receiver_name="test"} 3
alertmanager_notification_requests_failed_total{integration="slack",receiver_name="test"} 4
alertmanager_notification_requests_failed_total{integration="webhook",receiver_name="room"} 1
alertmanager_notification_requests_failed_total{integration="webhook",receiver_name="test"} 0
`;

describe('an alert', () => {
  it('is given by amtool in the pod, whatever stands in it', () => {
    const command = addAlert(kubectl, at, {
      labels: { alertname: 'KmonTest' },
      annotations: { summary: `it's "a" test; $(reboot)` },
      startsAt: '2026-11-30T09:59:00.000Z',
      endsAt: '2026-11-30T10:00:00.000Z',
    });
    assertShellSyntax(command);
    const { script } = command;
    expect(script).toMatch(
      / exec --namespace monitoring deploy\/kmon-alertmanager --container alertmanager -- amtool /,
    );
    expect(script).toContain(String.raw`--annotation=summary="it'\''s \"a\" test; $(reboot)"'`);
    expect(script).toContain('--start=2026-11-30T09:59:00.000Z --end=2026-11-30T10:00:00.000Z');
  });
});

describe('what became of it', () => {
  it('is asked through the API server', () => {
    const { script } = askDeliveries(kubectl, at);
    expect(script).toContain('/api/v1/namespaces/monitoring/services/kmon-alertmanager:http/proxy/metrics');
  });

  it('is counted by the ways of one receiver', () => {
    expect(parseDeliveries(result(METRICS), 'test')).toEqual([
      { way: 'slack', tried: 4, failed: 4 },
      { way: 'webhook', tried: 3, failed: 0 },
    ]);
    expect(parseDeliveries(result(METRICS), 'other')).toEqual([]);
    expect(parseDeliveries(result('', { exitCode: 1 }), 'test')).toBeUndefined();
  });

  it('is told in the words of Alertmanager', () => {
    // As Alertmanager 0.35 writes it.
    const refused = String.raw`time=2026-11-30T04:59:54.141Z level=ERROR source=retry_stage.go:88 msg="Notify failed" component=dispatcher receiver=test integration=slack[0] aggrGroup="{}/{alertname=\"KmonTest\"}" reason=clientError err="test/slack[0]: channel \"\": unexpected status code 404"`;
    const log = [
      refused,
      refused.replaceAll('test', 'room').replace('404', '500'),
      'level=INFO msg=Listening',
    ].join('\n');
    expect(lastRefusal(log, 'test')).toBe('test/slack[0]: channel "": unexpected status code 404');
    expect(lastRefusal('', 'test')).toBeUndefined();
  });
});
