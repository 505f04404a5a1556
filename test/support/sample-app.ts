/**
 * An application of a class, with metrics of its own, as YAML: the Service `shop` in the namespace `red`. On its port `metrics` it has some, on
 * `closed` nobody listens. Its image is a node-exporter, which every room has.
 */
export function sampleApp(nodeExporterImage: string): string {
  const labels = { app: 'shop' };
  const place = { name: 'shop', namespace: 'red' };
  const container = {
    name: 'shop',
    image: nodeExporterImage,
    args: ['--web.listen-address=:9090', '--collector.disable-defaults', '--collector.loadavg'],
    ports: [{ name: 'web', containerPort: 9090 }],
    readinessProbe: { httpGet: { path: '/', port: 'web' }, periodSeconds: 1 },
  };
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'red' } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: place,
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: place,
      spec: {
        selector: labels,
        ports: [
          { name: 'metrics', port: 80, targetPort: 'web' },
          { name: 'closed', port: 81, targetPort: 9091 },
        ],
      },
    },
  ];
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
}
