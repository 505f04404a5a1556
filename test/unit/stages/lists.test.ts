import { describe, expect, it } from 'vitest';
import { machinesOf, planFor } from '../../../src/engine/plan.js';
import type { MachineContext, Stage } from '../../../src/engine/stage.js';
import { allMachines } from '../../../src/room/room.js';
import type { Machine } from '../../../src/room/machine.js';
import {
  deployMonitoringStages,
  INIT_PARENT,
  JOIN_CHILD,
  teardownStages,
  upStages,
} from '../../../src/stages/index.js';
import { fix } from '../../../src/stages/machine/fix.js';
import { look } from '../../../src/stages/machine/look.js';
import { networkStages, newNetworkTrials } from '../../../src/trial/stages.js';
import { sourceHosts } from '../../../src/stages/machine/source-hosts.js';
import { lookAtRoom } from '../../../src/stages/cluster/status.js';
import { inCluster, stress, stressTools } from '../../../src/stages/cluster/stress.js';
import { whose, whoseToGiveBack } from '../../../src/stages/machine/whose.js';
import { sampleBundle, sampleConfig, sampleFacts } from '../../support/sample-room.js';

const lite = sampleConfig();
const stack = sampleConfig({ monitoring: { ...lite.monitoring, profile: 'stack' } });

const LISTS: Readonly<Record<string, readonly Stage[]>> = {
  check: [look({ factsOf: new Map() }), ...networkStages(newNetworkTrials(), sourceHosts)],
  'check --fix': [fix(new Map(), { clockMs: 0 })],
  'init-parent': INIT_PARENT,
  'join-child': JOIN_CHILD,
  'deploy-monitoring': deployMonitoringStages(lite, ['pc-10']),
  'deploy-monitoring (stack)': deployMonitoringStages(stack, ['pc-10']),
  up: upStages(lite, ['pc-10']),
  status: [lookAtRoom({})],
  stress: [whose, inCluster, stressTools, stress(['pc-11'], { cpuPercent: 80, seconds: 60 }).stage],
  teardown: teardownStages([]),
};
const EVERY = [...new Set(Object.values(LISTS).flat())];

/** A machine that must not be touched: an outline is text made of what is known already. */
function untouchable(machine: Machine, config = lite): MachineContext {
  const asked = (what: string) => (): never => {
    throw new Error(`an outline must not ask: ${what}`);
  };
  const run = { machine: machine.name, dryRun: true, query: asked('query'), mutate: asked('mutate') };
  return {
    machine,
    config,
    facts: sampleFacts(machine),
    factsOf: new Map(),
    run,
    parent: run,
    bundle: sampleBundle(),
    clock: { now: asked('the time'), sleep: asked('sleep') },
    signal: new AbortController().signal,
    redial: asked('redial'),
    machines: () => allMachines(config.room),
    shared: asked('shared'),
    say: asked('say'),
    notice: asked('notice'),
    note: asked('note'),
    foundBefore: asked('what was before'),
    defer: asked('defer'),
  };
}

describe.each(Object.entries(LISTS))('the stages of %s', (command, stages) => {
  const ids = stages.map((s) => s.id);

  it('have ids of their own', () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('come after what they need', () => {
    for (const stage of stages) {
      for (const before of stage.after.filter((id) => ids.includes(id))) {
        expect(ids.indexOf(before), `${before} before ${stage.id}`).toBeLessThan(ids.indexOf(stage.id));
      }
    }
    expect(planFor(command, lite.room, stages, allMachines(lite.room)).stages).toBe(stages);
  });

  it('have something to do for every machine of the room or for those they name', () => {
    for (const stage of stages) expect(machinesOf(stage, allMachines(lite.room))).not.toEqual([]);
  });
});

describe.each(EVERY.map((s) => [`${s.id} on ${s.on}`, s] as const))('%s', (_, stage) => {
  it('needs only stages that exist, without going in a circle', () => {
    const known = new Map(EVERY.map((s) => [s.id, s]));
    const visit = (id: string, path: readonly string[]): void => {
      expect(known.has(id), `${path.join(' -> ')} -> ${id}`).toBe(true);
      expect(path).not.toContain(id);
      for (const before of known.get(id)?.after ?? []) visit(before, [...path, id]);
    };
    visit(stage.id, []);
  });

  it('has a title that says what it does: imperative, sentence case, no full stop', () => {
    expect(stage.title).toMatch(/^[A-Z][a-z]+ [^.]*[^.\s]$/);
    // "Installs" and "Installing" are no imperatives.
    expect(stage.title.split(' ')[0]).not.toMatch(/(ing|[^s]s)$/);
    const names = /\b(CPU|Prometheus|Kubernetes|Grafana)\b/g;
    expect(stage.title.slice(1).replace(names, '')).not.toMatch(/[A-Z]/);
  });

  it('says in plain lines what it would do, without asking anybody', () => {
    for (const machine of machinesOf(stage, allMachines(lite.room))) {
      for (const config of [lite, stack]) {
        const m = untouchable(machine, config);
        const lines = stage.outline(m);
        expect(stage.outline(m)).toEqual(lines);
        for (const line of lines) expect(line).toMatch(/^[a-z][^\n]*[^.\s]$/);
      }
    }
  });

  it('waits no longer than a class has patience', () => {
    expect(stage.settleMs).toBeGreaterThanOrEqual(0);
    expect(stage.settleMs).toBeLessThanOrEqual(300_000);
  });
});

it('prepares, joins and measures in `up` by the same stages as in the single commands', () => {
  const up = upStages(lite, []).map((s) => s.id);
  const single = [INIT_PARENT, JOIN_CHILD, deployMonitoringStages(lite, [])].flat().map((s) => s.id);
  expect([...up].toSorted()).toEqual([...new Set(single)].toSorted());
});

it('leaves the parent as it is in `join-child`, but for its routes', () => {
  expect(JOIN_CHILD.filter((s) => s.on !== 'children').map((s) => s.id)).toEqual(['whose', 'pod-routes']);
});

it('gives the children back before the parent', () => {
  expect(teardownStages([]).map((s) => s.on)).toEqual(['all', 'children', 'children', 'parent', 'parent']);
});

it.each([
  'init-parent',
  'join-child',
  'deploy-monitoring',
  'deploy-monitoring (stack)',
  'up',
  'stress',
  'teardown',
])('sees whose the machines are before anything else in %s', (command) => {
  expect(LISTS[command]?.[0]).toBe(command === 'teardown' ? whoseToGiveBack : whose);
});
