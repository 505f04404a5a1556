// What the machines of a room need from outside, as kmon has them fetch it, and no more: packages and kmon's containerd by the workshop's own stages,
// then the images that a cluster of them would pull. It stops before kubeadm.
//
// usage: fetch.ts   (in the folder of kmon.yaml)
import { IMAGES, published } from '../../../src/artifacts/images.js';
import { isNeeded, needOf } from '../../../src/artifacts/need.js';
import { runPlan } from '../../../src/cli/run-plan.js';
import { planFor } from '../../../src/engine/plan.js';
import { here, pending, satisfied } from '../../../src/engine/stage.js';
import type { Context, Stage } from '../../../src/engine/stage.js';
import { allMachines } from '../../../src/room/room.js';
import { changes, reads, withOptions } from '../../../src/shell/command.js';
import { initParent } from '../../../src/stages/cluster/init-parent.js';
import { UP } from '../../../src/stages/index.js';
import { installPackages } from '../../../src/stages/machine/packages.js';
import { closeRelay } from '../../../src/stages/machine/relay-close.js';
import { relayImages } from '../../../src/stages/machine/relay-images.js';
import { runtime } from '../../../src/stages/machine/runtime.js';
import { withoutRelay } from '../../../src/stages/relaying.js';
import { CONTAINERD } from '../../../src/tools/containerd.js';

/** Of what kubeadm asks for, a child runs these alone. */
const OF_CHILD = /\/(?:kube-proxy|pause):/;

const pull: Stage<readonly string[]> = {
  id: 'pull',
  title: 'Pull images',
  after: here(installPackages, runtime, relayImages),
  on: 'all',
  settleMs: 10_000,
  look: async (c) => {
    const { stdout } = await c.run.query(
      reads`kubeadm config images list --kubernetes-version "$(kubeadm version -o short)" 2>/dev/null
echo --
ctr --address ${CONTAINERD.socket} --namespace k8s.io images ls -q`,
    );
    const [asked = '', there = ''] = stdout.split('--\n');
    const names = there.split('\n');
    return [...kubeadms(asked, c), ...ours(c)].filter((image) => !names.includes(image));
  },
  judge: (lacking) =>
    lacking.length === 0 ? satisfied('all there') : pending(`${lacking.length} images to pull`),
  steps: (lacking) =>
    lacking.map((image) => ({
      at: 'machine',
      intent: `pull ${image}`,
      // As the kubelet has it done: by the same files that say who is asked.
      command: withOptions(
        changes`ctr --address ${CONTAINERD.socket} --namespace k8s.io images pull --hosts-dir ${CONTAINERD.hosts} ${image} >/dev/null`,
        { timeoutMs: 3_600_000 },
      ),
    })),
};

function kubeadms(asked: string, { machine }: Context): readonly string[] {
  return asked
    .split('\n')
    .filter((image) => image !== '' && (machine.role === 'parent' || OF_CHILD.test(image)));
}

function ours(c: Context): readonly string[] {
  return IMAGES.filter((image) => image.tag !== undefined && isNeeded(image, needOf(c))).map(published);
}

/** The workshop up to kubeadm, and what a cluster would pull. */
const STAGES = [...UP.slice(0, UP.indexOf(initParent)), pull, closeRelay];

const { stdin, stdout, stderr, env } = process;
const { signal } = new AbortController();
const io = {
  stdin,
  stdout,
  stderr,
  env,
  cwd: process.cwd(),
  version: 'bench',
  signal,
  onLeave: () => undefined,
};
process.exitCode = await runPlan(io, 'up', { json: true, plain: true }, ({ config, relayed }) => {
  const plan = planFor('up', config.room, STAGES, allMachines(config.room));
  return relayed ? plan : withoutRelay(plan);
});
