import { describe, expect, it } from 'vitest';
import { SeenByStage } from '../../../src/engine/results.js';
import { loadOf } from '../../../src/loads/chosen-load.js';
import type { Limit } from '../../../src/loads/cut-off.js';
import type { Facts } from '../../../src/facts/facts.js';
import { loadFits } from '../../../src/stages/cluster/load-fits.js';
import { CHILD } from '../../support/sample-room.js';
import { asks } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { asksMetrics, asksSilentPrometheus } from './answers.js';
import { lab } from './scenarios-monitoring.js';
import { play } from './stage-run.js';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** The stage for a model of half a minute. */
async function fits(
  model: string,
  on: { child?: readonly Step[]; parent?: readonly Step[]; facts?: Partial<Facts>; limit?: Limit } = {},
) {
  const load = await loadOf({ model, seconds: 30 }, '/');
  const stage = loadFits({ load, ...(on.limit === undefined ? {} : { limit: on.limit }) });
  const seen = new SeenByStage();
  const part = { child: on.child ?? [], parent: on.parent ?? [] };
  const played = await play(stage, part, { ...lab, seen, facts: on.facts ?? {} });
  return { played, seen: seen.of(stage).get(CHILD.name) };
}

const disk = (answer: string): Step => asks("stat -f -c '%T %a %S' /var/tmp", answer);

describe('what a child can bear', () => {
  it('is not asked of the machine where facts are enough', async () => {
    const { played, seen } = await fits('steps');
    expect(played).toMatchObject({ outcome: 'unchanged' });
    expect(played.because).toMatch(/^27 % CPU for 6 s, then 53 % CPU/);
    expect(seen).toHaveLength(5);
  });

  it('is worked out of its memory, less where it is a container', async () => {
    const of = async (facts: Partial<Facts>) => (await fits('memory', { facts })).seen;
    expect(await of({ memoryAvailableBytes: 4 * GIB })).toMatchObject(
      [0.2, 0.4, 0.6].map((part) => ({ memoryBytes: Math.floor(4 * GIB * part) })),
    );
    expect(await of({ memoryAvailableBytes: 4 * GIB, container: true })).toMatchObject(
      [256, 256, 256].map((most) => ({ memoryBytes: most * MIB })),
    );
  });

  it('is worked out of the disk that its file would lie on', async () => {
    const { seen } = await fits('disk', { child: [disk(`ext2/ext3 ${(12 * GIB) / 4096} 4096\n`)] });
    expect(seen).toEqual([{ seconds: 30, diskBytes: GIB }]);
  });

  it.each([
    ['a full disk', 'disk', disk(`ext2/ext3 ${GIB / 4096} 4096\n`), {}],
    ['a disk that is memory', 'disk', disk(`tmpfs ${(12 * GIB) / 4096} 4096\n`), {}],
    ['a folder that is not there', 'mixed', disk('stat: cannot read file system information\n'), {}],
    ['little memory', 'memory', undefined, { memoryAvailableBytes: 800 * MIB }],
    ['memory that nobody tells', 'memory', undefined, { memoryAvailableBytes: 0 }],
  ])('refuses the load before anything is installed: %s', async (_, model, asked, facts) => {
    const { played } = await fits(model, { facts, child: asked === undefined ? [] : [asked] });
    expect(played.error).toMatchObject({ code: 'precondition' });
    expect(played.error?.message).toMatch(/^there is no room for a load on the (disk|memory): /);
    expect(played.journal.filter((g) => g.verb !== 'query')).toEqual([]);
  });

  it.each([
    ['a sensor below the limit', asksMetrics({ 'pc-11': 5 }, {}, { 'pc-11': 55 }), undefined],
    [
      'hot as it is',
      asksMetrics({ 'pc-11': 5 }, {}, { 'pc-11': 83 }),
      'it is at 83 °C before the load: the limit is 80 °C',
    ],
    [
      'no sensor',
      asksMetrics({ 'pc-11': 5 }),
      'it has no temperature sensor that could hold the limit of 80 °C',
    ],
    [
      'a sensor that lies',
      asksMetrics({ 'pc-11': 5 }, {}, { 'pc-11': -128 }),
      'its temperature sensor lies: it cannot hold the limit of 80 °C',
    ],
    [
      'a machine that nobody measures',
      asksMetrics({ 'pc-12': 5 }),
      'nobody measures its temperature: the limit of 80 °C cannot be held',
    ],
    [
      'no Prometheus',
      asksSilentPrometheus,
      'nobody measures its temperature: the limit of 80 °C cannot be held',
    ],
  ])('holds a limit only with a thermometer: %s', async (_, metrics, message) => {
    const { played } = await fits('constant', { parent: [metrics], limit: { celsius: 80 } });
    expect(played.error?.message).toBe(message);
  });
});
