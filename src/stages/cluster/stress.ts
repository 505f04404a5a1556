import { give, key } from '../../engine/results.js';
import type { Context, Stage } from '../../engine/stage.js';
import { blocked, here, lookingStage, pending, resourceStage, satisfied } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { KmonError } from '../../errors/kmon-error.js';
import { afterglowSeconds } from '../../observe/queries.js';
import { liesText } from '../../observe/sensors.js';
import type { LoadMoments } from '../../observe/stress-marks.js';
import type { StressPhase, StressWatch } from '../../observe/stress-watch.js';
import { isMeasured, startWatch, watchMore } from '../../observe/stress-watch.js';
import { packages } from '../../resources/packages.js';
import { parseStress, startStress, stopStress, stressState } from '../../tools/stress-ng.js';
import { whose } from '../machine/whose.js';
import { ownNode } from '../../cluster/nodes.js';
import { notInCluster, requireCluster } from './control-plane.js';
import { roomMetrics } from './metrics.js';

const PROGRAM = '/usr/bin/stress-ng';

export interface StressOptions {
  readonly cpuPercent: number;
  readonly seconds: number;
}

/**
 * Only what is in the cluster is loaded: of any other child nothing could be seen. Comes before everything, so that nothing is installed on
 * such a child either.
 */
export const inCluster = lookingStage<KmonError | undefined>({
  id: 'in-cluster',
  title: 'See which children are in the cluster',
  after: here(whose),
  on: 'children',
  look: async (c) => {
    try {
      await requireCluster(c);
    } catch (error) {
      if (error instanceof KmonError) return error;
      throw error;
    }
    return (await ownNode(c)) === undefined ? notInCluster(c.machine.name) : undefined;
  },
  judge: (refused) => (refused === undefined ? satisfied('in the cluster') : blocked(refused)),
});

/** stress-ng, by the machine's package manager; teardown takes it away again. */
export const stressTools = resourceStage({
  id: 'stress-tools',
  title: 'Install stress-ng',
  after: here(inCluster),
  on: 'children',
  resources: () => [packages({ names: ['stress-ng'] })],
  because: 'installed',
});

/** Before, peak and after of one child, as far as Prometheus told. */
const WATCHED = key<StressWatch>('what was seen of the load');

/** When what began, as far as it has. */
const MOMENTS = key<Partial<LoadMoments>>('when the load was');

/** How many seconds too early a load ended that did not last. */
const EARLY = key<number>('how much too early it ended');

const OVER = key<true>('the load is over');

/** What was watched on a child; `over`: the load has come and gone. */
export interface LoadSeen {
  readonly over: boolean;
  readonly watched?: StressWatch;
  /** By this computer's clock. */
  readonly moments?: LoadMoments;
  /** Seconds; absent for a load that lasted. */
  readonly early?: number;
}

/**
 * Loads the children and watches them. The load is a transient unit with a deadline of its own: it ends although this computer, or its
 * network, is lost. However the stage ends, the load is stopped.
 */
export function load(options: StressOptions): Stage<LoadSeen> {
  return {
    id: 'stress',
    title: `Load the children: ${options.cpuPercent} % CPU for ${options.seconds} s`,
    after: here(inCluster, stressTools),
    on: 'children',
    settleMs: 0,
    look: async (_, so) => {
      const [watched, early] = [so.get(WATCHED), so.get(EARLY)];
      const moments = complete(so.get(MOMENTS));
      return {
        over: so.get(OVER) === true,
        ...(watched === undefined ? {} : { watched }),
        ...(moments === undefined ? {} : { moments }),
        ...(early === undefined ? {} : { early }),
      };
    },
    foresee: () => ({ over: false }),
    judge: ({ over, early }, { machine }) => {
      if (early !== undefined) return blocked(endedEarly(machine.name, early));
      return over ? satisfied('the load is over') : pending('no load yet');
    },
    steps: (_, c) => {
      const stop = { intent: 'stop the load', command: stopStress() };
      return [
        before(c),
        {
          at: 'machine',
          intent: `start the load: ${options.cpuPercent} % CPU for ${options.seconds} s`,
          command: startStress(PROGRAM, c.facts.cpus, options),
          undo: stop,
        },
        duringLoad(c, options.seconds),
        { at: 'machine', ...stop },
        {
          at: 'cluster',
          intent: 'see how it calms down',
          wait: async (_c, so) => {
            if (so.get(EARLY) !== undefined) return [];
            const watch = await calmDown(c, so.get(WATCHED) ?? startWatch([c.machine.name]));
            const moments = { ...so.get(MOMENTS), after: c.clock.now() };
            return [give(WATCHED, watch), give(MOMENTS, moments), give(OVER, true)];
          },
        },
      ];
    },
  };
}

