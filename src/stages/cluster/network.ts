import type { Config } from '../../config/config.js';
import type { MachineContext, Stage } from '../../engine/stage.js';
import { pending, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { flannelManifest } from '../../render/flannel.js';
import { file } from '../../resources/file.js';
import type { Resource } from '../../resources/resource.js';
import { route } from '../../resources/route.js';
import { cniConflist } from '../../tools/cni.js';
import { CONTAINERD } from '../../tools/containerd.js';
import { applyManifest, diffManifest } from '../../tools/kubectl.js';
import { kubectlOf, nodesWithRanges, ownNode } from './cluster.js';

/**
 * The pod network of one machine, done when its node is Ready.
 *
 * `routes`: the reference plugins with the node's own range, and a route a peer. Machines that joined earlier are not touched by a
 * latecomer: every child sends what it has no route for to the parent, which knows them all (`podRoutes`).
 * `flannel`: its DaemonSet, applied once by the parent.
 */
export function podNetwork(on: 'parent' | 'children'): Stage {
  return {
    id: on === 'parent' ? 'parent-network' : 'child-network',
    title: on === 'parent' ? 'Start the pod network' : 'Connect the children to the pod network',
    after: on === 'parent' ? ['init-parent'] : ['join-child', 'parent-network'],
    on,
    settleMs: 120_000,
    resources: async (m) => (usesRoutes(m.config) ? [await conflist(m), ...(await routesToPods(m))] : []),
    probe: async (m) => {
      if (on === 'parent' && (await flannelMissing(m))) return pending('flannel is not there');
      const node = await ownNode(m);
      if (node === undefined) return pending('the cluster does not know the node');
      if (node.state === 'ready') return satisfied('node is Ready');
      return pending(`node is not Ready: ${node.because ?? 'no answer from its kubelet'}`);
    },
    outline: (m) => {
      if (usesRoutes(m.config))
        return ["write the machine's CNI configuration and its routes to the others' pods"];
      return [on === 'parent' ? 'apply flannel to the cluster' : 'wait until flannel runs on the node'];
    },
    apply: async (m) => {
      if (on === 'parent' && (await flannelMissing(m))) {
        await m.run.mutate('apply flannel', applyManifest(kubectlOf(m), await flannel(m.config)));
      }
    },
    diagnose: async (m, because) => {
      const again = on === 'parent' ? 'init-parent' : `join-child --only ${m.machine.name}`;
      return new KmonError('not-verified', because, {
        hint: `look at its kubelet (sudo journalctl -u kubelet -n 50) and run \`kmon ${again}\` again`,
      });
    },
  };
}

/** The parent's routes to the pods of every child that has joined. */
export const podRoutes: Stage = {
  id: 'pod-routes',
  title: "Route to the children's pods",
  after: ['child-network'],
  on: 'parent',
  settleMs: 0,
  resources: async (m) => (usesRoutes(m.config) ? routesToPods(m) : []),
  probe: async () => satisfied('every node is routed'),
  outline: (m) => (usesRoutes(m.config) ? ["add a route to each child's pods"] : []),
  apply: async () => {},
};

function usesRoutes(config: Config): boolean {
  return config.kubernetes.network === 'routes';
}

function flannel(config: Config): Promise<string> {
  return flannelManifest({ podSubnet: config.kubernetes.podSubnet, cniConf: CONTAINERD.cniConf });
}

async function flannelMissing(m: MachineContext): Promise<boolean> {
  if (usesRoutes(m.config)) return false;
  return (await m.run.query(diffManifest(kubectlOf(m), await flannel(m.config)))).exitCode === 1;
}

async function conflist(m: MachineContext): Promise<Resource> {
  const own = (await nodesWithRanges(m)).find((n) => n.name === m.machine.name);
  if (own?.podCidr === undefined) throw new KmonError('not-verified', 'the cluster does not know the node');
  const content = cniConflist({ podCidr: own.podCidr, podSubnet: m.config.kubernetes.podSubnet });
  return file({ path: `${CONTAINERD.cniConf}/10-kmon.conflist`, content });
}

async function routesToPods(m: MachineContext): Promise<readonly Resource[]> {
  const { parent } = m.config.room;
  const device = m.facts.routeToParent?.device;
  const to = (destination: string, via: string): Resource =>
    route({ destination, via, ...(device === undefined ? {} : { device }) });
  const peers = (await nodesWithRanges(m)).flatMap((n) =>
    n.name === m.machine.name || n.podCidr === undefined || n.internalIp === undefined
      ? []
      : [{ name: n.name, route: to(n.podCidr, n.internalIp), address: n.internalIp }],
  );
  const viaParent = peers.find((p) => p.name === parent.name);
  return [
    ...peers.map((p) => p.route),
    ...(viaParent === undefined ? [] : [to(m.config.kubernetes.podSubnet, viaParent.address)]),
  ];
}
