import type { Context } from '../../engine/context.js';
import { parseForeignJson } from '../../tools/foreign-json.js';
import { getIfThere, getRollout } from '../../tools/kubectl.js';
import { parseRollout } from '../../tools/kubernetes-objects.js';
import { WEBUI, WORKER } from './parts.js';

/**
 * Why no coins come, by what webui shows; `undefined`: the counter in Redis goes up. Where the class has taken all workers away it need not. Only
 * looks.
 */
export async function notMining(
  { cluster }: Pick<Context, 'cluster'>,
  namespace: string,
): Promise<string | undefined> {
  const workers = parseRollout(
    await cluster.query(getRollout(cluster.kubectl, 'deployments', namespace, WORKER)),
  );
  if (workers.state !== 'absent' && workers.wanted === 0) return undefined;
  const path = `/api/v1/namespaces/${namespace}/services/${WEBUI}:http/proxy/json`;
  const { exitCode, stdout, stderr } = await cluster.query(getIfThere(cluster.kubectl, path));
  if (exitCode !== 0) return `webui does not answer: ${stderr.trim().split('\n').at(-1) ?? ''}`;
  const state = parseForeignJson(stdout, 'webui');
  return (state.at('rate').number ?? 0) > 0
    ? undefined
    : `no coins yet: ${state.at('hashes').number ?? 0} hashes`;
}
