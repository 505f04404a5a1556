import type { MachineContext, Stage } from '../../engine/stage.js';
import { pending, satisfied } from '../../engine/stage.js';
import { until } from '../../engine/until.js';
import { KmonError } from '../../errors/kmon-error.js';
import { kubeadmInitConfig } from '../../render/kubeadm.js';
import { file } from '../../resources/file.js';
import { reads } from '../../shell/command.js';
import { kubeadmInit } from '../../tools/kubeadm.js';
import { markInit, markInitEnded } from '../../tools/kubeadm-complete.js';
import { KMON_CONFIG, toolPaths } from '../../tools/paths.js';
import { controlPlane } from './cluster.js';
import type { ControlPlane } from './cluster.js';
import { ownNodeOf, undoHalfDone } from '../machine/half-done.js';
import { nodeValues } from './kubeadm-values.js';
import { ENDPOINT_NAME } from '../../config/names.js';
import { PORTS } from '../../room/ports.js';

const CONFIG_FILE = `${KMON_CONFIG}/kubeadm-init.yaml`;

/**
 * kubeadm init. Done when the API server says that it is ready and everything is there that kubeadm does behind that: admin.conf alone, or
 * a server that answers, is left by an init that was killed too. An init that broke off is undone by kubeadm itself and begun again,
 * and only when the ledger says that there was no cluster before.
 */
export const initParent: Stage = {
  id: 'init-parent',
  title: 'Initialize the control plane',
  after: ['check', 'packages', 'system', 'runtime', 'images', 'kubelet'],
  on: 'parent',
  settleMs: 120_000,
  notes: (m) => [ownNodeOf(m)],
  probe: async (m) => {
    const now = await controlPlane(m);
    switch (now.state) {
      case 'ready':
        return now.marked ? satisfied('the API server is ready') : pending('its end is not noted yet');
      case 'not-ours':
        return pending("what is there is not this room's");
      case 'half':
        return pending(`an init that broke off: ${now.missing.join(', ')} missing`);
      case 'not-answering':
        return pending('the API server does not answer');
      case 'absent':
        return pending('there is no cluster yet');
    }
  },
  outline: () => [`write ${CONFIG_FILE}`, `kubeadm init --config ${CONFIG_FILE}`],
  apply: async (m) => {
    const before = await controlPlane(m);
    const plane = before.state === 'not-answering' ? await afterAWhile(m, before) : before;
    if (plane.state === 'ready') {
      if (!plane.marked) await m.run.mutate('note that kubeadm init has come to its end', markInitEnded);
      return;
    }
    if (plane.state === 'not-answering' && plane.initialized) throw silent(m);
    const tools = toolPaths(m.config);
    if (await begun(m)) await undoHalfDone(m, 'init');
    const content = await kubeadmInitConfig({ ...(await nodeValues(m)), ...clusterValues(m) });
    const config = file({ path: CONFIG_FILE, content, mode: '0600' });
    await m.note([config]);
    const now = config.parse(await m.run.query(config.read));
    if (!config.satisfied(now)) await m.run.mutate(config.describe(now), config.change(now));
    m.say('kubeadm init');
    await m.run.mutate('kubeadm init', markInit(kubeadmInit(tools, CONFIG_FILE, skippedPhases(m))));
  },
  diagnose: async (_m, because) =>
    new KmonError('not-verified', because, {
      hint: 'look at the kubelet of the parent (sudo journalctl -u kubelet -n 50) and run `kmon init-parent` again',
    }),
};

function clusterValues(m: MachineContext) {
  const { room, kubernetes } = m.config;
  return {
    advertiseAddress: room.parent.address,
    controlPlaneEndpoint: `${ENDPOINT_NAME}:${PORTS.apiServer.port}`,
    podSubnet: kubernetes.podSubnet,
    serviceSubnet: kubernetes.serviceSubnet,
    certSans: [...new Set([ENDPOINT_NAME, room.parent.name, room.parent.address, '127.0.0.1'])],
    cgroupDriver: m.facts.cgroup === 2 ? ('systemd' as const) : ('cgroupfs' as const),
  };
}

/** Without an image of CoreDNS its pods would only wait for it: a bundle without one means a cluster without names of services. */
function skippedPhases(m: MachineContext): readonly string[] {
  const has =
    m.bundle === undefined || m.bundle.parts.some((p) => p.images.some((i) => i.includes('coredns')));
  return has ? [] : ['addon/coredns'];
}

/** A control plane that was there before, such as after a restart of the machine, needs time and no second init. */
async function afterAWhile(m: MachineContext, before: ControlPlane): Promise<ControlPlane> {
  const manifests = await m.run.query(
    reads`ls /etc/kubernetes/manifests/kube-apiserver.yaml /etc/kubernetes/manifests/etcd.yaml 2>/dev/null | wc -l`,
  );
  const configured = await m.run.query(
    reads`[ -e /var/lib/kubelet/config.yaml ] && [ -e /etc/kubernetes/kubelet.conf ] && echo yes || true`,
  );
  if (manifests.stdout.trim() !== '2' || configured.stdout.trim() !== 'yes') return before;
  m.say('waiting for the control plane to come back');
  const back = await until(
    async () => {
      const now = await controlPlane(m);
      return now.state === 'ready' || now.state === 'half' ? now : undefined;
    },
    { withinMs: 60_000, everyMs: 2000, clock: m.clock, signal: m.signal },
  );
  return back ?? before;
}

/** A cluster in which a class has worked is not thrown away because it is slow today. */
function silent(m: MachineContext): KmonError {
  return new KmonError(
    'not-verified',
    'the control plane on this machine does not answer, and its init had come to its end',
    {
      hint: `look at its containers (sudo crictl ps -a) and its kubelet (sudo journalctl -u kubelet -n 50), restart ${m.machine.name}, or give it up with \`kmon teardown\``,
    },
  );
}

async function begun(m: MachineContext): Promise<boolean> {
  const { stdout } = await m.run.query(
    reads`ls -d /etc/kubernetes/manifests/*.yaml /etc/kubernetes/*.conf /etc/kubernetes/pki/* /var/lib/etcd/member 2>/dev/null | wc -l`,
  );
  return stdout.trim() !== '0';
}
