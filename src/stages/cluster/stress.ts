import type { MachineContext, Stage } from '../../engine/stage.js';
import { blocked, lookingStage, pending, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { liesText } from '../../observe/sensors.js';
import type { StressPhase, StressWatch } from '../../observe/stress-watch.js';
import { startWatch, watchMore } from '../../observe/stress-watch.js';
import { packages } from '../../resources/packages.js';
import { parseStress, startStress, stopStress, stressState } from '../../tools/stress-ng.js';
import { notInCluster, ownNode, requireCluster } from './cluster.js';
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
export const inCluster: Stage = lookingStage({
  id: 'in-cluster',
  title: 'See which children are in the cluster',
  after: [],
  on: 'children',
  probe: async (m) => {
    try {
      await requireCluster(m);
    } catch (error) {
      if (error instanceof KmonError) return blocked(error);
      throw error;
    }
    return (await ownNode(m)) === undefined
      ? blocked(notInCluster(m.machine.name))
      : satisfied('in the cluster');
  },
});

/** stress-ng, by the machine's package manager; teardown takes it away again. */
export const stressTools: Stage = {
  id: 'stress-tools',
  title: 'Install stress-ng',
  after: ['in-cluster'],
  on: 'children',
  settleMs: 0,
  resources: async () => [packages({ names: ['stress-ng'] })],
  probe: async () => satisfied('installed'),
  outline: () => [],
  apply: async () => {},
};

/** A load, and what was seen of it in Prometheus. One object serves one run. */
export interface Stress {
  readonly stage: Stage;
  /** Before, peak and after of every child that was loaded, as far as Prometheus told. */
  seen(): StressWatch;
}

/**
 * Loads the children and watches them. The load is a transient unit with a deadline of its own: it ends although this computer, or its
 * network, is lost. However the stage ends, the load is stopped.
 */
export function stress(children: readonly string[], options: StressOptions): Stress {
  let watch = startWatch(children);
  const loaded = new Set<string>();
  const done = new Set<string>();

  const look = async (m: MachineContext, phase: StressPhase): Promise<string> => {
    const room = await roomMetrics(m);
    if (room.kind === 'silent') return 'no metrics: Prometheus does not answer';
    const own = room.metrics.get(m.machine.name);
    watch = watchMore(watch, phase, new Map(own === undefined ? [] : [[m.machine.name, own]]));
    if (own?.cpuPercent !== undefined) return `CPU ${Math.round(own.cpuPercent)} %`;
    return liesText(own?.lies)[0] ?? 'no CPU value yet';
  };

  const stage: Stage = {
    id: 'stress',
    title: `Load the children: ${options.cpuPercent} % CPU for ${options.seconds} s`,
    after: ['in-cluster', 'stress-tools'],
    on: 'children',
    settleMs: 0,
    probe: async (m) => (done.has(m.machine.name) ? satisfied('the load is over') : pending('no load yet')),
    outline: () => [`run stress-ng at ${options.cpuPercent} % CPU for ${options.seconds} s, then stop it`],
    apply: async (m) => {
      await look(m, 'before');
      m.defer('the load', () => m.run.mutate('stop the load', stopStress()));
      await m.run.mutate('start the load', startStress(PROGRAM, m.facts.cpus, options));
      loaded.add(m.machine.name);
      const end = m.clock.now() + options.seconds * 1000;
      while (m.clock.now() < end) {
        await m.clock.sleep(2000, m.signal);
        const left = Math.max(0, Math.round((end - m.clock.now()) / 1000));
        m.say(`${await look(m, 'load')}, ${left} s left`);
        if (!parseStress(await m.run.query(stressState())).running) break;
      }
      // The machine's own deadline and ours may differ by a moment; more than that is a load that did not last.
      const early = Math.round((end - m.clock.now()) / 1000);
      if (early > 5) throw endedEarly(m.machine.name, early);
      await m.run.mutate('stop the load', stopStress());
      await calmDown(m, look);
      done.add(m.machine.name);
    },
  };
  return { stage, seen: () => ({ rows: watch.rows.filter((row) => loaded.has(row.machine)) }) };
}

function endedEarly(machine: string, early: number): KmonError {
  return new KmonError('command', `stress-ng ended ${early} s too early`, {
    hint: `look why on ${machine} (sudo journalctl -u kmon-stress -n 20)`,
  });
}

/** A rate still holds the load for as long as its window: the values "after" are those of the time behind it. */
async function calmDown(
  m: MachineContext,
  look: (m: MachineContext, phase: StressPhase) => Promise<string>,
): Promise<void> {
  const window = 5 * m.config.monitoring.scrapeIntervalSeconds;
  const end = m.clock.now() + window * 1000;
  while (m.clock.now() < end) {
    await m.clock.sleep(2000, m.signal);
    // The last seconds of the load may show only now.
    const left = m.clock.now() < end - (window / 2) * 1000 ? 'load' : 'after';
    m.say(`the load is over: ${await look(m, left)}`);
  }
}
