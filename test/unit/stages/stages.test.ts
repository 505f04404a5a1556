import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { teardownStages, upStages } from '../../../src/stages/index.js';
import { stressTools } from '../../../src/stages/cluster/stress.js';
import { sampleConfig } from '../../support/sample-room.js';
import { assertShellSyntax } from '../tools/shell-syntax.js';
import { goldenText, secretsOf } from './golden.js';
import { CLUSTER } from './scenarios-cluster.js';
import { FIX } from './scenarios-fix.js';
import { MONITORING, STRESS } from './scenarios-monitoring.js';
import { STATIC_ADDRESS } from './scenarios-static-address.js';
import { TEARDOWN as LEAVING } from './scenarios-teardown.js';
import { PREPARE } from './scenarios-prepare.js';
import { parts, play } from './stage-run.js';

const SCENARIOS = [...PREPARE, ...CLUSTER, ...MONITORING, ...LEAVING, ...STATIC_ADDRESS, ...FIX];

describe.each(SCENARIOS.map((s) => [s.name, s] as const))(
  '%s',
  (name, { stage, setting, bare, work, done }) => {
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

    it('makes a plan and no change in a dry run', async () => {
      const played = await play(stage(), bare, { ...setting, dryRun: true });
      expect(played.outcome).toBe('planned');
      expect(played.journal.filter((g) => g.verb === 'mutate')).toEqual([]);
      expect(played.events.filter((e) => e.type === 'planned')).not.toEqual([]);
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

it('plays every stage there is, here or in a test of its own', () => {
  const elsewhere = [
    'check',
    'kubeconfig',
    'forget-cluster',
    'status',
    'stress',
    'give-back-parent',
    'whose',
    'whose-to-give-back',
  ];
  const config = sampleConfig();
  const all = [...upStages(config, []), stressTools, ...teardownStages([])].map((s) => s.id);
  const played = SCENARIOS.map((s) => s.stage().id);
  expect(all.filter((id) => !played.includes(id) && !elsewhere.includes(id))).toEqual([]);
});

it('has a golden file for every scenario, and no other', () => {
  const files = readdirSync(new URL('__golden__', import.meta.url)).toSorted();
  expect(files).toEqual([...SCENARIOS, STRESS].map((s) => `${s.name}.txt`).toSorted());
});
