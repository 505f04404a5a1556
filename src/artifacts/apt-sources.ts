import type { OsBase } from '../facts/facts.js';
import type { AptSourceName } from './artifact.js';
import type { Need } from './need.js';

/** A repository of packages as apt is told of it. */
export interface AptSource {
  readonly name: AptSourceName;
  /** What follows `deb [signed-by=…]`: address, suite, components. */
  readonly line: string;
  /** The https address of its key. */
  readonly key: string;
}

/** Below these addresses each of them is published. */
export const PUBLISHED: Readonly<Record<AptSourceName, string>> = {
  kubernetes: 'https://pkgs.k8s.io',
  docker: 'https://download.docker.com',
  helm: 'https://packages.buildkite.com/helm-linux/helm-debian',
};

/** In the order in which a machine is told of them. `mirror`: the address that stands in place of where they are published. */
export const APT_SOURCES: Readonly<Record<AptSourceName, (need: Need, mirror?: string) => AptSource>> = {
  kubernetes: ({ version }, mirror = PUBLISHED.kubernetes) => {
    const folder = `${mirror}/core:/stable:/v${version}/deb/`;
    return { name: 'kubernetes', line: `${folder} /`, key: `${folder}Release.key` };
  },
  docker: ({ base }, mirror = PUBLISHED.docker) => {
    const { distribution, codename } = dockerSuite(base);
    const folder = `${mirror}/linux/${distribution}`;
    return { name: 'docker', line: `${folder} ${codename} stable`, key: `${folder}/gpg` };
  },
  helm: (_, folder = PUBLISHED.helm) => {
    return { name: 'helm', line: `${folder}/any/ any main`, key: `${folder}/gpgkey` };
  },
};

/** Address of its signed table of contents, which apt fetches first. */
export function releaseOf({ line }: Pick<AptSource, 'line'>): string {
  const [folder = '', suite = ''] = line.split(' ');
  const base = folder.replace(/\/$/, '');
  // A suite that ends so is the folder itself.
  return suite.endsWith('/') ? `${base}${suite}InRelease` : `${base}/dists/${suite}/InRelease`;
}

/** Docker has packages for releases. What is made from none has newer libraries than the newest of these, for which they were made. */
const NEWEST = { debian: 'trixie', ubuntu: 'noble' } as const;

function dockerSuite(base: OsBase | undefined): Pick<OsBase, 'distribution' | 'codename'> {
  const { distribution, codename } = base ?? { distribution: 'debian', codename: '' };
  return { distribution, codename: codename === '' ? NEWEST[distribution] : codename };
}
