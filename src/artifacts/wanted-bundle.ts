import type { Bundle, BundlePart } from '../bundle/bundle.js';
import { findImage, isImage } from '../bundle/parts.js';
import type { ImageSet, OwnFile, PulledFile, Release, WantedBundle } from '../bundle/wanted.js';
import { POD_NETWORKS } from '../config/sections/kubernetes.js';
import { KmonError } from '../errors/kmon-error.js';
import type { ImageAt } from '../fetch/registry.js';
import { ownVersion } from '../here/own-folder.js';
import { chartArchive } from '../render/chart-archive.js';
import { PROCESSORS } from './architecture.js';
import type { Artifact, Chart, Image } from './artifact.js';
import { CHART_TYPE, CHARTS } from './charts.js';
import { IMAGES, registryOf } from './images.js';
import { hasAlertmanager, isOfRoom } from './need.js';
import type { NeedingConfig } from './need.js';
import { PROGRAMS } from './programs.js';
import { kubeadmSource, newestOf, releasesOf } from './releases.js';

/** What of kmon.yaml decides what a bundle holds. */
export type BundleConfig = NeedingConfig;

/**
 * What a bundle for that room is made of: the newest release of its minor version, unless a bundle that is there has one already.
 *
 * @param architectures as Debian names them
 * @param o.ask gives what is at an address as text
 * @throws KmonError `precondition` when there is no such version, or it cannot be told
 */
export async function wantedBundle(
  config: BundleConfig,
  architectures: readonly string[],
  o: { readonly ask: (url: string) => Promise<string>; readonly kubernetes?: string },
): Promise<WantedBundle> {
  const kubernetes = o.kubernetes ?? (await newest(config.kubernetes.version, o.ask));
  const tags = tagsIn(await o.ask(kubeadmSource(kubernetes)), kubernetes);
  return {
    kubernetes,
    architectures,
    sources: [
      ...architectures.flatMap((architecture) => [
        ...releases(kubernetes, architecture),
        ...imageSets(config, kubernetes, architecture, tags),
      ]),
      ...charts(config),
    ],
  };
}

/** Whether a room of that kmon.yaml needs the part. What is not known by name may be needed. */
export function isPartNeeded({ kind, name, images }: BundlePart, config: BundleConfig): boolean {
  const named: readonly Artifact[] = kind === 'binary' ? PROGRAMS : CHARTS;
  const known =
    kind === 'images'
      ? images.map((ref) => IMAGES.find((i) => isImage(ref, i.name)))
      : [named.find((a) => a.name === name)];
  return known.some((artifact) => artifact === undefined || isWanted(artifact, config));
}

/** The pod networks that a bundle has all of. */
export function networksOf(bundle: Bundle): readonly string[] {
  return POD_NETWORKS.filter((network) =>
    IMAGES.filter((i) => i.neededBy.networks?.includes(network) === true).every(
      (i) => findImage(bundle, i.name) !== undefined,
    ),
  );
}

function isWanted(artifact: Artifact, { kubernetes, monitoring, addons }: BundleConfig): boolean {
  const { profile, grafana } = monitoring;
  const alerts = hasAlertmanager(monitoring);
  // Nobody knows beforehand which commands a class will type.
  const { command } = artifact.neededBy;
  const need = { network: kubernetes.network, profile, grafana, alerts, addons };
  return isOfRoom(artifact, { ...need, ...(command === undefined ? {} : { command }) });
}

async function newest(minor: string, ask: (url: string) => Promise<string>): Promise<string> {
  const told = (
    await ask(newestOf(minor)).catch((error: unknown) => {
      throw error instanceof KmonError ? error.during(`Kubernetes ${minor}`) : error;
    })
  ).trim();
  if (new RegExp(String.raw`^v${minor.replace('.', String.raw`\.`)}\.\d+$`).test(told)) return told;
  throw new KmonError('precondition', `${newestOf(minor)} names no release of Kubernetes ${minor}`, {
    hint: 'something on the way answers in its place: use another network or mirror',
  });
}

