import type { MirrorsConfig } from '../config/config.js';
import { KMON_FOLDER } from '../config/names.js';
import { MIRRORS } from '../config/sections/mirrors.js';
import { chartArchive } from '../render/chart-archive.js';
import { APT_SOURCES, releaseOf } from './apt-sources.js';
import type { AptSource } from './apt-sources.js';
import type { AptPackage } from './artifact.js';
import { architectureInWords, PROCESSORS } from './architecture.js';
import { imageSamples, registryMirrorsBy } from './image-samples.js';
import { IMAGES, published } from './images.js';
import { isOfRoom } from './need.js';
import type { Need } from './need.js';
import { containerdFor, packagesFor } from './packages.js';
import { fetchChart, keptChart } from './published-chart.js';
import type { Misfit, Sample, Supply } from './supply.js';

/**
 * The Internet: apt installs what there are packages of, and images are pulled from where they are published. `mirrors` stand in the place of
 * some of it; images keep their names.
 */
export function onlineSupplyBy(mirrors: MirrorsConfig): Supply {
  return {
    called: 'the Internet',
    fetched: true,
    // Where Debian puts programs.
    programFolder: '/usr/bin',
    program: ({ name, packageFolder }) => ({
      path: `${packageFolder}/${name}`,
      comesAs: 'package',
      origin: `the installed ${name}`,
    }),
    packages: (wanted, need) => ({
      names: wanted.map((p) => p.name),
      sources: sourcesOf(wanted, need, mirrors),
    }),
    image: published,
    indispensable: published,
    chart: (chart) => {
      const path = `${KMON_FOLDER}/charts/${chart.name}.tgz`;
      return 'template' in chart
        ? { comesAs: 'made', path, make: () => chartArchive(chart.template, chart.name) }
        : { comesAs: 'made', path, make: () => fetchChart(chart, mirrors), here: keptChart(chart) };
    },
    profile: 'stack',
    sentTo: () => ({ files: [], archives: [] }),
    lacking: () => [],
    // Images of the whole room: a registry that only the parent's pods come from is tried from everywhere, so that one look tells who is cut off.
    samples: (need) => [
      ...packageSamples(need, mirrors),
      ...imageSamples(
        IMAGES.filter((i) => isOfRoom(i, need)),
        mirrors,
      ),
    ],
    registryMirrors: registryMirrorsBy(mirrors),
    misfit: lacksPackages,
  };
}

/** Without a mirror. */
export const onlineSupply: Supply = onlineSupplyBy(MIRRORS);

export function lacksPackages(architecture: string): Misfit | undefined {
  if (architecture in PROCESSORS) return undefined;
  return {
    evidence: `the system is ${architectureInWords(architecture)}, which there are no packages of Kubernetes for`,
    remedy: 'install the 64 bit edition of the system, or leave the machine out of kmon.yaml',
  };
}

function sourcesOf(wanted: readonly AptPackage[], need: Need, mirrors: MirrorsConfig): readonly AptSource[] {
  const names = new Set(wanted.map((p) => p.source));
  const { kubernetes, docker, helm } = APT_SOURCES;
  return [
    kubernetes(need, mirrors.packages.kubernetes),
    docker(need, mirrors.packages.docker),
    helm(need, mirrors.packages.helm),
  ].filter(({ name }) => names.has(name));
}

function packageSamples(need: Need, mirrors: MirrorsConfig): readonly Sample[] {
  return sourcesOf([...packagesFor(need), containerdFor(need)], need, mirrors).flatMap((source) => [
    { gives: 'packages', url: source.key, proof: 'key' },
    { gives: 'packages', url: releaseOf(source), proof: 'release' },
  ]);
}
