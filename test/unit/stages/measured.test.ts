import { describe, expect, it } from 'vitest';
import { measured } from '../../../src/stages/cluster/measured.js';
import { CHILD, OTHER, PARENT, sampleBundle } from '../../support/sample-room.js';
import type { Step } from '../../support/scripted-runner.js';
import { asksMetrics, asksNodes, asksSilentPrometheus, settling } from './answers.js';
import { play } from './stage-run.js';
import type { Setting } from './stage-run.js';

const setting: Setting = { machine: PARENT, bundle: sampleBundle() };

describe('measured', () => {
  const room = asksNodes({ name: 'pc-10' }, { name: 'pc-11', ready: false }, { name: 'pc-12' });

  it('asks for the Ready ones among the machines of the command, and says who has no sensor', async () => {
    const part = { parent: [room, asksMetrics({ 'pc-10': 3 })] };
    const played = await play(measured, part, { ...setting, about: [PARENT, CHILD] });
    expect(played).toMatchObject({
      outcome: 'unchanged',
      because: 'targets up 1/1; no temperature sensor: pc-10',
    });
  });

  it('says whose sensor lies, and lets it pass', async () => {
    const lying = asksMetrics({ 'pc-10': 3, 'pc-12': 4 }, {}, { 'pc-10': -263, 'pc-12': 47 });
    const played = await play(measured, { parent: [room, lying] }, { ...setting, about: [PARENT, OTHER] });
    expect(played).toMatchObject({
      outcome: 'unchanged',
      because: 'targets up 2/2; temperature sensor lies: pc-10',
    });
  });

  it.each([
    [
      'no node is Ready',
      asksNodes({ name: 'pc-10', ready: false }),
      asksMetrics({}),
      'no node is Ready',
      'kmon status',
    ],
    [
      'Prometheus does not answer',
      asksNodes({ name: 'pc-10' }),
      asksSilentPrometheus,
      'pc-10: Prometheus does not answer: services "kmon-prometheus" not found',
      'node-exporter on pc-10',
    ],
    [
      'a machine has not been asked',
      asksNodes({ name: 'pc-10' }, { name: 'pc-12' }),
      asksMetrics({ 'pc-10': 3 }),
      'pc-12: Prometheus has not asked it yet',
      'node-exporter on pc-12',
    ],
    [
      'a reading cannot be',
      asksNodes({ name: 'pc-10' }),
      asksMetrics({ 'pc-10': -312 }),
      'pc-10: its CPU reading cannot be (-312 %)',
      'curl -s http://192.0.2.10:9100/metrics',
    ],
  ])('fails in time, with what is missing: %s', async (_, known, metrics, message, hint) => {
    const look: readonly Step[] = [known, metrics];
    const played = await play(
      measured,
      { parent: [...look, ...settling(120, look)] },
      { ...setting, about: [PARENT, OTHER] },
    );
    expect(played.error).toMatchObject({
      code: 'not-verified',
      message,
      hint: expect.stringContaining(hint) as string,
    });
  });
});
