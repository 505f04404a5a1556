import { KmonError } from '../errors/kmon-error.js';
import { getPods } from '../tools/kubectl.js';
import { parsePods } from '../tools/pods.js';
import type { Pod } from '../tools/pods.js';
import type { ClusterAsker, ClusterReader } from './cluster-runner.js';
import { leadingTo } from './hindered-pods.js';
import { clusterNodes } from './nodes.js';

/**
 * What keeps namespaces that are being removed: their last pods. Words while those may end by themselves; an error when all of them are on machines
 * that do not answer: only the kubelet there can say that they ended. `undefined`: there are no pods.
 *
 * @param again what to do when it is mended
 */
export async function holdingBack(
  c: ClusterAsker,
  namespaces: readonly string[],
  again: string,
): Promise<KmonError | string | undefined> {
  const pods: Pod[] = [];
  for (const namespace of namespaces)
    pods.push(...parsePods(await c.cluster.query(getPods(c.cluster.kubectl, namespace))));
  if (pods.length === 0) return undefined;
  const silent = (await clusterNodes(c)).filter(({ state }) => state !== 'ready').map(({ name }) => name);
  const held = pods.filter(({ node }) => node !== undefined && silent.includes(node));
  if (held.length < pods.length) return `waiting for ${inWords(pods)} to end`;
  const nodes = [...new Set(held.flatMap(({ node }) => node ?? []))];
  return new KmonError(
    'not-verified',
    `${[...new Set(held.map(({ namespace }) => namespace))].join(', ')} cannot go: ${nodes.join(', ')} ${nodes.length === 1 ? 'does' : 'do'} not answer, and still ${nodes.length === 1 ? 'has' : 'have'} ${inWords(held)}`,
    { hint: `${remedy(nodes, c.cluster)}; then ${again}` },
  );
}

/** The same when the time is over, whatever it is that holds them. */
export async function diagnoseHeld(
  c: ClusterAsker,
  namespaces: readonly string[],
  again: string,
  because: string,
): Promise<KmonError> {
  const held = await holdingBack(c, namespaces, again);
  if (held instanceof KmonError) return held;
  return new KmonError('not-verified', held ?? because, {
    hint: `see what is left (kubectl ${leadingTo(c.cluster)} describe namespace ${namespaces[0] ?? 'NAME'}), give it a minute, then ${again}`,
  });
}

function inWords(pods: readonly Pod[]): string {
  const some = pods
    .slice(0, 5)
    .map(({ namespace, name, node }) => `${namespace}/${name}${node === undefined ? '' : ` on ${node}`}`);
  return [...some, ...(pods.length > 5 ? [`${pods.length - 5} more`] : [])].join(', ');
}

function remedy(nodes: readonly string[], cluster: ClusterReader): string {
  const out =
    cluster.context === undefined
      ? nodes.map((node) => `kmon teardown --only ${node}`)
      : nodes.map((node) => `kubectl ${leadingTo(cluster)} delete node ${node}`);
  return `start ${nodes.join(', ')} again, or take ${nodes.length === 1 ? 'it' : 'them'} out of the cluster (${out.join('; ')})`;
}
