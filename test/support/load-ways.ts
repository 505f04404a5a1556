import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RoomOfWays } from './network-ways.js';
import { sampleApp } from './sample-app.js';

/** A row of what `kmon load --json` prints, as far as it is looked at here. */
interface Row {
  readonly connections: number;
  readonly requests: number | null;
  readonly answersPerSecond: number | null;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly errors: number | null;
  readonly replicas: readonly number[];
  readonly autoscaler: { readonly wants: number; readonly metrics: readonly string[] } | null;
  readonly busiest: { readonly machine: string } | null;
}

/** A Service whose one endpoint is somewhere else in the world, and nothing is ever sent there. */
const AWAY = `apiVersion: v1
kind: Service
metadata: { name: away, namespace: red }
spec: { ports: [{ port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: away-1, namespace: red, labels: { kubernetes.io/service-name: away } }
addressType: IPv4
ports: [{ port: 80, name: "" }]
endpoints: [{ addresses: [203.0.113.7] }]`;

/** It answers at once to every change, so that a test need not wait five minutes. */
const AUTOSCALER = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: shop, namespace: red }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: shop }
  minReplicas: 1
  maxReplicas: 3
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 60 } } }]
  behavior: { scaleDown: { stabilizationWindowSeconds: 0 } }`;

/**
 * In a room that is up, whose parent has hey and whose cluster metrics-server: an application of the class under load, which leaves nothing, and
 * how an autoscaler follows it. Needs the namespace `red` for itself, and leaves it away.
 */
export function holdsUnderLoad(of: () => RoomOfWays): void {
  const parent = (script: string): string => of().lab.machine('parent').sh(script);
  const kubectl = (what: string): string =>
    parent(`HOME=/proc/no-home /opt/kmon/bin/kubectl --kubeconfig /etc/kubernetes/admin.conf ${what}`);
  const apply = (manifest: string): string => kubectl(`apply -f - <<'end'\n${manifest}\nend`);
  const rowsOf = (stdout: string): readonly Row[] => {
    const lines = stdout.split('\n').filter((line) => line.includes('"type":"result"'));
    return (JSON.parse(lines[0] ?? '{"data":[]}') as { readonly data: readonly Row[] }).data;
  };
  const records = (): string => join(of().lab.dir, '.kmon/runs');

  it('sees how an application of the class holds under load, and leaves nothing of it', async () => {
    const { run } = of();
    const image = kubectl("-n monitoring get ds kmon-node-exporter -o jsonpath='{.spec..image}'");
    apply(sampleApp(image));
    kubectl('-n red rollout status deployment shop --timeout 60s');
    const plan = await run('load', 'http://shop.red/metrics', '--dry-run');
    expect(plan.stdout + plan.stderr).toMatch(
      /the Service red\/shop would be asked for http:\/\/10\.\S+\/metrics/,
    );
    expect(plan.stdout + plan.stderr).toContain('to change: start a load of 100 connections for 30 s');
    const load = await run('load', 'http://shop.red/metrics', '--steps', '0,4', '--for', '6s', '--json');
    expect(load.exitCode, load.stdout.slice(-3000)).toBe(0);
    const [rest, row] = rowsOf(load.stdout);
    expect(rest).toMatchObject({ connections: 0, requests: null, replicas: [1] });
    expect(row).toMatchObject({ connections: 4, errors: 0, replicas: [1] });
    expect(row?.answersPerSecond).toBeGreaterThan(1);
    expect(row?.p50Ms).toBeGreaterThan(0);
    expect(row?.p99Ms).toBeGreaterThanOrEqual(row?.p50Ms ?? Infinity);
    expect(row?.busiest?.machine).toMatch(/^(?:parent|child-1)$/);
    expect(parent('systemctl is-active kmon-load || ls -d /run/kmon-load 2>&1 || true')).toMatch(
      /^inactive\n.*No such file/,
    );
    const [kept = ''] = readdirSync(records());
    expect(kept).toMatch(/-load\.json$/);
    expect((statSync(join(records(), kept)).mode & 0o777).toString(8)).toBe('600');
    const record = readFileSync(join(records(), kept), 'utf8');
    expect(JSON.parse(record)).toMatchObject({ record: 1, command: 'load', end: 'over', exitCode: 0 });
  });

  it('loads nothing that is not in the room, nor what holds it together', async () => {
    const { run } = of();
    apply(AWAY);
    for (const [url, said] of [
      ['http://away.red/', 'the Service red/away leads to 203.0.113.7'],
      ['http://10.244.200.200/', '10.244.200.200 is no machine of the room, no Service and no pod'],
      ['https://parent:6443/', "port 6443 of parent is the room's own"],
      ['https://10.96.0.1/', "the Service default/kubernetes is Kubernetes' own"],
      ['http://shop.red:81/', 'the Service red/shop does not answer'],
    ] as const) {
      const refused = await run('load', url, '--steps', '1', '--for', '5s');
      expect(refused.exitCode, refused.stderr).toBe(22);
      expect(refused.stderr).toContain(said);
    }
  });

  it('shows in one table how replicas follow the load, and come back', async () => {
    const { run } = of();
    kubectl('-n red set resources deployment shop --requests cpu=20m --limits cpu=200m');
    kubectl('-n red rollout status deployment shop --timeout 60s');
    apply(AUTOSCALER);
    const load = await run('load', 'http://shop.red/metrics', '--steps', '4,0', '--for', '60s', '--json');
    expect(load.exitCode, load.stdout.slice(-3000)).toBe(0);
    const [loaded, after] = rowsOf(load.stdout);
    expect(loaded?.replicas[0], load.stdout.slice(-3000)).toBe(1);
    expect(loaded?.replicas.at(-1)).toBeGreaterThan(1);
    expect(loaded?.autoscaler?.wants).toBeGreaterThan(1);
    expect(loaded?.autoscaler?.metrics[0]).toMatch(/^cpu \d+ % of 60 %$/);
    expect(after?.replicas.at(-1)).toBe(1);
  });

  it('gives the namespace of the application back', () => {
    kubectl('delete namespace red --timeout 60s');
  });
}
