import { KMON_LITE, KUBE_PROMETHEUS_STACK } from '../artifacts/charts.js';
import type { Command } from '../shell/command.js';
import { helmLatest, helmUninstall, helmUpgrade, parseRelease, releaseDigest } from '../tools/helm.js';
import type { Release, ReleaseName } from '../tools/helm.js';
import type { ClusterReader } from './cluster-runner.js';

/** helm waits this long for the hooks of a chart. */
const UPGRADE_SECONDS = 120;

const UNINSTALL_SECONDS = 60;

/** A release as it should be. */
export interface WantedRelease {
  /** Where the chart lies for the helm that installs it: folder or .tgz. */
  readonly chart: string;
  /** YAML or JSON. */
  readonly values: string;
  /** Equal when another upgrade would change nothing. */
  readonly digest: string;
}

/** @param chartDigest of the chart's bytes, or its version. */
export function wantedRelease(chart: string, chartDigest: string, values: string): WantedRelease {
  return { chart, values, digest: releaseDigest(chartDigest, values) };
}

export async function lookAtRelease(cluster: ClusterReader, name: ReleaseName): Promise<Release> {
  return parseRelease(await cluster.query(helmLatest(cluster.helm, name)));
}

/**
 * What kmon installed says so in its description. Somebody else's release of that name is not kmon's to remove; of one that was interrupted nobody
 * says whose it is. One that failed has helm's words there: whose it is the revision says that was deployed before it, and where there never was one, its
 * chart: kmon's own, or one of others under a name that only kmon gives.
 */
export function isKmons(release: Release, { release: name }: ReleaseName): boolean {
  switch (release.state) {
    case 'absent':
      return false;
    case 'interrupted':
      return true;
    case 'deployed':
      return release.digest !== undefined;
    case 'failed':
      return release.before === undefined
        ? isOfChart(release, KMON_LITE.name) ||
            (name.startsWith('kmon-') && isOfChart(release, KUBE_PROMETHEUS_STACK.name))
        : release.before.digest !== undefined;
  }
}

/** Helm says name and version in one word. A name may go on with "-", a version begins with a digit (semver, which helm demands). */
function isOfChart({ chart }: { readonly chart: string }, name: string): boolean {
  return chart.startsWith(`${name}-`) && /^v?\d/.test(chart.slice(name.length + 1));
}

/** Why a release is not as it should be; `undefined`: it is. Says nothing of its pods. */
export function whyUpgrade(name: ReleaseName, release: Release, wanted?: WantedRelease): string | undefined {
  if (release.state !== 'deployed') return `release ${name.release} is ${release.state}`;
  return release.digest === wanted?.digest ? undefined : 'another chart or other values are installed';
}

/** Installs it, or makes it as it should be. One that was interrupted has to be removed first: helm refuses it. */
export function upgradeRelease(
  cluster: ClusterReader,
  name: ReleaseName,
  wanted: WantedRelease,
): Command<'changes'> {
  return helmUpgrade(cluster.helm, { ...name, ...wanted, timeoutSeconds: UPGRADE_SECONDS });
}

/** Takes away what the release brought. */
export function removeRelease(cluster: ClusterReader, name: ReleaseName): Command<'changes'> {
  return helmUninstall(cluster.helm, { ...name, timeoutSeconds: UNINSTALL_SECONDS });
}
