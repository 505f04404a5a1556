import { KmonError } from '../../errors/kmon-error.js';
import type { MachineContext, Stage } from '../../engine/stage.js';
import { pending, satisfied } from '../../engine/stage.js';
import { directory } from '../../resources/directory.js';
import { file } from '../../resources/file.js';
import { footprint } from '../../resources/footprint.js';
import { kmonFiles } from '../../resources/kmon-files.js';
import { unit } from '../../resources/unit.js';
import { reads } from '../../shell/command.js';
import {
  CONTAINERD,
  containerdConfig,
  containerdState,
  containerdUnit,
  restartContainerd,
} from '../../tools/containerd.js';
import { KMON_CONFIG } from '../../tools/paths.js';

/** Used when packages bring Kubernetes; a bundle names its own. */
export const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10';

/**
 * kmon's own containerd: unit, configuration, socket, folders. Also notes kmon's folder of settings, into which the pod network's own pods
 * write, and the footprint: links, packet rules, mounts and folders as they are before anything of Kubernetes runs. It comes after the
 * packages, so that it is undone while they are still there.
 */
export const runtime: Stage = {
  id: 'runtime',
  title: 'Start the container runtime',
  after: ['packages', 'system'],
  on: 'all',
  settleMs: 30_000,
  notes: () => [kmonFiles({ folder: KMON_CONFIG }), footprint()],
  resources: async (m) => [
    directory({ path: CONTAINERD.cniConf }),
    file({ path: CONTAINERD.config, content: await config(m) }),
    file({ path: CONTAINERD.unitFile, content: containerdUnit(), then: 'daemon-reload' }),
    unit({ name: CONTAINERD.unit, enabled: true, active: true }),
  ],
  probe: async (m) => {
    const state = (await m.run.query(containerdState)).stdout.trim();
    if (state === 'ready') return satisfied('containerd answers');
    return pending(
      state === 'stale' ? 'containerd runs with an older configuration' : 'containerd does not answer',
    );
  },
  outline: () => ["start kmon's own containerd with its configuration and wait until it answers"],
  apply: (m) => m.run.mutate(`restart ${CONTAINERD.unit}`, restartContainerd),
};

async function config(m: MachineContext): Promise<string> {
  const { stdout } = await m.run.query(reads`containerd --version 2>/dev/null || true`);
  const major = /\sv?(\d+)\.\d+/.exec(stdout)?.[1];
  return containerdConfig({
    // Not installed yet (a plan): what the distributions of today have.
    major: major === '2' ? 2 : 1,
    sandboxImage: sandboxImage(m),
    cgroup: m.facts.cgroup,
    cniBin: m.config.kubernetes.network === 'routes' ? '/usr/lib/cni' : '/opt/cni/bin',
    mayRaiseLimits: m.facts.mayRaiseLimits,
  });
}

function sandboxImage(m: MachineContext): string {
  if (m.bundle === undefined) return PAUSE_IMAGE;
  const image = m.bundle.parts.flatMap((p) => p.images).find((i) => /(^|\/)pause:/.test(i));
  if (image === undefined) {
    throw new KmonError('precondition', 'the bundle has no pause image', { hint: 'build the bundle again' });
  }
  return image;
}
