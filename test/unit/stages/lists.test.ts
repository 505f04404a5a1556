import { bundleSupply } from '../../../src/artifacts/bundle-supply.js';
import { describe, expect, it } from 'vitest';
import { throughParent } from '../../../src/cluster/through-parent.js';
import { graphOf, machinesOf, planFor, planForCluster } from '../../../src/engine/plan.js';
import type { Plan, PlanNode } from '../../../src/engine/plan.js';
import { isOnComputers, isTrial } from '../../../src/engine/stage.js';
import type { AnyWork, Context, Work } from '../../../src/engine/stage.js';
import { linesOf } from '../../../src/engine/step.js';
import { allMachines } from '../../../src/room/room.js';
import { isParent } from '../../../src/room/machine.js';
import type { Machine } from '../../../src/room/machine.js';
import { CATALOGUE } from '../../../src/addons/index.js';
import {
  addAddon,
  addAddonToCluster,
  DEPLOY_MONITORING,
  INIT_PARENT,
  JOIN_CHILD,
  LIST_ADDONS,
  LIST_TEAMS,
  loadStages,
  MONITOR_CLUSTER,
  proveAddons,
  removeAddonStages,
  removeTeams,
  removeTeamsFromCluster,
  REMOVE_TEST_APP,
  RUN_TEST_APP,
  SOLO_REMOVE,
  SOLO_UP,
  STATUS,
  stressStages,
  TEARDOWN,
  TEAMS,
  TEAMS_ON_CLUSTER,
  TEARDOWN_LOCAL,
  UNMONITOR_CLUSTER,
  unwatchStages,
  UP,
  watchStages,
} from '../../../src/stages/index.js';
import { lookAtComputers } from '../../../src/stages/computer/look.js';
import { openExporter } from '../../../src/stages/computer/open-exporter.js';
import type { AddonName } from '../../../src/config/config.js';
import { ADDON_NAMES } from '../../../src/config/sections/addons.js';
import { withListedAddons } from '../../../src/stages/cluster/catalogue-stages.js';
import { clusterThere } from '../../../src/stages/cluster/cluster-there.js';
import { check } from '../../../src/stages/machine/check.js';
import { fix } from '../../../src/stages/machine/fix.js';
import { look } from '../../../src/stages/machine/look.js';
import { sourcesOfChildren, sourcesOfParent } from '../../../src/stages/machine/sources.js';
import { staticAddressStage } from '../../../src/stages/machine/static-address.js';
import { whose, whoseToGiveBack } from '../../../src/stages/machine/whose.js';
import { joinChild } from '../../../src/stages/cluster/join-child.js';
import { podsReach } from '../../../src/stages/cluster/pods-reach.js';
import { tryExporters } from '../../../src/stages/computer/try-exporters.js';
import { networkTrials } from '../../../src/trial/stages.js';
import { constantLoad } from '../../support/sample-load.js';
import { sampleBundle, sampleConfig, sampleFacts } from '../../support/sample-room.js';

const config = sampleConfig();
const everyone = allMachines(config.room);

