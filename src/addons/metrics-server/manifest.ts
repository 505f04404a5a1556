import { createHash } from 'node:crypto';
import { METRICS_SERVER } from '../../artifacts/images.js';
import { clusterNodes } from '../../cluster/nodes.js';
import type { Context } from '../../engine/context.js';
import { renderTemplate } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';
import { apiPath, getIfThere } from '../../tools/kubectl.js';
import { parseForeignJson } from '../../tools/foreign-json.js';
import { isObjectThere, parseConfigMap } from '../../tools/kubernetes-objects.js';
import { parentOf } from '../parent-node.js';
import { authoritiesOf } from './kubelet-authorities.js';

/** The file with the authorities of the kubelets, and the ConfigMap that has it. */
const KUBELETS = { configMap: 'metrics-server-kubelets', file: 'kubelets.crt' } as const;

/** What every pod has of the authority that signed the cluster's certificates. */
const CLUSTER_AUTHORITY = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt';

/**
 * metrics-server as it should be (namespace `kube-system`). Kubelets are known by their certificates: in a room by those that each has made for
 * itself, read on the machine over SSH; they are for the machine's name and none of its addresses, so it is asked by its name, which the pod is
 * told. `serverTLSBootstrap` would have the cluster sign them instead, but then a kubelet serves nobody (no logs, no exec, no metrics of it) until
 * somebody has approved its certificate, at each join and again whenever an address changes; that is much for one add-on. In a cluster that is
 * no room of kmon's there is no machine to ask: there the cluster's own authority has to have signed them.
 */
export async function metricsServerManifest(
  c: Context,
  printed: ReadonlyMap<string, string>,
): Promise<string> {
  const isRoom = c.cluster.context === undefined;
  const nodes = (await clusterNodes(c)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const names = nodes.map(({ name }) => name);
  const before = isRoom && names.some((name) => !printed.has(name)) ? await knownBefore(c) : '';
  const authorities = isRoom ? authoritiesOf(names, printed, before) : '';
  return renderTemplate(await readTemplate('addons/metrics-server/metrics-server.yaml'), {
    image: c.supply.indispensable(METRICS_SERVER),
    node: await parentOf(c),
    kubelets: authorities,
    // The pod reads the file when it starts.
    digest: createHash('sha256').update(authorities).digest('hex').slice(0, 16),
    authority: isRoom ? `/etc/kmon/${KUBELETS.file}` : CLUSTER_AUTHORITY,
    addressType: isRoom ? 'Hostname' : 'InternalIP',
    hosts: isRoom
      ? nodes.flatMap(({ name, internalIp }) =>
          internalIp === undefined ? [] : [{ ip: internalIp, hostnames: [name] }],
        )
      : [],
  });
}

/** Whether the one that is there was told of the nodes that there are now. Only looks. */
export async function knowsTheseNodes(c: Context): Promise<boolean> {
  if (c.cluster.context !== undefined) return true;
  const path = apiPath('apis', 'apps', 'v1', 'namespaces', 'kube-system', 'deployments', 'metrics-server');
  const found = await c.cluster.query(getIfThere(c.cluster.kubectl, path));
  if (!isObjectThere(found)) return false;
  const told = parseForeignJson(found.stdout, 'kubectl')
    .at('spec', 'template', 'spec', 'hostAliases')
    .list.flatMap((host) => host.at('hostnames').list.flatMap((name) => name.text ?? []));
  const nodes = (await clusterNodes(c)).flatMap(({ name, internalIp }) =>
    internalIp === undefined ? [] : [name],
  );
  return JSON.stringify(told.toSorted()) === JSON.stringify(nodes.toSorted());
}

async function knownBefore({ cluster }: Context): Promise<string> {
  const path = apiPath('api', 'v1', 'namespaces', 'kube-system', 'configmaps', KUBELETS.configMap);
  return parseConfigMap(await cluster.query(getIfThere(cluster.kubectl, path)))[KUBELETS.file] ?? '';
}
