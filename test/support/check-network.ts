import { join } from 'node:path';
import type { Finding } from '../../src/findings/index.js';
import type { NetworkProof } from '../../src/trial/network-proof.js';
import type { Sight } from '../../src/findings/sight/sight.js';
import { networkVerdicts } from './network-verdicts.js';
import { NO_COMPUTERS } from './sample-room.js';
import { throughParent } from '../../src/cluster/through-parent.js';
import { openRoom } from '../../src/cli/machines.js';
import { loadConfig } from '../../src/config/load.js';
import type { Facts } from '../../src/facts/facts.js';
import { readFacts } from '../../src/facts/read.js';
import { allMachines } from '../../src/room/room.js';
import { systemClock } from '../../src/engine/clock.js';
import { planFor } from '../../src/engine/plan.js';
import { runStages } from '../../src/engine/run.js';
import type { Trial } from '../../src/engine/stage.js';
import { networksSeen } from '../../src/findings/network/networks.js';
import { networksText } from '../../src/trial/networks-here.js';
import { networkTrials } from '../../src/trial/stages.js';
import { decideNetwork, withNetwork } from '../../src/artifacts/pod-network.js';
import { withProfile } from '../../src/artifacts/profile.js';
import { supplyFor } from '../../src/artifacts/supply-for.js';
import type { TestLab } from './lab.js';

/** What the trials of the network saw in a lab, and what is to be said about it. */
export interface NetworkCheck {
  readonly proof: NetworkProof;
  readonly findings: readonly Finding[];
  /** Which pod networks would work, in one line. */
  readonly networks: string;
  /** How long each stage took, in milliseconds, without connecting. */
  readonly took: Readonly<Record<string, number>>;
}

export interface CheckNetworkOptions {
  /** Only some of the trials; all when absent. */
  readonly only?: (trial: Trial) => boolean;
  /** As without a bundle: the hosts of packages and images are tried. Only where all their names lead to the lab itself. */
  readonly sources?: true;
}

/** Prints the processes and sockets of the trials that are left on a machine. */
export const TRIAL_LEFTOVERS =
  "ps -eo args | grep '^kmon-prob[e]' || true; grep kmon-probe /proc/net/unix || true";

/** Runs the stages of the network on the machines of a lab, over SSH as `kmon check` does, and judges what they saw. */
export async function checkNetwork(
  lab: Pick<TestLab, 'dir'>,
  { only = () => true, sources }: CheckNetworkOptions = {},
): Promise<NetworkCheck> {
  const read = await loadConfig(join(lab.dir, 'kmon.yaml'), lab.dir);
  const written = withNetwork(withProfile(read, { profile: 'lite' }), decideNetwork(read));
  const config = sources === true ? written : { ...written, bundle: lab.dir };
  const supply = supplyFor(config);
  const signal = new AbortController().signal;
  const began = new Map<string, number>();
  const factsOf = new Map<string, Facts>();
  const took: Record<string, number> = {};
  const open = openRoom({
    config,
    prompter: undefined,
    emit: () => undefined,
    signal,
    dryRun: false,
    onSecret: () => undefined,
  });
  const trials = networkTrials();
  const machines = allMachines(config.room);
  try {
    const plan = planFor('check', config.room, trials.stages.filter(only), machines);
    const report = await runStages(plan, {
      config,
      supply,
      computers: NO_COMPUTERS,
      clusterThrough: (parent) => throughParent(parent, supply),
      connect: (machine) => open.open(machine),
      redial: (machine) => open.redial(machine),
      facts: async (run) => {
        const facts = await readFacts(run, config.room.parent.address);
        factsOf.set(run.machine, facts);
        return facts;
      },
      clock: systemClock,
      signal,
      emit: (event) => {
        if (event.type === 'stage-started') began.set(event.stage, performance.now());
        if (event.type === 'stage-finished')
          took[event.stage] = Math.round(performance.now() - (began.get(event.stage) ?? 0));
      },
      dryRun: false,
      concurrency: 30,
      lock: {
        owner: { command: 'check', who: 'test', computer: 'test', pid: process.pid, since: '' },
        force: false,
        isDead: () => false,
      },
      keepRoomId: async () => {},
    });
    if (report.failure !== undefined) throw report.failure;
    const proof = trials.proof(report.seen, config.room);
    const sight: Sight = { config, supply, factsOf, unseen: [], network: proof };
    const networks = networksText(networksSeen(sight) ?? []);
    return { proof, findings: networkVerdicts(sight), networks, took };
  } finally {
    await open.close();
  }
}
