import { give, key } from '../../engine/results.js';
import type { Results } from '../../engine/results.js';
import type { After, Context, Stage } from '../../engine/stage.js';
import { blocked, here, pending, resourceStage, satisfied } from '../../engine/stage.js';
import type { ChangeStep, Step } from '../../engine/step.js';
import { KmonError } from '../../errors/kmon-error.js';
import { cutOff, silenceMs } from '../../loads/cut-off.js';
import { phaseAt, phasesText, phaseText } from '../../loads/load-text.js';
import { secondsOf } from '../../loads/phase.js';
import { afterglowSeconds } from '../../observe/queries.js';
import { liesText, temperatureOf } from '../../observe/sensors.js';
import type { Temperature } from '../../observe/sensors.js';
import type { LoadMoments } from '../../observe/stress-marks.js';
import type { WatchPhase, StressWatch } from '../../observe/stress-watch.js';
import { isMeasured, startWatch, watchMore } from '../../observe/stress-watch.js';
import { packages } from '../../resources/packages.js';
import {
  lastWordsOfStress,
  parseStress,
  startStress,
  stopStress,
  stressState,
} from '../../tools/stress-ng.js';
import type { StressPhase } from '../../tools/stress-ng.js';
import { inCluster } from './in-cluster.js';
import { foreseenFit } from './load-fits.js';
import type { LoadFit, StressOptions } from './load-fits.js';
import { roomMetrics } from './metrics.js';

const PROGRAM = '/usr/bin/stress-ng';

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

/** Why the load ended before its time although nothing failed. */
const CUT_OFF = key<string>('why it was cut off');

/** What made the load end, or its watch. */
const FAILED = key<KmonError>('what it failed of');

const OVER = key<true>('the load is over');

/** What was watched on a child; `over`: the load has come and gone. */
export interface LoadSeen extends WayLook {
  readonly over: boolean;
  /** What the load comes to there. */
  readonly phases: readonly StressPhase[];
  readonly watched?: StressWatch;
  /** By this computer's clock, as far as they have come. */
  readonly moments: Partial<LoadMoments>;
  /** Why it was ended at its limit. */
  readonly cutOff?: string;
  readonly failed?: KmonError;
}

/** How a load gets onto a child, and away from it. */
export interface Way {
  /** Stages that it stands on. */
  readonly after: readonly After[];
  /** In the title of the stage, behind what the load is. */
  readonly where: string;
  /** What is known of the child before: steps that nobody needs are left out. */
  look?(c: Context): Promise<WayLook>;
  start(c: Context, phases: readonly StressPhase[], look: WayLook): readonly Step[];
  stop(c: Context): Pick<ChangeStep, 'at' | 'intent' | 'command'>;
  isRunning(c: Context): Promise<boolean>;
  /** Of a load that ended too early, and what to do about it. */
  lastWords(c: Context): Promise<{ readonly said: string; readonly remedy: string }>;
}

export interface WayLook {
  /** Why there may be no load there. */
  readonly refused?: KmonError;
  /** There is one of an earlier run. */
  readonly left?: boolean;
}

/** On the machine itself: a transient unit with a deadline of its own. It ends although this computer, or its network, is lost. */
export const onMachines: Way = {
  after: here(stressTools),
  where: '',
  start: (c, phases) => [
    {
      at: 'machine',
      intent: `start the load: ${phasesText(phases)}`,
      command: startStress(PROGRAM, c.facts.cpus, phases),
      undo: onMachines.stop(c),
    },
  ],
  stop: () => ({ at: 'machine', intent: 'stop the load', command: stopStress() }),
  isRunning: async (c) => parseStress(await c.run.query(stressState())).running,
  lastWords: async (c) => ({
    said: (await c.run.query(lastWordsOfStress())).stdout,
    remedy: `look why on ${c.machine.name} (sudo journalctl -u kmon-stress -n 20)`,
  }),
};

/**
 * Loads the children and watches them. However the stage ends, the load is stopped.
 *
 * @param fits the stage that worked out what the load comes to
 */
export function load(options: StressOptions, fits: Stage<LoadFit>, way: Way = onMachines): Stage<LoadSeen> {
  const { load: asked, limit } = options;
  const seenSoFar = (so: Results, c: Context): LoadSeen => {
    const [watched, cut, failed] = [so.get(WATCHED), so.get(CUT_OFF), so.get(FAILED)];
    return {
      over: so.get(OVER) === true,
      phases: phasesOn(c, options, fits),
      moments: so.get(MOMENTS) ?? {},
      ...(watched === undefined ? {} : { watched }),
      ...(cut === undefined ? {} : { cutOff: cut }),
      ...(failed === undefined ? {} : { failed }),
    };
  };
  return {
    id: 'stress',
    title: `Load the children: ${asked.text}${way.where}`,
    after: [...here(inCluster, fits), ...way.after],
    on: 'children',
    settleMs: 0,
    look: async (c, so) => {
      const seen = seenSoFar(so, c);
      // It is asked before the first step alone.
      return way.look === undefined || seen.watched !== undefined
        ? seen
        : { ...seen, ...(await way.look(c)) };
    },
    foresee: (c) => {
      const fit = foreseenFit(c, options);
      const rest = { over: false, moments: {} };
      return fit instanceof KmonError ? { ...rest, phases: [], refused: fit } : { ...rest, phases: fit };
    },
    remains: seenSoFar,
    judge: ({ over, failed, refused, cutOff: cut }) => {
      const error = failed ?? refused;
      if (error !== undefined) return blocked(error);
      if (!over) return pending('no load yet');
      return satisfied(cut === undefined ? 'the load is over' : `stopped: ${cut}`);
    },
    steps: (seen, c) => {
      const { phases } = seen;
      if (phases.length === 0) return [];
      return [
        before(c),
        ...way.start(c, phases, seen),
        duringLoad(c, phases, limit, way),
        way.stop(c),
        {
          at: 'cluster',
          intent: 'see how it calms down',
          wait: async (_c, so) => {
            if (so.get(FAILED) !== undefined) return [];
            const cut = so.get(CUT_OFF);
            if (cut !== undefined) c.notice(`the load was stopped: ${cut}`);
            const watch = await calmDown(c, so.get(WATCHED) ?? startWatch([c.machine.name]));
            const moments = { ...so.get(MOMENTS), after: c.clock.now() };
            return [give(WATCHED, watch), give(MOMENTS, moments), give(OVER, true)];
          },
        },
      ];
    },
  };
}

