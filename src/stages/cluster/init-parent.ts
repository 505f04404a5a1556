import { ENDPOINT_NAME } from '../../config/names.js';
import { PORTS } from '../../room/ports.js';
import type { Context, Stage } from '../../engine/stage.js';
import { blocked, here, pending, satisfied } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { until } from '../../engine/until.js';
import { KmonError } from '../../errors/kmon-error.js';
import { kubeadmInitConfig } from '../../render/kubeadm.js';
import type { NodeValues } from '../../render/kubeadm.js';
import { file } from '../../resources/file.js';
import { reads } from '../../shell/command.js';
import { kubeadmInit } from '../../tools/kubeadm.js';
import { proxyModeFor } from '../../tools/kube-proxy.js';
import { markInit, markInitEnded } from '../../tools/kubeadm-complete.js';
import { hasMovedAsWhole, moveControlPlane } from '../../tools/moved-control-plane.js';
import { KMON_CONFIG, toolPaths } from '../../tools/paths.js';
import { mayUndo, ownNodeOf, undoingHalfDone } from '../machine/half-done.js';
import { images } from '../machine/images.js';
import { kubelet } from '../machine/kubelet.js';
import { installPackages } from '../machine/packages.js';
import { controlPlane } from './control-plane.js';
import type { ControlPlane } from './control-plane.js';
import { nodeValues, valuesOnceInstalled } from './kubeadm-values.js';
import { followingNode } from './moved-node.js';
import { nodePortRanges } from './node-port-ranges.js';

/** On slow machines the containers of the control plane start one after the other. */
const READY_WITHIN_MS = 120_000;

const CONFIG_FILE = `${KMON_CONFIG}/kubeadm-init.yaml`;

interface InitSeen {
  readonly plane: ControlPlane;
  /** What an init has left, where there is no control plane that is ready; `refused`: it is not ours to undo. */
  readonly begun?: { readonly refused: KmonError | undefined };
  /** For the init that is to be done, or for the certificates of one that has another address. */
  readonly values?: NodeValues;
}

/**
 * kubeadm init. Done when the API server says that it is ready and everything is there that kubeadm does behind that: admin.conf alone, or
 * a server that answers, is left by an init that was killed too. An init that broke off is undone by kubeadm itself and begun again,
 * and only when the ledger says that there was no cluster before. One whose machine has another address is given that, and stays.
 */
export const initParent: Stage<InitSeen> = {
  id: 'init-parent',
  title: 'Initialize the control plane',
  after: here(images, kubelet, installPackages),
  on: 'parent',
  settleMs: READY_WITHIN_MS,
  look: lookAtControlPlane,
  foresee: (c) => ({ plane: { state: 'absent' }, values: valuesOnceInstalled(c) }),
  judge: ({ plane, begun }, c) => {
    if (begun?.refused !== undefined) return blocked(begun.refused);
    switch (plane.state) {
      case 'ready':
        if (plane.moving) return pending('its pods have its old address still');
        return plane.marked ? satisfied('the API server is ready') : pending('its end is not noted yet');
      case 'moved':
        return pending(`made at the address ${plane.from}, and has ${c.config.room.parent.address} now`);
      case 'not-ours':
        return pending("what is there is not this room's");
      case 'half':
        return pending(`an init that broke off: ${plane.missing.join(', ')} missing`);
      case 'not-answering':
        return plane.initialized ? blocked(silent(c)) : pending('the API server does not answer');
      case 'absent':
        return pending('there is no cluster yet');
    }
  },
  notes: (_, c) => [ownNodeOf(c)],
  resources: async ({ values }, c) => {
    if (values === undefined) return [];
    const content = await kubeadmInitConfig({ ...values, ...clusterValues(c, values.version) });
    return [file({ path: CONFIG_FILE, content, mode: '0600' })];
  },
  steps: ({ plane, begun }, c) => {
    if (plane.state === 'moved') return following(c, plane.from);
    if (plane.state === 'ready') {
      if (plane.moving) return followingAsNode(c);
      const mark = 'note that kubeadm init has come to its end';
      return plane.marked ? [] : [{ at: 'machine', intent: mark, command: markInitEnded }];
    }
    return [
      ...(begun === undefined ? [] : undoingHalfDone(c, 'init')),
      {
        at: 'machine',
        intent: 'kubeadm init',
        command: markInit(kubeadmInit(toolPaths(c.supply), CONFIG_FILE)),
      },
      { at: 'machine', intent: 'wait until the API server is ready', wait: () => firstReady(c) },
    ];
  },
  diagnose: async (because) => notReady(because),
};

