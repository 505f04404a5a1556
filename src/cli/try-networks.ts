import type { Supply } from '../artifacts/supply.js';
import { planFor } from '../engine/plan.js';
import type { Plan } from '../engine/plan.js';
import type { RunReport } from '../engine/report.js';
import { KmonError } from '../errors/kmon-error.js';
import { networksSeen } from '../findings/network/networks.js';
import type { Config, PodNetwork } from '../config/config.js';
import { allMachines } from '../room/room.js';
import { look } from '../stages/machine/look.js';
import { firstThatWorks, networksText } from '../trial/networks-here.js';
import { networkTrials } from '../trial/stages.js';
import type { RunOptions } from './start-run.js';

/** What `network: auto` takes, and what was found of all. */
export interface NetworkFound {
  readonly network: PodNetwork;
  readonly text: string;
}

/**
 * Tries the network between the machines of the room, as `kmon check` does, and says which pod network is the first that works. A machine that is
 * not reached is left out: that is for the run to tell.
 *
 * @throws KmonError `precondition` when none works; the failure of the trial when that is cut short
 */
export async function tryNetworks(app: {
  readonly config: Config;
  readonly supply: Supply;
  run(plan: Plan, options: RunOptions): Promise<RunReport>;
}): Promise<NetworkFound> {
  const { config, supply } = app;
  const trials = networkTrials('ways');
  const plan = planFor('network', config.room, [look, ...trials.stages], allMachines(config.room));
  const report = await app.run(plan, { parentMayFail: true, quiet: () => true });
  if (report.failure !== undefined && CUT_SHORT.has(report.failure.code)) throw report.failure;
  const found =
    networksSeen({
      config,
      supply,
      factsOf: report.seen.of(look),
      network: trials.proof(report.seen, config.room),
    }) ?? [];
  const network = firstThatWorks(found);
  const text = networksText(found);
  if (network !== undefined) return { network, text };
  throw new KmonError('precondition', 'no pod network would work between these machines', {
    evidence: text,
    hint: 'run `kmon check`, which says what is in the way of each, or name one in kmon.yaml (kubernetes.network) if you know better',
  });
}

const CUT_SHORT: ReadonlySet<string> = new Set(['interrupted', 'bug']);
