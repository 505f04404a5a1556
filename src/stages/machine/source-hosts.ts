import type { Context } from '../../engine/stage.js';
import { flannelManifest } from '../../render/flannel.js';
import { readTemplate } from '../../render/templates.js';
import { CONTAINERD } from '../../tools/containerd.js';
import type { SourceHost } from '../../trial/sources.js';
import { packageSources } from './packages.js';
import { PAUSE_IMAGE } from './runtime.js';

const HTTPS = 443;

/** The name by which `docker.io` is asked for images; the short one is for people only. */
const DOCKER_REGISTRY = 'registry-1.docker.io';

/** Where the packages and images of this machine come from without a bundle: as the stages that install them say, each host once. */
export async function sourceHosts(m: Context): Promise<readonly SourceHost[]> {
  const packages = packageSources(m).map(({ line }) => new URL(line.split(' ')[0] ?? '').hostname);
  const images = [PAUSE_IMAGE, ...(await networkImages(m)), ...(await monitoringImages(m))].map(registryOf);
  return [
    ...[...new Set(packages)].map((host) => ({ host, port: HTTPS, gives: 'packages' as const })),
    ...[...new Set(images)].map((host) => ({ host, port: HTTPS, gives: 'images' as const })),
  ];
}

async function networkImages(m: Context): Promise<readonly string[]> {
  if (m.config.kubernetes.network !== 'flannel') return [];
  const { podSubnet } = m.config.kubernetes;
  return imagesIn(await flannelManifest({ podSubnet, cniConf: CONTAINERD.cniConf }));
}

/** What kmon's own chart names; the profile without one has its own place to say where it comes from. */
async function monitoringImages(m: Context): Promise<readonly string[]> {
  if (m.config.monitoring.profile !== 'lite') return [];
  return imagesIn(await readTemplate('monitoring/lite/values.yaml'));
}

/** The values of all keys `image` of a YAML file. */
function imagesIn(yaml: string): readonly string[] {
  return [...yaml.matchAll(/^\s*(?:- )?image: "?([^\s"#]+)/gm)].flatMap(([, image]) =>
    image === undefined ? [] : [image],
  );
}

function registryOf(image: string): string {
  const first = image.split('/')[0] ?? '';
  const host = image.includes('/') && /[.:]/.test(first) ? first : 'docker.io';
  return host === 'docker.io' ? DOCKER_REGISTRY : host;
}