/** @throws KmonError when it may not be there */
function phasesOn(c: Context, options: StressOptions, fits: Stage<LoadFit>): readonly StressPhase[] {
  const fit = c.seen(fits).get(c.machine.name) ?? foreseenFit(c, options);
  if (fit instanceof KmonError) throw fit;
  return fit;
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

function duringLoad(
  c: Context,
  phases: readonly StressPhase[],
  limit: StressOptions['limit'],
  way: Way,
): Step {
  const seconds = secondsOf(phases);
  const bounded = limit === undefined ? '' : `, and stop it at ${limit.celsius} °C`;
  return {
    at: 'machine',
    intent: `watch the load for ${seconds} s${bounded}`,
    wait: async (_c, so) => {
      const begins = c.clock.now();
      const end = begins + seconds * 1000;
      let watch = so.get(WATCHED) ?? startWatch([c.machine.name]);
      let heard = begins;
      let cut: string | undefined;
      let failed: KmonError | undefined;
      try {
        while (c.clock.now() < end) {
          await c.clock.sleep(2000, c.signal);
          const now = c.clock.now();
          const seen = await look(c, 'load', watch);
          ({ watch } = seen);
          if (seen.temperature !== undefined) heard = now;
          const mostSilentMs = silenceMs(c.config.monitoring.scrapeIntervalSeconds);
          cut =
            limit === undefined
              ? undefined
              : cutOff(limit, seen.temperature, { silentMs: now - heard, mostSilentMs });
          // Nothing is asked of a hot machine before its load is stopped.
          if (cut !== undefined) break;
          c.say(`${stretchText(phases, (now - begins) / 1000)}${seen.text}, ${left(end - now)} s left`);
          if (!(await way.isRunning(c))) break;
        }
        if (cut === undefined) failed = await tooEarly(c, way, left(end - c.clock.now()));
      } catch (error) {
        // What was seen until then is kept: the load is stopped next, or undone where even that cannot be, as with Ctrl-C.
        if (error instanceof KmonError) failed = error;
        else if (!c.signal.aborted) throw error;
      }
      const moments = { ...so.get(MOMENTS), begins, ends: c.clock.now() };
      return [
        give(WATCHED, watch),
        give(MOMENTS, moments),
        ...(cut === undefined ? [] : [give(CUT_OFF, cut)]),
        ...(failed === undefined ? [] : [give(FAILED, failed)]),
      ];
    },
  };
}

function left(ms: number): number {
  return Math.max(0, Math.round(ms / 1000));
}

/** Where a load is that does not stay the same. */
function stretchText(phases: readonly StressPhase[], seconds: number): string {
  if (phases.length === 1) return '';
  const at = phaseAt(phases, seconds);
  return at === undefined ? '' : `${at.number} of ${phases.length} (${phaseText(at.phase)}): `;
}

/** The machine's own deadline and ours may differ by a moment; more than that is a load that did not last. */
async function tooEarly(c: Context, way: Way, early: number): Promise<KmonError | undefined> {
  if (early <= 5) return undefined;
  const { said, remedy } = await way.lastWords(c);
  const evidence = said.trim().slice(-500);
  return new KmonError('command', `stress-ng ended ${early} s too early`, {
    ...(evidence === '' ? {} : { evidence }),
    hint: remedy,
  });
}

/** A rate is taken over no longer. */
function windowMs(c: Context): number {
  return afterglowSeconds(c.config.monitoring.scrapeIntervalSeconds) * 1000;
}

interface Looked {
  readonly watch: StressWatch;
  readonly text: string;
  /** Absent: nothing is known of the machine now. */
  readonly temperature?: Temperature;
}

async function look(c: Context, phase: WatchPhase, watch: StressWatch): Promise<Looked> {
  const room = await roomMetrics(c);
  if (room.kind === 'silent') return { watch, text: 'no metrics: Prometheus does not answer' };
  const own = room.metrics.get(c.machine.name);
  const temperature = temperatureOf(own);
  return {
    watch: watchMore(watch, phase, new Map(own === undefined ? [] : [[c.machine.name, own]])),
    text:
      own?.cpuPercent === undefined
        ? (liesText(own?.lies)[0] ?? 'no CPU value yet')
        : `CPU ${Math.round(own.cpuPercent)} %`,
    ...(temperature === undefined ? {} : { temperature }),
  };
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