const LISTS: Readonly<Record<string, readonly Work<unknown>[]>> = {
  check: [look, ...networkTrials().stages, tryExporters([]), lookAtComputers],
  'check --fix': [whose, fix(new Map(), { clockMs: 0 }), openExporter(() => ({ subnet: '192.0.2.0/24' }))],
  'check --fix K-LEASE': [check, staticAddressStage([])],
  'init-parent': INIT_PARENT,
  'join-child': JOIN_CHILD,
  'deploy-monitoring': DEPLOY_MONITORING,
  'deploy-monitoring --context': MONITOR_CLUSTER,
  up: UP,
  status: STATUS,
  stress: stressStages({ load: constantLoad(80, 60) }).stages,
  'stress --team': stressStages({ load: constantLoad(80, 60), team: 'red' }).stages,
  load: loadStages({
    asked: { scheme: 'http', host: 'web.red', port: 80, path: '/' },
    steps: [0, 10, 50],
    seconds: 30,
  }).stages,
  teams: TEAMS,
  'teams --context': TEAMS_ON_CLUSTER,
  'teams list': LIST_TEAMS,
  'teams remove': removeTeams(),
  'teams remove red --context': removeTeamsFromCluster('red'),
  'test-app': RUN_TEST_APP,
  'test-app --remove': REMOVE_TEST_APP,
  'watch-app': watchStages({ namespace: 'red', name: 'shop', port: 'metrics', path: '/metrics' }).stages,
  'watch-app --remove': unwatchStages({ namespace: 'red', name: 'shop' }).stages,
  teardown: TEARDOWN,
  'teardown --context': UNMONITOR_CLUSTER,
  'teardown --local': TEARDOWN_LOCAL,
  solo: SOLO_UP,
  'solo --remove': SOLO_REMOVE,
  'addon list': LIST_ADDONS,
  'addon verify': proveAddons(CATALOGUE),
  ...Object.fromEntries(
    CATALOGUE.flatMap((addon) => [
      [`addon add ${addon.id}`, addAddon(addon)],
      [`addon add ${addon.id} --context`, addAddonToCluster(addon)],
      [`addon remove ${addon.id}`, removeAddonStages(addon).stages],
      [`addon remove ${addon.id} --context`, removeAddonStages(addon).onContext],
    ]),
  ),
};
const EVERY = [...new Set(Object.values(LISTS).flat())];

/** Those that change machines of a room that somebody else may have a claim on. */
const CHANGING = [
  'init-parent',
  'join-child',
  'deploy-monitoring',
  'up',
  'stress',
  'stress --team',
  'load',
  'teams',
  'teams remove',
  'test-app',
  'test-app --remove',
  'watch-app',
  'watch-app --remove',
  'teardown',
  ...CATALOGUE.flatMap(({ id }) => [`addon add ${id}`, `addon remove ${id}`]),
];

/** The plans that the commands make: about all machines of the room, about some, about each alone. */
function plansOf(command: string): readonly Plan[] {
  const { parent, children } = config.room;
  const plan = (targets: readonly Machine[], about?: readonly Machine[]): Plan =>
    planFor(command, config.room, LISTS[command] ?? [], targets, about);
  const some = [everyone, children, ...everyone.map((m) => [m])];
  const someChildren = [children, ...children.map((m) => [m])];
  switch (command) {
    case 'init-parent':
    case 'teams':
    case 'teams remove':
      return [plan([parent])];
    case 'test-app':
      return [plan(everyone)];
    case 'test-app --remove':
    case 'watch-app':
    case 'watch-app --remove':
      return [plan([parent])];
    case 'deploy-monitoring':
      return some.map((about) => plan([parent], about));
    case 'up':
      return [[], ...someChildren].map((of) => plan([parent, ...of]));
    case 'join-child':
      return someChildren.map((of) => plan([parent, ...of], of));
    case 'stress':
    case 'stress --team':
      return someChildren.map((of) => plan(of));
    case 'load':
      return everyone.map((m) => plan([m]));
    default:
      if (command.startsWith('addon remove')) return [plan([parent]), plan(everyone)];
      if (command.startsWith('addon add')) return [plan(everyone)];
      return some.map((of) => plan(of));
  }
}

/** A machine that must not be touched: what is foreseen is made of what is known already. */
function untouchable(machine: Machine): Context {
  const asked = (what: string) => (): never => {
    throw new Error(`what is foreseen must not ask: ${what}`);
  };
  const run = { machine: machine.name, query: asked('query') };
  return {
    machine,
    config,
    facts: sampleFacts(machine),
    factsOf: new Map(),
    run,
    parent: run,
    supply: bundleSupply(sampleBundle()),
    cluster: {
      ...throughParent(
        { ...run, dryRun: true, attempt: asked('attempt'), mutate: asked('mutate') },
        bundleSupply(sampleBundle()),
      ),
    },
    clock: { now: asked('the time'), sleep: asked('sleep') },
    signal: new AbortController().signal,
    about: everyone,
    redial: asked('redial'),
    machines: () => everyone,
    shared: asked('shared'),
    seen: asked('what others saw'),
    say: asked('say'),
    notice: asked('notice'),
    foundBefore: asked('what was before'),
  };
}

