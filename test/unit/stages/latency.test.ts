import { describe, expect, it } from 'vitest';
import { latency } from '../../../src/stages/cluster/latency.js';
import { attempts } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { assertShellSyntax } from '../tools/shell-syntax.js';
import { asksMetrics, asksSilentPrometheus } from './answers.js';
import { play } from './stage-run.js';

/** The first value is the one before the load; asked twice a second, by everybody together once in 900 ms. */
const cpu = (...percents: readonly number[]): readonly Step[] =>
  percents.map((percent) => asksMetrics({ 'pc-11': percent }));
const LOAD = [
  attempts('systemd-run --quiet --collect --unit kmon-latency.service'),
  attempts('systemctl stop'),
];

describe('how soon a load on a child is seen', () => {
  it('is measured from its start to the value that Prometheus gives, and then it ends', async () => {
    const played = await play(latency, { parent: cpu(7, 7, 9, 16.9, 21), child: LOAD });
    expect(played).toMatchObject({ outcome: 'unchanged', because: 'seen after 4.0 s' });
    for (const { command } of played.journal) assertShellSyntax(command);
    const [start] = played.journal.filter((g) => g.verb === 'try');
    // Four processors, of which a fifth of one is for whoever else is there; it ends by itself.
    expect(start?.command.script).toMatch(/RuntimeMaxSec=40 .*CPUQuota=320% .*-lt 4 \]/s);
  });

  it('is not seen where it does not show, and the load ends all the same', async () => {
    const played = await play(latency, {
      parent: cpu(7, ...Array.from({ length: 30 }, () => 8)),
      child: LOAD,
    });
    expect(played).toMatchObject({ outcome: 'unchanged', because: 'not seen within 30 s' });
  });

  it.each([
    ['busy', asksMetrics({ 'pc-11': 93 }), 'its processors are busy already (93 %)'],
    ['not measured', asksMetrics({}), 'Prometheus has no CPU value of it'],
    ['of a silent Prometheus', asksSilentPrometheus, 'Prometheus has no CPU value of it'],
  ])('is not tried on a child that is %s', async (_, answer, because) => {
    const played = await play(latency, { parent: [answer], child: [] });
    expect(played.because).toBe(`could not be tried: ${because}`);
  });
});
