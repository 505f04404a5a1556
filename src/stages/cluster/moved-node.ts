import { give, key } from '../../engine/results.js';
import type { Given, Results } from '../../engine/results.js';
import { ownNode } from '../../cluster/nodes.js';
import type { Context } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { until } from '../../engine/until.js';
import { MOVING_LABEL } from '../../config/names.js';
import { KmonError } from '../../errors/kmon-error.js';
import { addressOfNode, nodeAddress } from '../../facts/place.js';
import { changes } from '../../shell/command.js';
import { killContainers } from '../../tools/containerd.js';
import { removeProxyTables } from '../../tools/kube-proxy.js';
import { deletePods, getPodsOf, labelNode } from '../../tools/kubectl.js';
import type { ClusterNode } from '../../tools/kubernetes-objects.js';
import { setNodeIp } from '../../tools/node-ip.js';
import { parsePods } from '../../tools/pods.js';
import type { Pod } from '../../tools/pods.js';

/** The pods of the node with the address that the machine has no more. */
const OLD_PODS = key<readonly Pod[]>('pods with the old address');

/** The kubelet reports every ten seconds, and at its start. */
const REPORTED_WITHIN_MS = 60_000;
const RUNNING_WITHIN_MS = 60_000;

/** The cluster knows the machine by an address that it has no more, or some of its pods have that still. */
export function hasMoved(c: Pick<Context, 'machine' | 'facts'>, node: ClusterNode): boolean {
  return movedFrom(c, node) !== undefined || node.labels[MOVING_LABEL] !== undefined;
}

/** The address under which the cluster knows a machine that has it no more. */
export function movedFrom(
  { machine, facts }: Pick<Context, 'machine' | 'facts'>,
  node: ClusterNode | undefined,
): string | undefined {
  const known = node?.internalIp;
  return known === undefined || addressOfNode(machine, facts, known) === known ? undefined : known;
}

/** The node stays, with its name, its range of pods, and what runs on it; what has the machine's own address is started anew. */
export function followingNode(c: Context): readonly Step[] {
  const { name } = c.machine;
  const address = nodeAddress(c.machine, c.facts);
  const { kubectl } = c.cluster;
  return [
    {
      at: 'cluster',
      intent: `mark the node of ${name} as one that moves`,
      command: labelNode(kubectl, name, { [MOVING_LABEL]: 'true' }),
    },
    {
      at: 'machine',
      intent: `have the kubelet of ${name} report ${address}`,
      command: setNodeIp(address),
    },
    { at: 'machine', intent: `wait until the cluster knows ${name} by ${address}`, wait: reported },
    {
      at: 'cluster',
      intent: `start the pods anew that have the address of ${name}`,
      command: (so) => deletePods(kubectl, so.get(OLD_PODS) ?? []),
    },
    { at: 'cluster', intent: `wait until these run at ${address}`, wait: running },
    ...startingProxyAgain(),
    {
      at: 'cluster',
      intent: `take the mark of ${name} away`,
      command: labelNode(kubectl, name, { [MOVING_LABEL]: null }),
    },
  ];
}

/** Its tables outlive it, and its next one did not come to terms with them here either: DNS had no rule, until they were taken away. */
export function startingProxyAgain(): readonly Step[] {
  return [
    {
      at: 'machine',
      intent: 'start kube-proxy again without the rules of the one before',
      command: changes`${killContainers('kube-proxy')}
${removeProxyTables}`,
    },
    { at: 'cluster', intent: 'wait until it runs again', wait: proxyAgain },
  ];
}

/** Services lead nowhere on a machine whose kube-proxy has just begun, and Prometheus asks exporters where they were. */
async function running(c: Context, so: Results): Promise<undefined> {
  const address = nodeAddress(c.machine, c.facts);
  const wanted = so.get(OLD_PODS)?.length ?? 0;
  let last = '';
  const all = await until(
    async () => {
      const pods = await hostPods(c);
      const young = pods.filter((pod) => pod.ready && pod.going !== true && pod.address === address);
      last = `${young.length} of ${wanted}`;
      return young.length >= wanted ? true : undefined;
    },
    { withinMs: RUNNING_WITHIN_MS, everyMs: 1000, clock: c.clock, signal: c.signal },
  );
  // What does not come is found by the stages that prove the network and the measurements.
  if (all !== true) c.say(`run again so far: ${last}`);
  return undefined;
}

/** By its count of starts: just after it was killed its pod is said to be ready still. */
async function proxyAgain(c: Context): Promise<undefined> {
  const again = async (): Promise<true | undefined> => {
    const proxies = (await hostPods(c)).filter((pod) => pod.labels['k8s-app'] === 'kube-proxy');
    const up = proxies.every((pod) => pod.ready && pod.containers.every((one) => one.restarts > 0));
    return up ? true : undefined;
  };
  const o = { withinMs: RUNNING_WITHIN_MS, everyMs: 1000, clock: c.clock, signal: c.signal };
  if ((await until(again, o)) !== true) c.say('kube-proxy has not begun anew yet');
  return undefined;
}

/** Those that something makes anew when they go. */
async function hostPods(c: Context): Promise<readonly Pod[]> {
  const pods = parsePods(await c.cluster.query(getPodsOf(c.cluster.kubectl, c.machine.name)));
  return pods.filter((pod) => pod.hostNetwork === true && pod.madeBy !== undefined && pod.madeBy !== 'Node');
}

async function reported(c: Context): Promise<readonly Given[]> {
  const address = nodeAddress(c.machine, c.facts);
  const known = await until(
    async () => {
      const node = await ownNode(c);
      return node?.internalIp === address && node.state !== 'unknown' ? true : undefined;
    },
    { withinMs: REPORTED_WITHIN_MS, everyMs: 1000, clock: c.clock, signal: c.signal },
  );
  if (known === true) return [give(OLD_PODS, await hostPods(c))];
  throw new KmonError('not-verified', `the cluster does not hear of ${c.machine.name} at ${address}`, {
    machine: c.machine.name,
    hint:
      c.machine.role === 'parent'
        ? 'look at its kubelet (sudo journalctl -u kubelet -n 50), and run `kmon up` again: it goes on'
        : `look at its kubelet (sudo journalctl -u kubelet -n 50), or join it anew: kmon teardown --only ${c.machine.name} and kmon join-child`,
  });
}
