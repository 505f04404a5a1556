import { bundleSupply } from '../../artifacts/bundle-supply.js';
import { containerdFor, packagesFor } from '../../artifacts/packages.js';
import { onlineSupply } from '../../artifacts/online-supply.js';
import { decideNetwork, withNetwork } from '../../artifacts/pod-network.js';
import { decideProfile, profileText, withProfile } from '../../artifacts/profile.js';
import { wantedBundle } from '../../artifacts/wanted-bundle.js';
import type { Bundle } from '../../bundle/bundle.js';
import { inMegabytes } from '../../bundle/bytes.js';
import { fillBundle } from '../../bundle/make/fill.js';
import type { Progress } from '../../bundle/make/fill.js';
import { bundleThere, bytesToFetch, planBundle } from '../../bundle/make/plan.js';
import type { BundlePlan, Job } from '../../bundle/make/plan.js';
import { needSpace } from '../../bundle/make/space.js';
import type { Config } from '../../config/config.js';
import { loadConfig, shownPath } from '../../config/load.js';
import { openRegistries } from '../../fetch/registry.js';
import { openWeb, textAt } from '../../fetch/web.js';
import type { Web } from '../../fetch/web.js';
import { tableText } from '../../ui/table.js';
import type { View } from '../../ui/view.js';
import { bundleFolder, refuseOtherVersion } from '../bundle-here.js';
import type { Io } from '../io.js';
import { withView } from '../with-view.js';
import type { ShowOptions } from '../with-view.js';

export interface BundleMakeOptions extends ShowOptions {
  readonly folder: string | undefined;
  /** Absent: those of the bundle that is there. */
  readonly arch: readonly string[] | undefined;
  readonly dryRun: boolean;
  readonly config: string | undefined;
}

/** How often it is told how far it is. */
const TELL_MS = 3_000;

/** `kmon bundle make` */
export function bundleMakeCommand(io: Io, o: BundleMakeOptions): Promise<number> {
  return withView(io, o, async (view) => {
    const web = openWeb(io.env);
    try {
      return await make(io, o, view, web);
    } finally {
      await web.close();
    }
  });
}

async function make(io: Io, o: BundleMakeOptions, view: View, web: Web): Promise<number> {
  const { signal } = io;
  const say = (text: string): void => {
    view.handle({ type: 'note', text });
  };
  // It is for a room that needs no Internet any more: where kmon.yaml leaves it open, for all that this room may have.
  const read = await loadConfig(o.config, io.cwd);
  const profile = decideProfile(read, onlineSupply);
  // `auto` does not come to flannel, which passes where vxlan passes, and vxlan needs no image: nothing is fetched for it.
  const config = withNetwork(withProfile(read, profile), decideNetwork(read));
  const folder = bundleFolder(io.cwd, o.folder, config);
  const there = await bundleThere(folder);
  if (there !== undefined) refuseOtherVersion(there, config);
  const text = profileText(profile);
  if (text !== undefined) say(text);
  say('asking what there is, and how large it is');
  const wanted = await wantedBundle(config, o.arch ?? there?.architectures ?? ['amd64'], {
    ask: (url) => textAt(web, url, { signal }),
    ...(there === undefined ? {} : { kubernetes: there.kubernetes }),
  });
  const plan = await planBundle(wanted, folder, { web, registries: openRegistries(web, signal), signal });
  const shown = shownPath(folder, io.cwd);
  if (o.dryRun) {
    view.result(await planText(plan, shown), await planData(plan));
    return 0;
  }
  await needSpace(plan);
  const bundle = await fillBundle(plan, { web, signal, told: throttled(say) });
  view.result(resultText(bundle, plan, config, shown), {
    folder,
    kubernetes: bundle.kubernetes,
    architectures: bundle.architectures,
    parts: bundle.parts.length,
    bytes: sizeOf(bundle),
    made: plan.jobs.filter((job) => job.there === undefined).flatMap((job) => job.parts.map((p) => p.file)),
  });
  return 0;
}

