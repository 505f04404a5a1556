import { KMON_FOLDER } from '../config/names.js';
import { chartArchive } from '../render/chart-archive.js';
import { APT_SOURCES, releaseOf } from './apt-sources.js';
import type { AptSource } from './apt-sources.js';
import type { AptPackage } from './artifact.js';
import { architectureInWords, PROCESSORS } from './architecture.js';
import { DOCKER_REGISTRY, IMAGES, PAUSE, published, registryOf } from './images.js';
import { isOfRoom } from './need.js';
import type { Need } from './need.js';
import { containerdFor, packagesFor } from './packages.js';
import type { Misfit, Sample, Supply } from './supply.js';

/**
 * Where a registry sends on to other names, which what is between may not let through: what is asked there too. Only what every image takes:
 * some choose another name for everybody who asks.
 */
const SENT_ON: Readonly<Record<string, string>> = {
  'registry.k8s.io': `https://registry.k8s.io/v2/pause/manifests/${PAUSE.tag ?? 'latest'}`,
  'ghcr.io': 'https://pkg-containers.githubusercontent.com/',
  [DOCKER_REGISTRY]: 'https://auth.docker.io/token?service=registry.docker.io',
};

/** The Internet: apt installs what there are packages of, and images are pulled from where they are published. */
export const onlineSupply: Supply = {
  called: 'the Internet',
  fetched: true,
  // Where Debian puts programs.
  programFolder: '/usr/bin',
  program: ({ name, packageFolder }) => ({
    path: `${packageFolder}/${name}`,
    comesAs: 'package',
    origin: `the installed ${name}`,
  }),
  packages: (wanted, need) => ({ names: wanted.map((p) => p.name), sources: sourcesOf(wanted, need) }),
  image: published,
  indispensable: published,
  chart: ({ name, template }) => ({
    comesAs: 'made',
    path: `${KMON_FOLDER}/charts/${name}.tgz`,
    make: () => chartArchive(template, name),
  }),
  sentTo: () => ({ files: [], archives: [] }),
  samples: (need) => [...packageSamples(need), ...imageSamples(need)],
  misfit: lacksPackages,
};

export function lacksPackages(architecture: string): Misfit | undefined {
  if (architecture in PROCESSORS) return undefined;
  return {
    evidence: `the system is ${architectureInWords(architecture)}, which there are no packages of Kubernetes for`,
    remedy: 'install the 64 bit edition of the system, or leave the machine out of kmon.yaml',
  };
}

function sourcesOf(wanted: readonly AptPackage[], need: Need): readonly AptSource[] {
  const names = new Set(wanted.map((p) => p.source));
  return Object.values(APT_SOURCES)
    .map((sourceFor) => sourceFor(need))
    .filter(({ name }) => names.has(name));
}

function packageSamples(need: Need): readonly Sample[] {
  return sourcesOf([...packagesFor(need), containerdFor(need)], need).flatMap((source) => [
    { gives: 'packages', url: source.key, proof: 'key' },
    { gives: 'packages', url: releaseOf(source), proof: 'release' },
  ]);
}

/** Those of the whole room: a registry that only the parent's pods come from is tried from everywhere, so that one look tells who is cut off. */
function imageSamples(need: Need): readonly Sample[] {
  const registries = IMAGES.filter((i) => isOfRoom(i, need)).map((i) => registryOf(i.repository));
  return [...new Set(registries)].flatMap((host) => {
    const beyond = SENT_ON[host];
    return [
      { gives: 'images', url: `https://${host}/v2/`, proof: 'registry' },
      ...(beyond === undefined ? [] : [{ gives: 'images', url: beyond, proof: 'answer' } as const]),
    ];
  });
}
