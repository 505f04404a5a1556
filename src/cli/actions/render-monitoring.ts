import { join, resolve } from 'node:path';
import type { Addon, RenderedChart, Rendering } from '../../addons/addon.js';
import { ADDONS } from '../../addons/index.js';
import { ownDashboards } from '../../addons/own-dashboards.js';
import { supplyFor } from '../../artifacts/supply-for.js';
import { readBundle } from '../../bundle/read.js';
import { decideNetwork, withNetwork } from '../../artifacts/pod-network.js';
import { decideProfile, profileText, withProfile } from '../../artifacts/profile.js';
import type { ProfileDecision } from '../../artifacts/profile.js';
import type { Supply } from '../../artifacts/supply.js';
import type { Config, ReadConfig } from '../../config/config.js';
import { loadConfig, shownPath } from '../../config/load.js';
import { KmonError } from '../../errors/kmon-error.js';
import { FILLED, fillFolder, mayFill } from '../../here/filled-folder.js';
import { liveRunner } from '../../runner/live.js';
import { helmTemplate } from '../../tools/helm.js';
import { localTransport } from '../../transport/local.js';
import type { Io } from '../io.js';
import { withView } from '../with-view.js';

interface RenderOptions {
  readonly config: string | undefined;
  readonly json: boolean;
  readonly out: string | undefined;
}

const MANIFESTS = 'manifests.yaml';

/** `kmon render monitoring` */
export function renderMonitoring(io: Io, options: RenderOptions): Promise<number> {
  return withView(io, options, async (view) => {
    const read = await loadConfig(options.config, io.cwd);
    if (options.out === undefined)
      throw new KmonError('usage', 'kmon render monitoring does not know where to write', {
        hint: 'name a folder: kmon render monitoring --out monitoring',
      });
    const folder = resolve(io.cwd, options.out);
    const shown = shownPath(folder, io.cwd);
    const supply = await supplyOf(read);
    const decision = decideProfile(read, supply);
    const config = withNetwork(withProfile(read, decision), decideNetwork(read));
    await ownDashboards(config);
    const { id, rendering } = await rendered(config, supply);
    const former = await mayFill(folder, shown);
    await fillFolder(folder, rendering.files, { shown, former });
    const manifests = await manifestsOf(io, folder, rendering, config);
    const files = [
      ...rendering.files,
      ...(manifests === undefined ? [] : [{ path: MANIFESTS, text: manifests }]),
    ];
    if (manifests !== undefined)
      await fillFolder(folder, files, { shown, former: rendering.files.map((f) => f.path) });
    view.result(told(shown, decision, rendering, manifests !== undefined), {
      folder,
      profile: id,
      files: files.map((f) => f.path),
      manifests: manifests !== undefined,
      wants: rendering.wants,
    });
    return 0;
  });
}

/** Which images a bundle has is in its list; whether they are whole does not matter here. */
async function supplyOf(config: ReadConfig): Promise<Supply> {
  return supplyFor(config, config.bundle === undefined ? undefined : await readBundle(config.bundle));
}

async function rendered(
  config: Config,
  supply: Supply,
): Promise<{ readonly id: string; readonly rendering: Rendering }> {
  const wanted = ADDONS.filter((a) => a.group === 'monitoring' && a.notWanted(config) === undefined);
  const addon = wanted.find((a): a is Addon & Required<Pick<Addon, 'render'>> => a.render !== undefined);
  if (addon === undefined)
    throw new KmonError('bug', `nothing writes the profile ${config.monitoring.profile} as files`);
  return { id: addon.id, rendering: await addon.render(config, supply) };
}

/** `undefined`: this computer has no helm, or not the chart. */
async function manifestsOf(
  { signal }: Io,
  folder: string,
  { release }: Rendering,
  config: Config,
): Promise<string | undefined> {
  const chart = chartHere(folder, release.chart);
  if (chart === undefined) return undefined;
  const transport = localTransport('this computer');
  try {
    const run = liveRunner({ machine: 'this computer', transport, sudo: { mode: 'user' }, signal });
    const { exitCode, stdout } = await run.query(
      helmTemplate('helm', {
        ...release,
        chart,
        values: join(folder, release.values),
        kubernetes: config.kubernetes.version,
      }),
    );
    return exitCode === 127 ? undefined : stdout;
  } finally {
    await transport.close();
  }
}

/** Nothing is fetched for this. */
function chartHere(folder: string, chart: RenderedChart): string | undefined {
  return chart.comesAs === 'folder' ? join(folder, chart.folder) : chart.file;
}

function told(
  shown: string,
  decision: ProfileDecision,
  { holds, release, wants }: Rendering,
  hasManifests: boolean,
): string {
  const at = (path: string): string => `${shown}/${path}`;
  const { chart } = release;
  const named = chart.comesAs === 'folder' ? at(chart.folder) : `${chart.name} --version ${chart.version}`;
  const command = `helm template ${release.release} ${named} --namespace ${release.namespace} -f ${at(release.values)}`;
  const open = profileText(decision);
  const lacking =
    chart.comesAs === 'published' && chart.file === undefined
      ? `the chart's manifests are left out: it is not fetched for this; \`${command}\` fetches it and makes them`
      : `manifests are left out: there is no helm on this computer; where there is one, \`${command}\` makes them`;
  return [
    `the monitoring of the profile ${decision.profile} is in ${shown}: ${holds}`,
    ...(open === undefined ? [] : [open]),
    hasManifests ? `manifests: ${at(MANIFESTS)}` : lacking,
    `before it is installed by hand it wants ${wants.join(', and ')}`,
    `${at(FILLED)} says what kmon wrote: it writes that folder again as long as nobody changes these files`,
  ].join('\n');
}
