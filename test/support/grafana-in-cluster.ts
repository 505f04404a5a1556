import type { TestMachine } from './lab.js';

/**
 * What makes a server on the computer with the test a Grafana of the cluster, found by its label. The API server passes requests on to pods and
 * to nothing else: so its address is that of a pod with the parent's own network, at a port there that leads to the server. As JSON for
 * `kubectl apply`.
 */
export function grafanaInCluster(name: string, pod: { readonly name: string; readonly ip: string }): string {
  const metadata = { name, namespace: 'monitoring' };
  const items = [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata, labels: { 'app.kubernetes.io/name': 'grafana' } },
      spec: { ports: [{ name: 'http', port: 80 }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata,
      subsets: [
        {
          addresses: [{ ip: pod.ip, targetRef: { kind: 'Pod', namespace: 'monitoring', name: pod.name } }],
          ports: [{ name: 'http', port: LEADS_OUT }],
        },
      ],
    },
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

const LEADS_OUT = 3999;
const UNIT = 'kmon-test-grafana';

/** Opens that port, with socat, which a node has. Nothing of it is left behind `close`. */
export function leadOut(parent: TestMachine, to: string): { close(): void } {
  parent.sh(
    `systemd-run --quiet --collect --unit ${UNIT} socat TCP-LISTEN:${LEADS_OUT},fork,reuseaddr TCP:${to}`,
  );
  return { close: () => void parent.sh(`systemctl stop ${UNIT}`) };
}
