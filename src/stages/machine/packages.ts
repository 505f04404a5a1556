import { needOf } from '../../artifacts/need.js';
import type { AptPackage, Program } from '../../artifacts/artifact.js';
import { originsBy } from '../../artifacts/origins.js';
import { containerdFor, DOCKERS_CONTAINERD, packagesFor } from '../../artifacts/packages.js';
import { CONTAINERD, PROGRAMS } from '../../artifacts/programs.js';
import type { AptPlan } from '../../artifacts/supply.js';
import type { Context, Stage } from '../../engine/stage.js';
import { here, satisfied } from '../../engine/stage.js';
import { aptSource } from '../../resources/apt-source.js';
import type { AptRelay } from '../../resources/apt-relay.js';
import { packages } from '../../resources/packages.js';
import type { Resource } from '../../resources/resource.js';
import { targets } from '../../resources/targets.js';
import { reads } from '../../shell/command.js';
import { openRelay, relayPort } from './relay.js';
import { TRIED } from './sources.js';

export interface PackagesSeen {
  /** The owner has containerd out of the other package than the one that kmon would install. */
  readonly ownersContainerd: boolean;
}

/**
 * The first whose interface to the kubelet (CRI v1) Kubernetes of today speaks: https://kubernetes.io/docs/setup/production-environment/container-runtimes/
 * That 1.36 wants containerd 2 is announced; 1.36.3 and 1.37.2 were seen to run pods and networks with 1.6.20.
 */
const OLDEST_CONTAINERD = [1, 6] as const;

/** What kmon calls and what has a unit: nothing can be prepared without. */
const STARTED: readonly Program[] = [...PROGRAMS, CONTAINERD];

/**
 * Installs what is missing with the machine's own package manager. Which packages were not there before is in the ledger; exactly
 * these are purged at teardown. Services that packages would start by themselves stay off: kmon has units of its own.
 */
const installation = {
  on: 'all',
  first: true,
  apart: true,
  settleMs: 0,
  notes: () => [targets()],
  look: async (m) => {
    const { names } = wanted(m, { ownersContainerd: false });
    const [other] = [DOCKERS_CONTAINERD, CONTAINERD.package].filter((p) => !names.includes(p.name));
    return { ownersContainerd: other !== undefined && (await hasContainerd(m, other)) };
  },
  foresee: () => ({ ownersContainerd: false }),
  judge: () => satisfied('all there'),
  resources: (seen, m) => installed(wanted(m, seen), m),
} as const satisfies Partial<Stage<PackagesSeen>>;

/**
 * Where programs of Kubernetes or containerd come as packages: with all the others in one run of apt, since a second one would cost more. Nothing
 * else is done here, where these programs are sent.
 */
export const installPrograms: Stage<PackagesSeen> = {
  ...installation,
  id: 'program-packages',
  title: 'Install the programs that come as packages',
  after: [...TRIED, ...here(openRelay)],
  judge: (seen, m) => satisfied(bringsPrograms(wanted(m, seen)) ? 'all there' : 'they are sent'),
  resources: (seen, m) => {
    const plan = wanted(m, seen);
    return bringsPrograms(plan) ? installed(plan, m) : [];
  },
};

/** What is left, which nobody calls before kubeadm: so it comes while programs and images do. */
export const installPackages: Stage<PackagesSeen> = {
  ...installation,
  id: 'packages',
  title: 'Install packages',
  after: here(installPrograms),
};

function bringsPrograms({ names }: AptPlan): boolean {
  return [...STARTED.map((p) => p.package), DOCKERS_CONTAINERD].some((p) => names.includes(p.name));
}

function installed({ sources, names }: AptPlan, m: Context): readonly Resource[] {
  return [...sources.map(aptSource), packages({ names: names.toSorted() }, throughRelay(m))];
}

/**
 * Of containerd the program only: what the owner has, which would have to go for another; else the distribution's, or Docker's where that is
 * too old. Both have runc in them or with them. Told by the package and not by the program, which is there on the second run whoever brought it.
 */
function wanted(m: Context, { ownersContainerd }: PackagesSeen): AptPlan {
  const need = needOf(m);
  const containerd = ownersContainerd ? [] : [containerdFor(need)];
  return m.supply.packages([...packagesFor(need), ...containerd], need);
}

/** A proxy of the machine's own for packages stays in charge of what comes by http: it may be a cache, or know what this computer does not. */
function throughRelay(m: Context): AptRelay | undefined {
  const port = relayPort(m);
  const { proxy, packageProxy } = m.facts;
  return port === undefined
    ? undefined
    : {
        port,
        https: originsBy(m.config.mirrors).packages,
        http: proxy === undefined && packageProxy === undefined,
      };
}

async function hasContainerd(m: Context, { name }: AptPackage): Promise<boolean> {
  const { stdout } = await m.run.query(
    reads`dpkg-query -W -f ${'${db:Status-Status} ${Version}'} ${name} 2>/dev/null || true`,
  );
  const found = /^installed (?:\d+:)?(\d+)\.(\d+)/.exec(stdout.trim());
  if (found === null) return false;
  const [major, minor] = [Number(found[1]), Number(found[2])];
  return major > OLDEST_CONTAINERD[0] || (major === OLDEST_CONTAINERD[0] && minor >= OLDEST_CONTAINERD[1]);
}