/** Not each packet, and the end in any case. */
function throttled(say: (text: string) => void): (progress: Progress) => void {
  let last = 0;
  return ({ doneBytes, allBytes, what }) => {
    const now = Date.now();
    const ends = doneBytes >= allBytes && allBytes > 0;
    if (now - last < TELL_MS && !ends) return;
    last = now;
    say(`${inMegabytes(doneBytes)} of ${inMegabytes(allBytes)}: ${what}`);
  };
}

async function planText(plan: BundlePlan, shown: string): Promise<string> {
  const rows = await Promise.all(
    plan.jobs.map(async (job) => [
      job.parts.map((p) => p.name).join(', '),
      job.parts[0]?.version ?? '',
      job.parts[0]?.architecture ?? 'all',
      sourceOf(job),
      await stateOf(plan, job),
    ]),
  );
  const titles = ['what', 'version', 'for', 'from', 'to fetch'].map((title) => ({ title }));
  const { kubernetes, architectures } = plan.wanted;
  return [
    `${shown}: Kubernetes ${kubernetes} for ${architectures.join(' and ')}`,
    tableText(titles, rows),
    `to fetch: ${inMegabytes(await toFetch(plan))}; nothing was fetched`,
  ].join('\n');
}

async function planData(plan: BundlePlan): Promise<object> {
  return {
    folder: plan.folder,
    kubernetes: plan.wanted.kubernetes,
    bytes: await toFetch(plan),
    files: plan.jobs.map((job) => ({
      parts: job.parts.map((p) => p.file),
      from: job.from,
      bytes: job.pieces.reduce((sum, p) => sum + p.sizeBytes, 0),
      there: job.there !== undefined,
    })),
  };
}

function sourceOf({ source, pieces }: Job): string {
  if (source.kind === 'own') return 'kmon';
  if (source.kind === 'release') return new URL(source.url).host;
  return [...new Set(pieces.map((p) => new URL(p.url).host))].join(', ');
}

async function stateOf({ folder }: BundlePlan, job: Job): Promise<string> {
  if (job.there !== undefined) return 'there already';
  if (job.pieces.length === 0) return 'nothing';
  const bytes = await Promise.all(job.pieces.map((piece) => bytesToFetch(folder, piece)));
  return inMegabytes(bytes.reduce((sum, n) => sum + n, 0));
}

/** Each piece once, however many archives have it. */
async function toFetch({ folder, jobs }: BundlePlan): Promise<number> {
  const todo = jobs.filter((job) => job.there === undefined);
  const pieces = new Map(todo.flatMap((job) => job.pieces.map((p) => [p.sha256, p] as const)));
  const bytes = await Promise.all([...pieces.values()].map((piece) => bytesToFetch(folder, piece)));
  return bytes.reduce((sum, n) => sum + n, 0);
}

function sizeOf({ parts }: Bundle): number {
  return parts.reduce((sum, p) => sum + p.sizeBytes, 0);
}

function resultText(bundle: Bundle, plan: BundlePlan, config: Config, shown: string): string {
  const made = plan.jobs.filter((job) => job.there === undefined).length;
  const named = config.bundle === bundle.folder;
  return [
    `${shown}: Kubernetes ${bundle.kubernetes} for ${bundle.architectures.join(' and ')}, ${bundle.parts.length} parts, ${inMegabytes(sizeOf(bundle))}` +
      (made === 0 ? '; everything was there already' : ''),
    `from their own apt mirror the machines still take: ${packagesOf(bundle, config).join(', ')}`,
    named ? 'next: kmon up' : `next: write "bundle: ${shown}" into kmon.yaml, then kmon up`,
  ].join('\n');
}

/** What no bundle brings, where a machine has it not already. */
function packagesOf(bundle: Bundle, { kubernetes, monitoring }: Config): readonly string[] {
  const need = {
    role: 'parent',
    version: kubernetes.version,
    network: kubernetes.network,
    profile: monitoring.profile,
  } as const;
  const { names } = bundleSupply(bundle).packages([...packagesFor(need), containerdFor(need)], need);
  return names.toSorted();
}
