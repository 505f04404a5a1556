import type { Context, Stage } from '../../engine/stage.js';
import { blocked, here, lookingStage, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Load } from '../../loads/chosen-load.js';
import { beforeLimit } from '../../loads/cut-off.js';
import type { Limit } from '../../loads/cut-off.js';
import { fit } from '../../loads/fit.js';
import type { Carrier } from '../../loads/fit.js';
import { phasesText } from '../../loads/load-text.js';
import { temperatureOf } from '../../observe/sensors.js';
import { freeForLoad, parseFreeForLoad } from '../../tools/stress-ng.js';
import type { StressPhase } from '../../tools/stress-ng.js';
import { inCluster } from './in-cluster.js';
import { roomMetrics } from './metrics.js';

/** A load, and what ends it early. */
export interface StressOptions {
  readonly load: Load;
  readonly limit?: Limit;
  /** The load is the pods of this team; absent: it is on the machines themselves. */
  readonly team?: string;
}

/** What the load comes to on one child, or why it may not be. */
export type LoadFit = readonly StressPhase[] | KmonError;

/**
 * Works out what the load comes to on each child. One that could not bear it, or whose limit could not be held, is left alone before anything is
 * installed on it.
 */
export function loadFits(options: StressOptions): Stage<LoadFit> {
  return lookingStage<LoadFit>({
    id: 'load-fits',
    title: 'See what the children can bear',
    after: here(inCluster),
    on: 'children',
    look: async (c) =>
      (await troubleWithLimit(c, options.limit)) ??
      // A pod's files lie where the kubelet's are, which facts tell.
      (options.team === undefined ? fitted(c, options.load) : foreseenFit(c, options)),
    judge: (seen) => (seen instanceof KmonError ? blocked(seen) : satisfied(phasesText(seen))),
  });
}

async function fitted(c: Context, load: Load): Promise<LoadFit> {
  const disk = load.phases.some((phase) => phase.disk !== undefined)
    ? parseFreeForLoad(await c.run.query(freeForLoad()))
    : undefined;
  // What lies in memory would fill that in place of a disk.
  return fitBy(c, load, { freeDiskBytes: disk?.inMemory === false ? disk.freeBytes : 0, shared: false });
}

/** By what is known of the machine already. */
export function foreseenFit(c: Context, { load, team }: StressOptions): LoadFit {
  return fitBy(c, load, { freeDiskBytes: c.facts.freeDiskBytes, shared: team !== undefined });
}

function fitBy({ facts }: Context, load: Load, on: Pick<Carrier, 'freeDiskBytes' | 'shared'>): LoadFit {
  const { memoryAvailableBytes, container } = facts;
  const machine = { memoryAvailableBytes, ...on, shared: on.shared || container };
  const what = fit(load.phases, machine);
  return 'phases' in what ? what.phases : new KmonError('precondition', what.trouble, { hint: what.hint });
}

async function troubleWithLimit(c: Context, limit: Limit | undefined): Promise<KmonError | undefined> {
  if (limit === undefined) return undefined;
  const room = await roomMetrics(c);
  const own = room.kind === 'silent' ? undefined : room.metrics.get(c.machine.name);
  const trouble = beforeLimit(limit, temperatureOf(own));
  return trouble === undefined
    ? undefined
    : new KmonError('precondition', trouble.why, { hint: trouble.remedy });
}
