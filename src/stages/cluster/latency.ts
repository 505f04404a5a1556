import type { Trial, TrialContext } from '../../engine/stage.js';
import { onParent } from '../../engine/stage.js';
import { afterglowSeconds } from '../../observe/queries.js';
import { endBusyLoad, startBusyLoad } from '../../tools/busy-load.js';
import { clusterThere } from './cluster-there.js';
import { roomMetrics } from './metrics.js';

/** How soon a load on a child is seen. `untried`: nothing is known, for this reason. */
export type Latency =
  | { readonly state: 'seen'; readonly seconds: number }
  | { readonly state: 'unseen'; readonly withinSeconds: number }
  | { readonly state: 'untried'; readonly because: string };

/** By so many points its CPU value must rise: more than that of a computer at rest goes up and down. */
const RISE = 10;

/** Where a machine is as busy, a load more does not show. */
const BUSY = 80;

const LOOK_EVERY_MS = 500;

/**
 * From the start of a load on a child to the value that Prometheus gives of it, which is the one that board, `top` and dashboards show: the way
 * through exporter, scrape and rate, all of it. The load needs no program and ends by itself.
 */
export const latency: Trial<Latency> = {
  id: 'latency',
  title: 'See how soon a load shows',
  after: onParent(clusterThere),
  on: 'children',
  tryOut: measure,
  inWords: (tried) => {
    switch (tried.state) {
      case 'seen':
        return `seen after ${tried.seconds.toFixed(1)} s`;
      case 'unseen':
        return `not seen within ${tried.withinSeconds} s`;
      case 'untried':
        return `could not be tried: ${tried.because}`;
    }
  },
};

async function measure(c: TrialContext): Promise<Latency> {
  const before = await cpuOf(c);
  if (before === undefined) return { state: 'untried', because: 'Prometheus has no CPU value of it' };
  if (before > BUSY)
    return { state: 'untried', because: `its processors are busy already (${Math.round(before)} %)` };
  // A rate that has the load in all of its window has it as high as it comes.
  const withinSeconds = Math.max(30, afterglowSeconds(c.config.monitoring.scrapeIntervalSeconds));
  c.say('a load begins');
  try {
    await c.attempt(startBusyLoad(Math.max(1, c.facts.cpus), withinSeconds + 10));
    const began = c.clock.now();
    while (c.clock.now() < began + withinSeconds * 1000) {
      await c.clock.sleep(LOOK_EVERY_MS, c.signal);
      const now = await cpuOf(c);
      const seconds = (c.clock.now() - began) / 1000;
      if (now !== undefined && now >= before + RISE) return { state: 'seen', seconds };
      c.say(`loaded for ${Math.round(seconds)} s, CPU ${now === undefined ? '-' : Math.round(now)} %`);
    }
    return { state: 'unseen', withinSeconds };
  } finally {
    await c.attempt(endBusyLoad());
  }
}

async function cpuOf(c: TrialContext): Promise<number | undefined> {
  const room = await roomMetrics(c);
  return room.kind === 'silent' ? undefined : room.metrics.get(c.machine.name)?.cpuPercent;
}
