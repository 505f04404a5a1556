// What scripts/conformance does; see there.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { interruption } from '../bench.d/interruption.js';
import { KIND, withCluster } from './cluster.js';
import { removeKilledRuns } from '../bench.d/lab-folder.js';
import { importImages } from './images.js';
import { runTests } from './run-tests.js';
import { settings } from './settings.js';
import type { Settings } from './settings.js';
import { asJson, asMarkdown } from './show.js';
import { isGood } from './summary.js';
import type { NetworkRun } from './summary.js';

const LIMIT_MS = 7_200_000;
/** How many tests end between two lines of progress. */
const TOLD_EVERY = 10;

async function onNetwork(o: Settings, network: string, signal: AbortSignal): Promise<NetworkRun> {
  say(`network ${network}: a cluster of ${o.children + 1} machines`);
  return withCluster({ ...o, network, signal }, async (cluster) => {
    say(`network ${network}: the images of the tests`);
    await importImages(cluster, join(o.tests, 'e2e.tar'), signal);
    say(`network ${network}: the tests`);
    const began = performance.now();
    const folder = join(cluster.folder, 'tests');
    mkdirSync(folder);
    const report = await runTests({
      ...cluster,
      folder,
      tests: o.tests,
      selection: o.selection,
      processes: o.processes,
      limitMs: LIMIT_MS,
      signal,
      onProgress: (ended) => {
        if (ended % TOLD_EVERY === 0) say(`network ${network}: ${ended} tests have ended`);
      },
    });
    const seconds = Math.round((performance.now() - began) / 1000);
    return { network, kubernetes: cluster.kubernetes, machines: o.children + 1, seconds, report };
  });
}

async function main(): Promise<void> {
  const o = settings(process.argv.slice(2));
  const of = readFileSync(join(o.tests, 'kubernetes'), 'utf8').trim();
  say(`tests of Kubernetes ${of}: ${o.selection.title}`);
  const signal = interruption();
  await removeKilledRuns(o.project, KIND);
  const runs: NetworkRun[] = [];
  for (const network of o.networks) runs.push(await onNetwork(o, network, signal));
  process.stdout.write((o.form === 'json' ? asJson : asMarkdown)(o.selection.title, runs));
  if (!runs.every(isGood)) process.exitCode = 1;
}

function say(text: string): void {
  process.stderr.write(`conformance: ${new Date().toISOString().slice(11, 19)} ${text}\n`);
}

/** Of what was stopped, who stopped it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'AbortError' && error.cause instanceof Error ? error.cause.message : error.message;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`conformance: ${reasonOf(error)}\n`);
  process.exitCode = 1;
}
