import { needOf } from '../../artifacts/need.js';
import { containerdFor, DOCKERS_CONTAINERD, packagesFor } from '../../artifacts/packages.js';
import type { AptPlan } from '../../artifacts/supply.js';
import type { Context, Stage } from '../../engine/stage.js';
import { satisfied } from '../../engine/stage.js';
import { aptSource } from '../../resources/apt-source.js';
import { packages } from '../../resources/packages.js';
import { targets } from '../../resources/targets.js';
import { reads } from '../../shell/command.js';
import { CHECKED } from './check.js';

export interface PackagesSeen {
  /** The owner has containerd out of Docker's packages. */
  readonly dockersContainerd: boolean;
}

/**
 * Installs what is missing with the machine's own package manager. Which packages were not there before is in the ledger; exactly
 * these are purged at teardown. Services that packages would start by themselves stay off: kmon has units of its own.
 */
export const installPackages: Stage<PackagesSeen> = {
  id: 'packages',
  title: 'Install packages',
  after: CHECKED,
  on: 'all',
  apart: true,
  settleMs: 0,
  notes: () => [targets()],
  look: async (m) => {
    const { names } = wanted(m, { dockersContainerd: false });
    return {
      dockersContainerd: !names.includes(DOCKERS_CONTAINERD.name) && (await hasDockersContainerd(m)),
    };
  },
  foresee: () => ({ dockersContainerd: false }),
  judge: () => satisfied('all there'),
  resources: (seen, m) => {
    const { sources, names } = wanted(m, seen);
    return [...sources.map(aptSource), packages({ names: names.toSorted() })];
  },
};

/**
 * Of containerd the program only: the distribution's, or Docker's where that is too old or the owner has Docker's already, which has runc in
 * it. Told by the package and not by the program, which is there on the second run whoever brought it.
 */
function wanted(m: Context, { dockersContainerd }: PackagesSeen): AptPlan {
  const need = needOf(m);
  const containerd = dockersContainerd ? [] : [containerdFor(need)];
  return m.supply.packages([...packagesFor(need), ...containerd], need);
}

async function hasDockersContainerd(m: Context): Promise<boolean> {
  const docker = await m.run.query(
    reads`dpkg-query -W -f ${'${db:Status-Status}'} ${DOCKERS_CONTAINERD.name} 2>/dev/null || true`,
  );
  return docker.stdout.trim() === 'installed';
}
