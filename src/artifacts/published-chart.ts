import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MirrorsConfig } from '../config/config.js';
import { MIRRORED_REGISTRIES } from '../config/sections/mirrors.js';
import { KmonError } from '../errors/kmon-error.js';
import { refused } from '../fetch/failures.js';
import { openRegistries } from '../fetch/registry.js';
import type { ImageAt } from '../fetch/registry.js';
import { bytesOf, openWeb } from '../fetch/web.js';
import type { Web } from '../fetch/web.js';
import { userCache } from '../here/user-cache.js';
import { keepFile } from '../here/private-files.js';
import type { PublishedChart } from './artifact.js';
import { CHART_TYPE } from './charts.js';
import { registryOf } from './images.js';

/** What a chart of a megabyte may take on a bad line. */
const PATIENCE_MS = 120_000;

/**
 * The archive of a chart, fetched by this computer once and kept below the user's cache: its version never means other bytes. A mirror of its
 * registry is asked before the registry itself.
 *
 * @throws KmonError `precondition` when it cannot be had, with what to do then
 */
export async function fetchChart(
  chart: PublishedChart,
  mirrors: MirrorsConfig,
  { web, cache }: { readonly web?: Web; readonly cache?: string } = {},
): Promise<Buffer> {
  const kept = keptChart(chart, cache);
  const known = await readFile(kept).catch(() => undefined);
  if (known !== undefined) return known;
  const opened = web ?? openWeb(process.env);
  try {
    const bytes = await fromFirst(placesOf(chart, mirrors), opened, chart);
    await keepFile(kept, bytes).catch((error: unknown) => {
      throw new KmonError('precondition', `the chart cannot be kept in ${dirname(kept)}`, {
        evidence: error instanceof Error ? error.message : String(error),
        hint: 'make that folder writable, or name another one in KMON_CACHE',
      });
    });
    return bytes;
  } finally {
    if (web === undefined) await opened.close();
  }
}

/** Where its archive lies on this computer once it was fetched. */
export function keptChart({ name, version }: PublishedChart, cache = userCache()): string {
  return join(cache, 'charts', `${name}-${version}.tgz`);
}

async function fromFirst(places: readonly ImageAt[], web: Web, chart: PublishedChart): Promise<Buffer> {
  let failure: unknown;
  const reasons: string[] = [];
  for (const at of places) {
    try {
      return await pull(at, web);
    } catch (error) {
      failure = error;
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  // What the mirror has said as well: it may be all that there is.
  const because = [...new Set(reasons)].join('; ');
  throw new KmonError('precondition', `the chart ${chart.name} ${chart.version} cannot be fetched`, {
    evidence: because,
    hint: 'let this computer reach ghcr.io, make a bundle where there is Internet (`kmon bundle make`), or set monitoring.profile to lite in kmon.yaml',
    cause: failure,
  });
}

async function pull(at: ImageAt, web: Web): Promise<Buffer> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const registries = openRegistries(web, signal);
  const { digest } = await registries.file(at, CHART_TYPE);
  const { url, headers } = registries.blob(at, digest);
  const answer = await web.ask(url, { headers, signal });
  if (answer.status !== 200) throw refused(url, answer);
  const bytes = await bytesOf(answer, url, signal);
  if (`sha256:${createHash('sha256').update(bytes).digest('hex')}` === digest) return bytes;
  throw new KmonError('precondition', `what ${new URL(url).host} gives has another checksum than it says`);
}

/** The mirror of its registry, if there is one, and then that itself. */
function placesOf({ repository, version }: PublishedChart, mirrors: MirrorsConfig): readonly ImageAt[] {
  const [host = ''] = repository.split('/');
  const path = repository.slice(host.length + 1);
  const itself: ImageAt = {
    ...{ registry: `https://${registryOf(repository)}`, repository: path, tag: version },
    what: 'chart',
  };
  const registry = MIRRORED_REGISTRIES.find((r) => r === host);
  const mirror = registry === undefined ? undefined : mirrors.images[registry];
  if (mirror === undefined) return [itself];
  const { origin, pathname } = new URL(mirror);
  const below = pathname.replace(/^\/|\/$/g, '');
  return [{ ...itself, registry: origin, repository: below === '' ? path : `${below}/${path}` }, itself];
}