/** The cluster stays, with all that is in it: only the addresses of its control plane and of its node are others. */
function following(c: Context, from: string): readonly Step[] {
  const to = c.config.room.parent.address;
  return [
    {
      at: 'machine',
      intent: `have the control plane listen at ${to}`,
      command: moveControlPlane(toolPaths(c.supply), { from, to, configFile: CONFIG_FILE }),
    },
    { at: 'machine', intent: 'wait until the API server is ready', wait: () => firstReady(c) },
    ...followingAsNode(c),
  ];
}

function followingAsNode(c: Context): readonly Step[] {
  return [
    ...followingNode(c),
    { at: 'machine', intent: 'note that all of it has the new address', command: hasMovedAsWhole },
  ];
}

/** What was made a moment ago may be slow to come up, which says nothing against it; see `silent` for what was there before. */
async function firstReady(c: Context): Promise<undefined> {
  const ready = await until(async () => ((await controlPlane(c)).state === 'ready' ? true : undefined), {
    withinMs: READY_WITHIN_MS,
    everyMs: 1000,
    clock: c.clock,
    signal: c.signal,
  });
  if (ready !== true) throw notReady('the API server does not answer');
}

function notReady(because: string): KmonError {
  return new KmonError('not-verified', because, {
    hint: 'look at the kubelet of the parent (sudo journalctl -u kubelet -n 50) and run `kmon init-parent` again',
  });
}

async function lookAtControlPlane(c: Context): Promise<InitSeen> {
  const first = await controlPlane(c);
  const plane = first.state === 'not-answering' ? await afterAWhile(c, first) : first;
  if (plane.state === 'moved') return { plane, values: await nodeValues(c) };
  if (plane.state === 'ready' || (plane.state === 'not-answering' && plane.initialized)) return { plane };
  return {
    plane,
    ...((await hasBegun(c)) ? { begun: { refused: await mayUndo(c) } } : {}),
    values: await nodeValues(c),
  };
}

function clusterValues(c: Context, version: string) {
  const { room, kubernetes } = c.config;
  const proxyMode =
    kubernetes.proxyMode ??
    proxyModeFor(
      version,
      [...c.factsOf.values()].map(({ kernel }) => kernel),
    );
  return {
    advertiseAddress: room.parent.address,
    controlPlaneEndpoint: `${ENDPOINT_NAME}:${PORTS.apiServer.port}`,
    podSubnet: kubernetes.podSubnet,
    serviceSubnet: kubernetes.serviceSubnet,
    certSans: [...new Set([ENDPOINT_NAME, room.parent.name, room.parent.address, '127.0.0.1'])],
    ...(room.parent.guest === true && proxyMode === 'nftables'
      ? { nodePortAddresses: nodePortRanges(room, c.factsOf) }
      : {}),
    cgroupDriver: c.facts.cgroup === 2 ? ('systemd' as const) : ('cgroupfs' as const),
    proxyMode,
  };
}

/** A control plane that was there before, such as after a restart of the machine, needs time and no second init. */
async function afterAWhile(c: Context, before: ControlPlane): Promise<ControlPlane> {
  const { stdout } = await c.run
    .query(reads`ls /etc/kubernetes/manifests/kube-apiserver.yaml /etc/kubernetes/manifests/etcd.yaml \
  /var/lib/kubelet/config.yaml /etc/kubernetes/kubelet.conf 2>/dev/null | wc -l`);
  if (stdout.trim() !== '4') return before;
  c.say('waiting for the control plane to come back');
  const back = await until(
    async () => {
      const now = await controlPlane(c);
      return now.state === 'ready' || now.state === 'half' ? now : undefined;
    },
    { withinMs: 60_000, everyMs: 2000, clock: c.clock, signal: c.signal },
  );
  return back ?? before;
}

/** A cluster in which a class has worked is not thrown away because it is slow today. */
function silent({ machine }: Context): KmonError {
  return new KmonError(
    'not-verified',
    'the control plane on this machine does not answer, and its init had come to its end',
    {
      hint: `look at what its containers said last (sudo sh -c "tail -n 20 /var/log/pods/kube-system_*/*/*.log") and its kubelet (sudo journalctl -u kubelet -n 50), restart ${machine.name}, or give it up with \`kmon teardown\``,
    },
  );
}

async function hasBegun(c: Context): Promise<boolean> {
  const { stdout } = await c.run.query(
    reads`ls -d /etc/kubernetes/manifests/*.yaml /etc/kubernetes/*.conf /etc/kubernetes/pki/* /var/lib/etcd/member 2>/dev/null | wc -l`,
  );
  return stdout.trim() !== '0';
}
