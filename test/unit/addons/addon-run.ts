import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { bundleSupply } from '../../../src/artifacts/bundle-supply.js';
import { onlineSupply } from '../../../src/artifacts/online-supply.js';
import type { Supply } from '../../../src/artifacts/supply.js';
import { throughParent } from '../../../src/cluster/through-parent.js';
import { runStageOnMachine } from '../../../src/engine/converge.js';
import type { EngineDeps } from '../../../src/engine/deps.js';
import type { EngineEvent } from '../../../src/engine/events.js';
import { SeenByStage } from '../../../src/engine/results.js';
import { MachineSession } from '../../../src/engine/session.js';
import { sharedAnswers } from '../../../src/engine/shared.js';
import type { MachineWork } from '../../../src/engine/stage.js';
import type { Config, KubernetesConfig, MonitoringConfig } from '../../../src/config/config.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { allMachines } from '../../../src/room/room.js';
import type { Machine } from '../../../src/room/machine.js';
import {
  fakeClock,
  NO_COMPUTERS,
  PARENT,
  sampleBundle,
  sampleConfig,
  sampleFacts,
} from '../../support/sample-room.js';
import { withStandIn } from '../../support/stand-in-stack.js';
import { watched } from '../stages/stage-run.js';
import { ModelCluster } from './model-cluster.js';

/** How the cluster is reached, and where things come from. */
export type Way = 'online' | 'bundle' | 'context';

export interface RunHow {
  readonly machine?: Machine;
  readonly dryRun?: boolean;
  readonly byInference?: boolean;
}

export interface Ran {
  readonly outcome: string;
  /** What the stage said of what it saw. */
  readonly because?: string;
  readonly events: readonly EngineEvent[];
  /** What was said that would be, or was, changed. */
  readonly planned: readonly string[];
}

/** One cluster, on which stages are run one after the other as the engine runs them. */
export class AddonRoom {
  readonly model: ModelCluster;
  readonly config: Config;
  private readonly way: Way;
  private readonly supply: Supply;

  /** @param model a cluster that has something already */
  constructor(
    way: Way,
    network: KubernetesConfig['network'],
    monitoring: Partial<MonitoringConfig> = {},
    model: ModelCluster = new ModelCluster(),
    addons: Config['addons'] = [],
  ) {
    this.model = model;
    const stateDir = join(mkdtempSync(join(tmpdir(), 'kmon-test-')), '.kmon');
    onTestFinished(() => {
      rmSync(join(stateDir, '..'), { recursive: true });
    });
    this.way = way;
    const bundle = way === 'bundle' ? sampleBundle() : undefined;
    this.supply = withStandIn(bundle === undefined ? onlineSupply : bundleSupply(bundle));
    this.config = sampleConfig({
      stateDir,
      roomId: 'the-room',
      kubernetes: { ...DEFAULTS.kubernetes, network },
      monitoring: { ...DEFAULTS.monitoring, profile: 'lite', ...monitoring },
      addons,
      ...(bundle === undefined ? {} : { bundle: bundle.folder }),
    });
  }

  async run(stage: MachineWork<unknown>, how: RunHow = {}): Promise<Ran> {
    const { machine = PARENT, dryRun = false, byInference = false } = how;
    const events: EngineEvent[] = [];
    const row = await runStageOnMachine(watched(stage), machine, {
      deps: this.deps(dryRun, events),
      room: this.sessions(dryRun),
      machines: () => allMachines(this.config.room),
      about: allMachines(this.config.room),
      shared: sharedAnswers(fakeClock()),
      seen: new SeenByStage(),
      byInference,
      going: { noted: () => undefined, lineFree: async () => undefined },
      isOurs: () => true,
      beforeFirstChange: async () => {},
    });
    return {
      ...row,
      events,
      planned: events.flatMap((e) => (e.type === 'planned' ? [e.change] : [])),
    };
  }

  /** Through a context there is no machine at all. */
  private sessions(dryRun: boolean): ReadonlyMap<string, MachineSession> {
    const machines = this.way === 'context' ? [] : allMachines(this.config.room);
    const session = (m: Machine): MachineSession =>
      new MachineSession(m, this.model.runner(m.name, dryRun), sampleFacts(m), () => ({ run: 'the-run' }));
    return new Map(machines.map((m) => [m.name, session(m)]));
  }

  private deps(dryRun: boolean, events: EngineEvent[]): EngineDeps {
    const { config, supply, model } = this;
    return {
      config,
      supply,
      computers: NO_COMPUTERS,
      clusterThrough: (parent) => throughParent(parent, supply),
      ...(this.way === 'context' ? { cluster: model.throughContext('class', dryRun) } : {}),
      connect: async ({ name }) => model.runner(name, dryRun),
      redial: async () => {},
      facts: async () => sampleFacts(PARENT),
      clock: fakeClock(),
      signal: new AbortController().signal,
      emit: (event) => void events.push(event),
      dryRun,
      concurrency: 1,
      lock: {
        owner: { command: 'test', who: 'ada@desk', computer: 'desk', pid: 7, since: 'today' },
        force: false,
        isDead: () => false,
      },
      keepRoomId: async () => {},
    };
  }
}
