/** The folder of Grafana that kmon's own dashboards are in. */
export const SHIPPED_FOLDER = 'kmon';

/**
 * Dashboards as the sidecar of a Grafana finds them: in a ConfigMap with its label, put into a folder of that name.
 *
 * @param labels by which they are known to be kmon's
 * @param data file name to JSON
 */
export function sidecarDashboards(
  { name, namespace, folder }: { readonly name: string; readonly namespace: string; readonly folder: string },
  labels: Readonly<Record<string, string>>,
  data: Readonly<Record<string, string>>,
): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace,
      labels: { ...labels, grafana_dashboard: '1' },
      annotations: { grafana_folder: folder },
    },
    data,
  };
}
