import type { Finding } from '../../findings/index.js';
import type { ObservedSeen } from '../../findings/sight/sight.js';
import type { Sight } from '../../findings/sight/sight.js';
import { networkTaken } from '../../findings/network/networks.js';
import { verdicts } from '../../findings/all-verdicts.js';
import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import type { RunReport } from '../../engine/report.js';
import type { ErrorCode } from '../../errors/exit-codes.js';
import type { Machine, Observed } from '../../room/machine.js';
import { lookAtComputers } from '../../stages/computer/look.js';
import type { ComputerSeen } from '../../stages/computer/look.js';
import { answersElsewhere, tryExporters } from '../../stages/computer/try-exporters.js';
import type { ExporterTrials } from '../../stages/computer/try-exporters.js';
import { look } from '../../stages/machine/look.js';
import { networkTrials } from '../../trial/stages.js';
import { allMachines } from '../../room/room.js';
import type { App } from '../app.js';

/** One look at the room, judged. */
export interface Pass {
  readonly sight: Sight;
  readonly findings: readonly Finding[];
}

/** These are about the run and not about a machine: there is nothing to report. */
const NO_SIGHT: readonly ErrorCode[] = ['interrupted', 'bug', 'config', 'usage'];

/**
 * Looks at the machines and tries the network between them, whatever is in the way of some: a machine that cannot be reached, the
 * parent too, is a finding and keeps no other from being looked at.
 *
 * Resolves to the exit code when the run itself could not go on (Ctrl-C, a defect); the view has told it then.
 */
export async function checkPass(
  app: App,
  targets: readonly Machine[],
  observed: readonly Observed[],
): Promise<Pass | number> {
  const trials = networkTrials();
  const { room } = app.config;
  // Nothing of the network can be said without the parent; it serves the others here.
  const looksAt = allMachines(room).filter((m) => m.role === 'parent' || targets.includes(m));
  const exporters = tryExporters(observed);
  const stages = [look, ...trials.stages, ...(observed.length === 0 ? [] : [exporters, lookAtComputers])];
  const plan = planFor('check', room, stages, looksAt, targets, observed);
  const report = await app.run(plan, { parentMayFail: true, quiet: (r) => !isCutShort(r) });
  if (isCutShort(report)) return exitCodeOf(report);
  const others = report.seen.of(lookAtComputers);
  const tried: ExporterTrials = report.seen.of(exporters).get(room.parent.name) ?? new Map();
  const seen: Sight = {
    config: app.config,
    supply: app.supply,
    // Not of whoever was reached when the run ended early: nothing was asked about them then.
    factsOf: report.seen.of(look),
    unseen: report.setAside,
    network: trials.proof(report.seen, room),
    ...(observed.length === 0 ? {} : { observed: observed.map((o) => seenOf(o, tried, others.get(o.name))) }),
  };
  // Not by what stood in for it: what hurts one network may be what another does not need.
  const sight = app.network.untried === true ? { ...seen, config: networkTaken(seen) } : seen;
  return { sight, findings: verdicts(sight) };
}

function seenOf(
  { name, exporterPort }: Observed,
  exporters: ExporterTrials,
  other: ComputerSeen | undefined,
): ObservedSeen {
  const trials = exporters.get(name) ?? new Map<number, never>();
  const elsewhere = answersElsewhere(trials, exporterPort);
  return {
    name,
    exporter: trials.get(exporterPort) ?? 'untried',
    ...(elsewhere === undefined ? {} : { elsewhere }),
    ...other,
  };
}

function isCutShort({ failure }: RunReport): boolean {
  return failure !== undefined && NO_SIGHT.includes(failure.code);
}
