import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  REMOVE_TEST_APP,
  RUN_TEST_APP,
  removeTeams,
  stressStages,
  TEARDOWN as TEARDOWN_STAGES,
  TEAMS as TEAMS_STAGES,
  UP,
} from '../../../src/stages/index.js';
import { stressTools } from '../../../src/stages/cluster/stress.js';
import { constantLoad } from '../../support/sample-load.js';
import { assertShellSyntax } from '../tools/shell-syntax.js';
import { goldenText, secretsOf } from './golden.js';
import { ADDONS } from './scenarios-addons.js';
import { CLUSTER, READY } from './scenarios-cluster.js';
import { FIX } from './scenarios-fix.js';
import { MEASURED, MONITORING, STRESS } from './scenarios-monitoring.js';
import type { Scenario } from './scenario.js';
import { STATIC_ADDRESS } from './scenarios-static-address.js';
import { TEAMS } from './scenarios-teams.js';
import { TEARDOWN as LEAVING } from './scenarios-teardown.js';
import { MORE_ADDONS } from './scenarios-more-addons.js';
import { REGISTRY } from './scenarios-registry.js';
import { PREPARE } from './scenarios-prepare.js';
import { FOR_STRESS, STRESS_JOB } from './scenarios-stress-job.js';
import { TEST_APP } from './scenarios-test-app.js';
import { WATCH_APP } from './scenarios-watch-app.js';
import { carriedOutIn, parts, plannedIn, play } from './stage-run.js';
import type { Part, Played, Setting } from './stage-run.js';

const SCENARIOS = [
  ...PREPARE,
  ...CLUSTER,
  ...MONITORING,
  ...LEAVING,
  ...STATIC_ADDRESS,
  ...FIX,
  ...TEAMS,
  ...TEST_APP,
  FOR_STRESS,
  ...WATCH_APP,
  ...ADDONS,
  ...MORE_ADDONS,
  ...REGISTRY,
];

/** What only waits is planned and is no change; what is for a while only is undone without being planned. */
function changesIn(planned: readonly string[], { journal }: Played): readonly string[] {
  const done = journal.flatMap((g) => (g.verb === 'mutate' ? [g.intent] : []));
  const undone = done.filter((intent) => intent !== undefined && /^(revoke|stop the load)/.test(intent));
  return [...planned.filter((line) => !WAITS.test(line)), ...undone.map(String)];
}

/** A dry run says what a run on the same machine does, in its order, and nothing else. */
async function plansWhatItDoes(
  stage: Scenario['stage'],
  setting: Setting,
  bare: Part,
  work: Part,
): Promise<void> {
  const done = await play(stage(), parts(bare, work), setting);
  expect(done.error).toBeUndefined();
  expect(done.outcome).toBe('changed');
  const dry = await play(stage(), bare, { ...setting, dryRun: true });
  expect(dry.outcome).toBe('planned');
  expect(dry.journal.filter((g) => g.verb === 'mutate')).toEqual([]);
  expect(plannedIn(dry)).toEqual(plannedIn(done));
  expect(changesIn(plannedIn(dry), done)).toEqual(carriedOutIn(done));
}

const WAITS = /^(prove|wait|ask whether|see|watch) /;

describe.each(SCENARIOS.map((s) => [s.name, s] as const))(
  '%s',
  (name, { stage, setting, bare, inferred = {}, work, done }) => {
    it('types what is written down, and sh understands it', async () => {
      const played = await play(stage(), parts(bare, work), setting);
      expect(played.error).toBeUndefined();
      expect(played.outcome).toBe('changed');
      await expect(goldenText(played)).toMatchFileSnapshot(`__golden__/${name}.txt`);
      for (const script of new Set(played.journal.map((g) => g.command))) assertShellSyntax(script);
      const told = JSON.stringify([played.events, played.journal.map((g) => g.command.script)]);
      expect(
        secretsOf(played.journal).filter(
          (s) => told.includes(s) || told.includes(JSON.stringify(s).slice(1, -1)),
        ),
      ).toEqual([]);
    });

    it('plans just what it carries out, and changes nothing in a dry run', async () => {
      await plansWhatItDoes(stage, setting, bare, work);
    });

    it('plans the same by inference, before what it stands on is there', async () => {
      const done = await play(stage(), parts(bare, work), setting);
      const dry = await play(stage(), inferred, { ...setting, dryRun: true, byInference: true });
      expect(dry.journal.filter((g) => g.verb === 'mutate')).toEqual([]);
      expect(plannedIn(dry)).toEqual(plannedIn(done));
    });

    it('changes nothing when all is well', async () => {
      const played = await play(stage(), done, setting);
      expect(played.outcome).toBe('unchanged');
      expect(played.because).not.toBe('');
      expect(played.journal.filter((g) => g.verb === 'mutate')).toEqual([]);
      expect(played.events.filter((e) => e.type === 'planned')).toEqual([]);
    });
  },
);

