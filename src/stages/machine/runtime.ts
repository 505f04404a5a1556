import { posix } from 'node:path';
import { PAUSE } from '../../artifacts/images.js';
import { pluginFolder } from '../../artifacts/plugin-folder.js';
import { CONTAINERD as PROGRAM } from '../../artifacts/programs.js';
import { ENDPOINT_NAME } from '../../config/names.js';
import type { Context, Stage } from '../../engine/stage.js';
import { behind, here, pending, satisfied } from '../../engine/stage.js';
import { directory } from '../../resources/directory.js';
import { file } from '../../resources/file.js';
import { footprint } from '../../resources/footprint/footprint.js';
import { kmonFiles } from '../../resources/kmon-files.js';
import { unit } from '../../resources/unit.js';
import { allMachines } from '../../room/room.js';
import { reads } from '../../shell/command.js';
import {
  CONTAINERD,
  containerdConfig,
  containerdEnvironment,
  containerdState,
  containerdUnit,
  restartContainerd,
} from '../../tools/containerd.js';
import { mirrorFile } from '../../tools/containerd-hosts.js';
import { KMON_CONFIG } from '../../tools/paths.js';
import { installPackages, installPrograms } from './packages.js';
import { system } from './system.js';
import { tools } from './tools.js';

/**
 * kmon's own containerd: unit, configuration, socket, folders. Also notes kmon's folder of settings, into which the pod network's own pods
 * write, and the footprint: links, packet rules, mounts and folders as they are before anything of Kubernetes runs. It is noted behind
 * the packages, so that it is undone while they are still there: the packet rules need their programs.
 */
export const runtime: Stage<RuntimeSeen> = {
  id: 'runtime',
  title: 'Start the container runtime',
  after: [...here(installPrograms, tools, system), ...behind(installPackages)],
  on: 'all',
  settleMs: 30_000,
  notes: () => [kmonFiles({ folder: KMON_CONFIG }), footprint()],
  look: lookAtRuntime,
  // Not installed yet: what the distributions of today have.
  foresee: (m) => ({ state: 'down', major: broughtMajor(m) ?? 1 }),
  judge: ({ state }) => {
    if (state === 'ready') return satisfied('containerd answers');
    return pending(
      state === 'stale'
        ? 'containerd runs with an older configuration, or older proxies or authorities of the machine'
        : 'containerd does not answer',
    );
  },
  resources: ({ major }, m) => [
    directory({ path: CONTAINERD.cniConf }),
    ...m.supply.registryMirrors.map(mirrorFile).map(file),
    file({ path: CONTAINERD.config, content: config(m, major) }),
    ...(m.facts.proxy === undefined
      ? []
      : [file({ path: CONTAINERD.environment, content: containerdEnvironment(withoutProxy(m)) })]),
    file({
      path: CONTAINERD.unitFile,
      content: containerdUnit(posix.dirname(containerdOf(m)), { proxied: m.facts.proxy !== undefined }),
      unit: true,
      then: 'daemon-reload',
    }),
    unit({ name: CONTAINERD.unit, enabled: true, active: true }),
  ],
  // Its unit starts it when it is not running; one that runs takes no new configuration by itself.
  steps: ({ state }, _, changing) => {
    const isStarted = changing.some((r) => r.id === `unit ${CONTAINERD.unit}`);
    const isReconfigured = changing.some((r) => RECONFIGURING.includes(r.id));
    const restarts = !isStarted && (state !== 'ready' || isReconfigured);
    return restarts
      ? [{ at: 'machine', intent: `restart ${CONTAINERD.unit}`, command: restartContainerd }]
      : [];
  },
};

/** A change of these is taken in by a restart. */
const RECONFIGURING: readonly string[] = [CONTAINERD.config, CONTAINERD.environment, CONTAINERD.unitFile].map(
  (path) => `file ${path}`,
);

/** What the owner says that the machine reaches without the proxy, and the room. */
function withoutProxy({ config, facts }: Context): readonly string[] {
  const { podSubnet, serviceSubnet } = config.kubernetes;
  const room = allMachines(config.room).map((m) => m.address);
  const own = [
    'localhost',
    '127.0.0.1',
    ENDPOINT_NAME,
    ...room,
    podSubnet,
    serviceSubnet,
    '.svc',
    '.cluster.local',
  ];
  return [...new Set([...(facts.proxy?.noProxy ?? []), ...own])];
}

/** The one that kmon's unit starts: another may come first on PATH. */
function containerdOf(m: Context): string {
  return m.supply.program(PROGRAM).path;
}

interface RuntimeSeen {
  /** `stale`: it runs with an older configuration than the file. */
  readonly state: 'ready' | 'stale' | 'down';
  readonly major: 1 | 2;
}

async function lookAtRuntime(m: Context): Promise<RuntimeSeen> {
  const { stdout } = await m.run.query(
    reads`${containerdOf(m)} --version 2>/dev/null || echo none; ${containerdState}`,
  );
  const [version = '', ...lines] = stdout.trim().split('\n');
  const said = lines.at(-1);
  return {
    state: said === 'ready' || said === 'stale' ? said : 'down',
    major: broughtMajor(m) ?? majorOf(version),
  };
}

function majorOf(version: string): 1 | 2 {
  // Not installed yet (a plan): what the distributions of today have.
  return /(?:^|\s)v?2\.\d+/.test(version) ? 2 : 1;
}

/** Of the containerd that was sent, where one is; another may be installed. */
function broughtMajor(m: Context): 1 | 2 | undefined {
  const { version } = m.supply.program(PROGRAM);
  return version === undefined ? undefined : majorOf(version);
}

function config(m: Context, major: 1 | 2): string {
  return containerdConfig({
    major,
    sandboxImage: m.supply.indispensable(PAUSE),
    cgroup: m.facts.cgroup,
    cniBin: pluginFolder(m.supply, m.config.kubernetes.network),
    mayRaiseLimits: m.facts.mayRaiseLimits,
  });
}
