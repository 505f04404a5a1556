import { KMON_FOLDER } from '../config/names.js';
import { chartArchive } from '../render/chart-archive.js';
import { APT_SOURCES } from './apt-sources.js';
import type { AptSource } from './apt-sources.js';
import type { AptPackage } from './artifact.js';
import { architectureInWords, PROCESSORS } from './architecture.js';
import { IMAGES, published, registryOf } from './images.js';
import { isOfRoom } from './need.js';
import type { Need } from './need.js';
import { containerdFor, packagesFor } from './packages.js';
import type { Misfit, SourceHost, Supply } from './supply.js';

const HTTPS = 443;

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
  hosts: (need) => [...packageHosts(need), ...imageHosts(need)],
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

function packageHosts(need: Need): readonly SourceHost[] {
  const sources = sourcesOf([...packagesFor(need), containerdFor(need)], need);
  const hosts = sources.flatMap(({ line, sendsTo }) => [
    new URL(line.split(' ')[0] ?? '').hostname,
    ...(sendsTo === undefined ? [] : [sendsTo]),
  ]);
  return [...new Set(hosts)].map((host) => ({ host, port: HTTPS, gives: 'packages' }));
}

/** Those of the whole room: a registry that only the parent's pods come from is tried from everywhere, so that one look tells who is cut off. */
function imageHosts(need: Need): readonly SourceHost[] {
  const hosts = IMAGES.filter((i) => isOfRoom(i, need)).map((i) => registryOf(i.repository));
  return [...new Set(hosts)].map((host) => ({ host, port: HTTPS, gives: 'images' }));
}