/** All that a node stands on; with a graph, also what comes before it in its lane. */
function before(node: PlanNode, graph: readonly PlanNode[] = []): ReadonlySet<PlanNode> {
  const all = new Set<PlanNode>();
  const visit = (n: PlanNode): void => {
    const inLane = graph.slice(0, Math.max(0, graph.indexOf(n))).filter((other) => other.lane === n.lane);
    for (const b of [...n.after, ...inLane].filter((other) => !all.has(other))) {
      all.add(b);
      visit(b);
    }
  };
  visit(node);
  return all;
}

function changesSomething(work: AnyWork): boolean {
  return !isTrial(work) && (work.steps !== undefined || work.resources !== undefined);
}

describe.each(Object.entries(LISTS))('the stages of %s', (command, stages) => {
  const ids = stages.map((s) => s.id);

  it('have ids of their own', () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('come after what they need', () => {
    for (const [i, stage] of stages.entries()) {
      for (const { stage: needed } of stage.after) {
        expect(
          stages.findIndex((s) => s === needed),
          `${needed.id} before ${stage.id}`,
        ).toBeLessThan(i);
      }
    }
    expect(planFor(command, config.room, stages, everyone).stages).toBe(stages);
  });

  it('have something to do for some machine of the room', () => {
    for (const stage of stages) {
      if (isOnComputers(stage)) continue;
      expect(machinesOf(stage, { targets: everyone, about: everyone })).not.toEqual([]);
    }
  });

  it('close what they open', () => {
    for (const { closes } of stages) if (closes !== undefined) expect(stages).toContain(closes);
  });
});

describe.each(CHANGING)('%s', (command) => {
  it('sees whose the machines are before anything else', () => {
    expect(LISTS[command]?.[0]).toBe(command === 'teardown' ? whoseToGiveBack : whose);
  });

  it('changes nothing for a machine before it is known whose it is', () => {
    for (const plan of plansOf(command)) {
      const graph = graphOf(plan);
      for (const node of graph.filter((n) => changesSomething(n.stage))) {
        const known = [...before(node, graph)].filter((n) => n.stage === plan.stages[0]);
        const machines = known.map((n) => n.machine.name);
        expect(machines, `${node.stage.id} on ${node.machine.name}`).toContain(node.machine.name);
      }
    }
  });

  it('changes nothing before its machine and the parent were checked, and their downloads tried, where it does that', () => {
    for (const plan of plansOf(command)) {
      const graph = graphOf(plan);
      const looking: readonly AnyWork[] = [check, sourcesOfParent, sourcesOfChildren];
      const checks = graph.filter((n) => looking.includes(n.stage));
      for (const node of graph.filter((n) => changesSomething(n.stage))) {
        const needed = checks.filter((n) => n.machine === node.machine || isParent(n.machine));
        const done = before(node);
        for (const one of needed)
          expect(done.has(one), `${one.machine.name} checked before ${node.stage.id}`).toBe(true);
      }
    }
  });
});

it('lets kubeadm begin when all is prepared, whatever went beside what', () => {
  const prepared = ['tools', 'program-packages', 'packages', 'system', 'runtime', 'images', 'kubelet'];
  for (const command of ['init-parent', 'join-child', 'up']) {
    for (const node of plansOf(command).flatMap(graphOf)) {
      if (node.stage.id !== 'init-parent' && node.stage.id !== 'join-child') continue;
      const own = [...before(node)].filter((n) => n.machine === node.machine).map((n) => n.stage.id);
      expect(own).toEqual(expect.arrayContaining(prepared));
    }
  }
});

it('checks the machines and their downloads wherever the commands prepare them', () => {
  for (const command of ['init-parent', 'join-child', 'up']) expect(LISTS[command]).toContain(check);
  for (const command of ['init-parent', 'up']) expect(LISTS[command]).toContain(sourcesOfParent);
  for (const command of ['join-child', 'up']) expect(LISTS[command]).toContain(sourcesOfChildren);
});

describe.each(EVERY.map((s) => [`${s.id} on ${s.on}`, s] as const))('%s', (_, stage) => {
  it('needs only stages that exist, without going in a circle', () => {
    // Of which everything that it needs was looked at already: no circle goes through it.
    const walked = new Set<AnyWork>();
    const visit = (one: AnyWork, path: readonly AnyWork[]): void => {
      expect(
        EVERY.some((s) => s === one),
        [...path, one].map((s) => s.id).join(' -> '),
      ).toBe(true);
      expect(path).not.toContain(one);
      if (walked.has(one)) return;
      for (const { stage: needed } of one.after) visit(needed, [...path, one]);
      walked.add(one);
    };
    visit(stage, []);
  });

  it('has a title that says what it does: imperative, sentence case, no full stop', () => {
    expect(stage.title).toMatch(/^[A-Z][a-z]+ [^.]*[^.\s]$/);
    // "Installs" and "Installing" are no imperatives.
    expect(stage.title.split(' ')[0]).not.toMatch(/(ing|[^s]s)$/);
    const names = /\b(CPU|Prometheus|Kubernetes|Grafana|Ready)\b/g;
    expect(stage.title.slice(1).replace(names, '')).not.toMatch(/[A-Z]/);
  });
});

const STAGES = EVERY.flatMap((s) =>
  isTrial(s) || isOnComputers(s) ? [] : [[`${s.id} on ${s.on}`, s] as const],
);

describe.each(STAGES)('%s', (_, stage) => {
  it('foresees what it would do without asking anybody, in plain lines', () => {
    for (const machine of machinesOf(stage, { targets: everyone, about: everyone })) {
      const c = untouchable(machine);
      const seen = stage.foresee?.(c);
      if (stage.foresee === undefined || stage.judge(seen, c).state !== 'pending') continue;
      const lines = (stage.steps?.(seen, c, []) ?? []).flatMap(linesOf);
      expect((stage.steps?.(stage.foresee(c), c, []) ?? []).flatMap(linesOf)).toEqual(lines);
      for (const line of lines) expect(line).toMatch(/^[a-z][^\n]*[^.\s]$/);
    }
  });

  it('waits no longer than a class has patience', () => {
    expect(stage.settleMs).toBeGreaterThanOrEqual(0);
    expect(stage.settleMs).toBeLessThanOrEqual(300_000);
  });
});

it('prepares, joins and measures in `up` by the same stages as in the single commands', () => {
  const ids = (stages: readonly AnyWork[]): ReadonlySet<string> => new Set(stages.map((s) => s.id));
  const single = [...INIT_PARENT, ...JOIN_CHILD, ...DEPLOY_MONITORING, ...CATALOGUE.flatMap(addAddon)];
  // `up` knows that there is a cluster.
  expect(ids(UP)).toEqual(ids(single.filter((s) => s !== clusterThere)));
});

it('leaves out of a plan what kmon.yaml does not list of the catalogue, and nothing else', () => {
  const whole = planFor('up', config.room, UP, everyone);
  const ids = (addons: readonly AddonName[]): readonly string[] =>
    withListedAddons(whole, { addons }).stages.map((s) => s.id);
  expect(ids(ADDON_NAMES)).toEqual(UP.map((s) => s.id));
  const without = ids([]);
  // A machine may have come since it was brought.
  for (const id of ['find-registry', 'set-for-registry']) expect(without).toContain(id);
  for (const { id } of CATALOGUE) {
    expect(without).not.toContain(id);
    const more = ids([id]).filter((stage) => !without.includes(stage));
    expect(more.filter((stage) => !/^read-for-/.test(stage))).toEqual([id]);
    for (const stage of more) expect(stage).toMatch(new RegExp(`(^|-for-)${id}$`));
  }
});

it.each([
  ['up', UP],
  ['join-child', JOIN_CHILD],
])('tries the pods of a machine in `%s` before the others have joined', (command, stages) => {
  const graph = graphOf(planFor(command, config.room, stages, everyone));
  for (const node of graph.filter(
    (n) => n.stage === podsReach && n.machine.name !== config.room.parent.name,
  )) {
    const others = [...before(node, graph)].filter(
      (n) => n.stage === joinChild && n.machine !== node.machine,
    );
    expect(others).toEqual([]);
  }
});

it('wants no machine where it is about a cluster alone', () => {
  const place: Machine = { name: 'kind-lab', address: 'kind-lab', role: 'parent' };
  const plan = planForCluster('deploy-monitoring', MONITOR_CLUSTER, place);
  expect(plan.connected).toEqual([]);
  expect(graphOf(plan).map((n) => [n.stage.id, n.machine.name])).toEqual([
    ['pull-again', 'kind-lab'],
    ['monitoring', 'kind-lab'],
    ['kube-prometheus-stack', 'kind-lab'],
    ['existing-monitoring', 'kind-lab'],
    ['measured', 'kind-lab'],
  ]);
  expect(() => planForCluster('deploy-monitoring', DEPLOY_MONITORING, place)).toThrow(
    'whose wants a machine',
  );
});

it('leaves the parent as it is in `join-child`, but for its routes, and what pulls anew in the cluster', () => {
  const about = config.room.children;
  const graph = graphOf(planFor('join-child', config.room, JOIN_CHILD, everyone, about));
  const onParent = graph.filter((n) => isParent(n.machine)).map((n) => n.stage.id);
  expect(onParent).toEqual(['whose', 'cluster-there', 'pull-again', 'find-registry']);
  const changed = JOIN_CHILD.filter((s) => 'changes' in s).map((s) => s.id);
  expect(changed).toEqual(['node-route']);
});

it.each<[string, readonly Work<unknown>[], string, number]>([
  ...CATALOGUE.map(
    (addon) =>
      [`addon add ${addon.id}`, addAddon(addon), 'for-addons', everyone.length] as [
        string,
        readonly Work<unknown>[],
        string,
        number,
      ],
  ),
  ['test-app', RUN_TEST_APP, 'for-test-app', config.room.children.length],
  ['deploy-monitoring', DEPLOY_MONITORING, 'for-addons', 1],
])(
  'pulls anew in %s behind what is sent: it would be refused once more',
  (command, stages, sent, machines) => {
    const graph = graphOf(planFor(command, config.room, stages, everyone));
    const pulling = graph.find((n) => n.stage.id === 'pull-again');
    const sending = graph.filter((n) => n.stage.id === sent);
    expect(sending).toHaveLength(machines);
    for (const node of sending) expect(pulling && before(pulling).has(node)).toBe(true);
  },
);

it('gives the children back before the parent', () => {
  const graph = graphOf(planFor('teardown', config.room, TEARDOWN, everyone));
  const parents = graph.filter((n) => n.stage.id === 'give-back-parent');
  const childrens = graph.filter((n) => n.stage.id === 'give-back-children');
  expect(childrens).toHaveLength(2);
  for (const node of parents) for (const child of childrens) expect(before(node).has(child)).toBe(true);
});

describe('a teardown of a cluster that lives on', () => {
  it('takes teams away before add-ons: what they have claimed would keep the storage', () => {
    const ids = UNMONITOR_CLUSTER.map(({ id }) => id);
    const teams = ids.filter((id) => id.includes('team'));
    expect(teams.length).toBeGreaterThan(1);
    for (const id of teams) expect(ids.indexOf(id)).toBeLessThan(ids.indexOf('remove-addons'));
  });
});
