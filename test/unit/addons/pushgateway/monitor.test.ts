import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pushgatewayMonitor } from '../../../../src/addons/pushgateway/monitor.js';

const LABELS = { 'app.kubernetes.io/managed-by': 'kmon', 'kmon/addon': 'pushgateway' };
const CHART = new URL('../../../../templates/addons/lite/templates/prometheus-config.yaml', import.meta.url);

interface Drop {
  readonly action: string;
  readonly sourceLabels: readonly string[];
  readonly regex: string;
}

const { spec } = pushgatewayMonitor(LABELS, 5) as {
  readonly spec: {
    readonly sampleLimit: number;
    readonly endpoints: readonly {
      readonly honorLabels: boolean;
      readonly metricRelabelings: readonly Drop[];
    }[];
  };
};
const [endpoint] = spec.endpoints;
const drops = endpoint?.metricRelabelings ?? [];

/** Whether Prometheus keeps a series with that name and job: its expressions are anchored. */
function isKept(name: string, job: string): boolean {
  const labels: Readonly<Record<string, string>> = { __name__: name, job };
  return !drops.some(({ sourceLabels: [label = ''], regex }) =>
    new RegExp(`^(?:${regex})$`).test(labels[label] ?? ''),
  );
}

describe('what was pushed', () => {
  it('keeps the labels that it has', () => {
    expect(endpoint?.honorLabels).toBe(true);
  });

  it.each([
    ['pages_printed', 'printer'],
    ['node_load1', 'my-laptop'],
    ['upload_bytes', 'backup'],
    ['scraped_total', 'crawler'],
  ])('%s of %s is kept', (name, job) => {
    expect(isKept(name, job)).toBe(true);
  });

  it.each([
    ['node_load1', 'node-exporter'],
    ['node_load1', 'observed'],
    ['probe_success', 'probe'],
    ['up', 'printer'],
    ['scrape_duration_seconds', 'printer'],
    ['kmon:node_cpu:percent', 'printer'],
    ['ALERTS', 'printer'],
    ['ALERTS_FOR_STATE', 'printer'],
    ['container_memory_usage_bytes', 'kubelet'],
    ['kube_pod_info', 'kube-state-metrics'],
  ])('%s of %s passes for nobody of the room', (name, job) => {
    expect(isKept(name, job)).toBe(false);
  });

  it('is refused the same by the small monitoring, and has the same bound there', () => {
    const chart = readFileSync(CHART, 'utf8');
    const job = chart.slice(chart.indexOf('job_name: pushgateway'), chart.indexOf('job_name: probe'));
    for (const { action, sourceLabels, regex } of drops)
      expect(job).toContain(
        `{ action: ${action}, source_labels: [${sourceLabels.join(', ')}], regex: '${regex}' }`,
      );
    expect(job).toContain('honor_labels: true');
    expect(job).toContain(`sample_limit: ${spec.sampleLimit}`);
  });
});