function before(c: Context): Step {
  return {
    at: 'cluster',
    intent: 'see how it is without a load',
    wait: async () => {
      // What is seen now is of the window that ends now.
      const moments = { before: c.clock.now() - windowMs(c) };
      const { watch } = await look(c, 'before', startWatch([c.machine.name]));
      return [give(WATCHED, watch), give(MOMENTS, moments)];
    },
  };
}

function duringLoad(c: Context, seconds: number): Step {
  return {
    at: 'machine',
    intent: `watch the load for ${seconds} s`,
    wait: async (_c, so) => {
      let watch = so.get(WATCHED) ?? startWatch([c.machine.name]);
      const begins = c.clock.now();
      const end = begins + seconds * 1000;
      while (c.clock.now() < end) {
        await c.clock.sleep(2000, c.signal);
        const left = Math.max(0, Math.round((end - c.clock.now()) / 1000));
        const seen = await look(c, 'load', watch);
        ({ watch } = seen);
        c.say(`${seen.text}, ${left} s left`);
        if (!parseStress(await c.run.query(stressState())).running) break;
      }
      // The machine's own deadline and ours may differ by a moment; more than that is a load that did not last.
      const early = Math.round((end - c.clock.now()) / 1000);
      const moments = { ...so.get(MOMENTS), begins, ends: c.clock.now() };
      return [give(WATCHED, watch), give(MOMENTS, moments), ...(early > 5 ? [give(EARLY, early)] : [])];
    },
  };
}

function complete(moments: Partial<LoadMoments> = {}): LoadMoments | undefined {
  const { before: from, begins, ends, after } = moments;
  if (from === undefined || begins === undefined || ends === undefined || after === undefined)
    return undefined;
  return { before: from, begins, ends, after };
}

/** A rate is taken over no longer. */
function windowMs(c: Context): number {
  return afterglowSeconds(c.config.monitoring.scrapeIntervalSeconds) * 1000;
}

interface Looked {
  readonly watch: StressWatch;
  readonly text: string;
}

async function look(c: Context, phase: StressPhase, watch: StressWatch): Promise<Looked> {
  const room = await roomMetrics(c);
  if (room.kind === 'silent') return { watch, text: 'no metrics: Prometheus does not answer' };
  const own = room.metrics.get(c.machine.name);
  const more = watchMore(watch, phase, new Map(own === undefined ? [] : [[c.machine.name, own]]));
  if (own?.cpuPercent !== undefined) return { watch: more, text: `CPU ${Math.round(own.cpuPercent)} %` };
  return { watch: more, text: liesText(own?.lies)[0] ?? 'no CPU value yet' };
}

function endedEarly(machine: string, early: number): KmonError {
  return new KmonError('command', `stress-ng ended ${early} s too early`, {
    hint: `look why on ${machine} (sudo journalctl -u kmon-stress -n 20)`,
  });
}

/**
 * A rate still holds the load for as long as its window: the values "after" are those of the time behind it. Where nothing was seen of the
 * machine until then, nobody measures it, and there is nothing to wait for.
 */
async function calmDown(c: Context, watched: StressWatch): Promise<StressWatch> {
  if (!isMeasured(watched)) return watched;
  let watch = watched;
  const window = windowMs(c);
  const end = c.clock.now() + window;
  while (c.clock.now() < end) {
    await c.clock.sleep(2000, c.signal);
    // The last seconds of the load may show only now.
    const phase = c.clock.now() < end - window / 2 ? 'load' : 'after';
    const seen = await look(c, phase, watch);
    ({ watch } = seen);
    c.say(`the load is over: ${seen.text}`);
  }
  return watch;
}