describe.each([READY, MEASURED].map((s) => [s.name, s] as const))(
  '%s',
  (name, { stage, setting, bare, work }) => {
    it('waits until it is so, and changes nothing', async () => {
      const played = await play(stage(), parts(bare, work), setting);
      expect(played.error).toBeUndefined();
      expect(played.outcome).toBe('unchanged');
      await expect(goldenText(played)).toMatchFileSnapshot(`__golden__/${name}.txt`);
      expect(carriedOutIn(played)).toEqual([]);
    });

    it('says in a dry run that it is not so yet', async () => {
      expect((await play(stage(), bare, { ...setting, dryRun: true })).outcome).toBe('planned');
      expect((await play(stage(), {}, { ...setting, dryRun: true, byInference: true })).outcome).toBe(
        'planned',
      );
    });
  },
);

const HALVES = SCENARIOS.flatMap(({ half, ...s }) => (half === undefined ? [] : [{ ...s, ...half }]));

describe.each(HALVES.map((s) => [s.name, s] as const))(
  '%s, half done',
  (_, { stage, setting, bare, work }) => {
    it('plans just what it carries out, and changes nothing in a dry run', async () => {
      await plansWhatItDoes(stage, setting, bare, work);
    });

    it('gives sh nothing that it does not understand', async () => {
      const played = await play(stage(), parts(bare, work), setting);
      for (const script of new Set(played.journal.map((g) => g.command))) assertShellSyntax(script);
    });
  },
);

it('plays what broke off where kubeadm, helm and containerd leave something behind', () => {
  expect(HALVES.map((s) => s.name)).toEqual([
    'runtime',
    'init-parent',
    'join-child',
    'monitoring',
    'kube-prometheus-stack',
    'existing-monitoring',
  ]);
});

it('plays every stage there is, here or in a test of its own', () => {
  const elsewhere = [
    'check',
    'kubeconfig',
    'forget-cluster',
    'pods-reach',
    'pull-again',
    'sources-of-parent',
    'sources-of-children',
    'in-cluster',
    'load-fits',
    'relay',
    'relay-close',
    'relay-images',
    'status',
    'stress',
    'give-back-parent',
    'give-back-observed',
    'whose',
    'whose-to-give-back',
    'cluster-there',
    'team-keys',
    'team-list',
    'forget-team-keys',
    'dashboard',
    'test-app-answers',
    'read-for-metrics-server',
    'read-for-registry',
    'find-registry',
  ];
  const byTeam = stressStages({ load: constantLoad(80, 60), team: 'red' }).stages;
  const more = [...TEAMS_STAGES, ...removeTeams(), ...RUN_TEST_APP, ...REMOVE_TEST_APP, ...byTeam];
  const all = [...UP, stressTools, ...TEARDOWN_STAGES, ...more].map((s) => s.id);
  const played = [...SCENARIOS, READY, MEASURED].map((s) => s.stage().id);
  expect(all.filter((id) => !played.includes(id) && !elsewhere.includes(id))).toEqual([]);
});

it('has a golden file for every scenario, and no other', () => {
  const files = readdirSync(new URL('__golden__', import.meta.url)).toSorted();
  const scenarios = [...SCENARIOS, READY, MEASURED, STRESS, STRESS_JOB, { name: 'http-load' }];
  expect(files).toEqual(scenarios.map((s) => `${s.name}.txt`).toSorted());
});