/** Versions of the images that kubeadm asks for and Kubernetes does not release itself, by their names. */
type Tags = ReadonlyMap<string, string>;

function tagsIn(source: string, kubernetes: string): Tags {
  const constant = (name: string): string => {
    const found = new RegExp(String.raw`^\s*${name}\s*=\s*"([\w.-]+)"`, 'm').exec(source)?.[1];
    if (found !== undefined) return found;
    throw new KmonError('precondition', `the source of kubeadm ${kubernetes} does not tell its ${name}`, {
      hint: `look at ${kubeadmSource(kubernetes)}, which may be newer than what is known here`,
    });
  };
  return new Map([
    ['etcd', constant('DefaultEtcdVersion')],
    ['coredns', constant('CoreDNSVersion')],
    ['pause', constant('PauseVersion')],
  ]);
}

function releases(kubernetes: string, architecture: string): readonly Release[] {
  return releasesOf(kubernetes, processorOf(architecture)).map(({ version, url, sumUrl, programs }) => ({
    kind: 'release',
    url,
    sumUrl,
    parts: programs.map(({ name, neededBy, folder, member }) => ({
      ...{ name, kind: 'binary', version, file: `${architecture}/${folder}/${name}.gz`, for: neededBy.roles },
      architecture,
      packed: true,
      ...(member === undefined ? {} : { member }),
    })),
  }));
}

/** One archive for what the same machines need for the same reason: an archive is loaded whole, and left away whole. */
function imageSets(
  config: BundleConfig,
  kubernetes: string,
  architecture: string,
  tags: Tags,
): readonly ImageSet[] {
  const groups = new Map<string, readonly Image[]>();
  for (const image of IMAGES.filter((i) => isWanted(i, config))) {
    const { roles, networks, profiles, addon, command } = image.neededBy;
    const name = [
      command ?? addon ?? networks?.[0] ?? profiles?.[0] ?? 'kubernetes',
      roles.length > 1 ? 'all' : roles[0],
      'images',
    ].join('-');
    groups.set(name, [...(groups.get(name) ?? []), image]);
  }
  return [...groups].map(([name, images]) => {
    const pinned = images.find((i) => i.tag !== undefined && !tags.has(i.name))?.tag;
    return {
      kind: 'images',
      part: {
        ...{
          name,
          kind: 'images',
          version: pinned ?? kubernetes,
          file: `${architecture}/images/${name}.tar`,
        },
        ...{ for: images[0]?.neededBy.roles ?? [], architecture },
      },
      processor: processorOf(architecture),
      images: images.map((image) => imageIn(image, tags.get(image.name) ?? image.tag ?? kubernetes)),
    };
  });
}

function imageIn({ repository }: Image, tag: string): ImageSet['images'][number] {
  return {
    name: `${repository}:${tag}`,
    at: atRegistry(repository, tag),
  };
}

function atRegistry(repository: string, tag: string): ImageAt {
  return {
    registry: `https://${registryOf(repository)}`,
    repository: repository.slice(repository.indexOf('/') + 1),
    tag,
  };
}

function charts(config: BundleConfig): readonly (OwnFile | PulledFile)[] {
  return CHARTS.filter((chart) => isWanted(chart, config)).map(chartSource);
}

function chartSource(chart: Chart): OwnFile | PulledFile {
  const { name, neededBy } = chart;
  const file = `charts/${name}.tgz`;
  if ('template' in chart)
    return {
      kind: 'own',
      part: { name, kind: 'chart', version: ownVersion(), file, for: neededBy.roles },
      content: () => chartArchive(chart.template, name),
    };
  const { repository, version } = chart;
  return {
    kind: 'pulled',
    part: { name, kind: 'chart', version, file, for: neededBy.roles },
    at: { ...atRegistry(repository, version), what: 'chart' },
    mediaType: CHART_TYPE,
  };
}

function processorOf(architecture: string): string {
  return PROCESSORS[architecture] ?? architecture;
}
