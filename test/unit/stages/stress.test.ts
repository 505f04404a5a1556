import { describe, expect, it } from 'vitest';
import { inCluster } from '../../../src/stages/cluster/in-cluster.js';
import { SeenByStage } from '../../../src/engine/results.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { assertShellSyntax } from '../tools/shell-syntax.js';
import { CHILD } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import { asksMetrics, asksNodes, asksSilentPrometheus, clusterAbsent, clusterReady } from './answers.js';
import { goldenText } from './golden.js';
import { loadOf, STRESS } from './scenarios-monitoring.js';
import { parts, plannedIn, play } from './stage-run.js';

const stage = loadOf(80, 6);
const { setting, bare, work } = STRESS;
const UNWATCHED = { rows: [{ machine: CHILD.name, before: {}, peak: {}, after: {} }] };

/** What the run gets to know of the child. */
function watchedIn(seen: SeenByStage): unknown {
  return seen.of(stage).get(CHILD.name)?.watched;
}

describe('who is loaded', () => {
  const { setting: of } = STRESS;
  const probe = (...answers: readonly ReturnType<typeof asks>[]) => play(inCluster, { parent: answers }, of);

  it('is a child that the cluster knows', async () => {
    expect(await probe(...clusterReady, asksNodes({ name: 'pc-10' }, { name: 'pc-11' }))).toMatchObject({
      outcome: 'unchanged',
    });
  });

  it('is no child that never joined: told with what to do', async () => {
    const { error } = await probe(...clusterReady, asksNodes({ name: 'pc-10' }));
    expect(error).toMatchObject({
      code: 'precondition',
      message: 'it is not in the cluster: the cluster knows no node of this name',
      hint: 'run `kmon join-child --only pc-11` first',
    });
  });

  it('is nobody where there is no cluster', async () => {
    const { error } = await probe(...clusterAbsent);
    expect(error).toMatchObject({ message: 'there is no cluster on pc-10 yet' });
  });
});

describe('stress', () => {
  it('types what is written down, and sees before, peak and after', async () => {
    const seen = new SeenByStage();
    const played = await play(stage, parts(bare, work), { ...setting, seen });
    expect(played.outcome).toBe('changed');
    await expect(goldenText(played)).toMatchFileSnapshot('__golden__/stress.txt');
    for (const { command } of played.journal) assertShellSyntax(command);
    expect(watchedIn(seen)).toMatchObject({
      rows: [
        {
          machine: 'pc-11',
          before: { cpuPercent: 5, memoryPercent: 40, temperature: 'no sensor' },
          peak: { cpuPercent: 81, memoryPercent: 40, temperature: 'no sensor' },
          after: { cpuPercent: 5, memoryPercent: 40, temperature: 'no sensor' },
        },
      ],
    });
    const { before, begins = 0, ends = 0, after = 0 } = seen.of(stage).get(CHILD.name)?.moments ?? {};
    expect([begins - (before ?? 0), ends - begins, after - ends]).toEqual([21_000, 6000, 22_000]);
    const said = played.events.flatMap((e) => (e.type === 'progress' ? [e.text] : []));
    expect(said).toContain('CPU 81 %, 2 s left');
    expect(said).toContain('the load is over: CPU 5 %');
  });

  it('only says so in a dry run', async () => {
    const played = await play(stage, bare, { ...setting, dryRun: true });
    expect(played).toMatchObject({ outcome: 'planned', journal: [] });
    expect(plannedIn(played)).toEqual([
      'see how it is without a load',
      'start the load: 80 % CPU for 6 s',
      'watch the load for 6 s',
      'stop the load',
      'see how it calms down',
    ]);
  });

  it('stops the load when it is interrupted', async () => {
    const interrupt = new AbortController();
    const part = {
      parent: [asksMetrics({}), asksMetrics({ 'pc-11': 80 })],
      child: [
        asks('ledger.jsonl'),
        does('start the load: 80 % CPU for 6 s'),
        asks('systemctl show kmon-stress', () => {
          interrupt.abort(new KmonError('interrupted', 'stopped by Ctrl-C'));
          return 'ActiveState=active\n';
        }),
        does('stop the load'),
      ],
    };
    const played = await play(stage, part, { ...setting, signal: interrupt.signal });
    expect(played.error).toMatchObject({ code: 'interrupted' });
  });

  it('stops the load although its start failed: it may have begun', async () => {
    const lost = new KmonError('connection-lost', 'gone');
    const part = {
      parent: [asksMetrics({})],
      child: [asks('ledger.jsonl'), does('start the load: 80 % CPU for 6 s', lost), does('stop the load')],
    };
    const seen = new SeenByStage();
    expect((await play(stage, part, { ...setting, seen })).error).toMatchObject({ code: 'connection-lost' });
    expect(watchedIn(seen)).toMatchObject(UNWATCHED);
  });

  it('names a load that did not last, and keeps what was seen of it', async () => {
    const short = loadOf(80, 60);
    const seen = new SeenByStage();
    const part = {
      parent: [asksMetrics({ 'pc-11': 5 }), asksMetrics({ 'pc-11': 70 })],
      child: [
        asks('ledger.jsonl'),
        does('start the load: 80 % CPU for 60 s'),
        asks('systemctl show kmon-stress', 'ActiveState=inactive\n'),
        asks('journalctl --boot --unit kmon-stress', 'stress-ng: fail: no memory\n'),
        does('stop the load'),
        does('stop the load'),
      ],
    };
    const played = await play(short, part, { ...setting, seen });
    expect(played.error).toMatchObject({ code: 'command', message: 'stress-ng ended 58 s too early' });
    expect(played.error?.evidence).toBe('stress-ng: fail: no memory');
    expect(seen.of(short).get(CHILD.name)?.watched).toMatchObject({
      rows: [{ before: { cpuPercent: 5 }, peak: { cpuPercent: 70 } }],
    });
  });

  it('loads although nobody measures, and does not wait for values that nobody sees', async () => {
    const seen = new SeenByStage();
    const part = {
      parent: [0, 2, 4, 6].map(() => asksSilentPrometheus),
      child: work.child ?? [],
    };
    const played = await play(stage, part, { ...setting, seen });
    expect(played.outcome).toBe('changed');
    expect(watchedIn(seen)).toMatchObject(UNWATCHED);
    const { ends = 0, after = 1 } = seen.of(stage).get(CHILD.name)?.moments ?? {};
    expect(after - ends).toBe(0);
    expect(JSON.stringify(played.events)).toContain('no metrics: Prometheus does not answer');
  });

  it.each([
    ['as main does', new Error('interrupted')],
    ['as an answer that does not come', new KmonError('interrupted', 'stopped by Ctrl-C')],
  ])('keeps what was seen of a load that is interrupted, %s', async (_, reason) => {
    const interrupt = new AbortController();
    const seen = new SeenByStage();
    const part = {
      parent: [asksMetrics({ 'pc-11': 5 }), asksMetrics({ 'pc-11': 80 })],
      child: [
        asks('ledger.jsonl'),
        does('start the load: 80 % CPU for 6 s'),
        asks('systemctl show kmon-stress', () => {
          interrupt.abort(reason);
          return 'ActiveState=active\n';
        }),
        does('stop the load'),
      ],
    };
    await play(stage, part, { ...setting, signal: interrupt.signal, seen }).catch((error: unknown) => {
      expect(error).toBe(reason);
    });
    expect(seen.of(stage).get(CHILD.name)).toMatchObject({
      over: false,
      watched: { rows: [{ before: { cpuPercent: 5 }, peak: { cpuPercent: 80 } }] },
      moments: { begins: expect.any(Number) as number, ends: expect.any(Number) as number },
    });
  });

  it('stops the load at once where the machine cannot be watched any more', async () => {
    const seen = new SeenByStage();
    const part = {
      parent: [asksMetrics({ 'pc-11': 5 }), asksMetrics({ 'pc-11': 80 })],
      child: [
        asks('ledger.jsonl'),
        does('start the load: 80 % CPU for 6 s'),
        asks('systemctl show kmon-stress', () => {
          throw new KmonError('connection-lost', 'gone');
        }),
        does('stop the load'),
        does('stop the load'),
      ],
    };
    const played = await play(stage, part, { ...setting, seen });
    expect(played.error).toMatchObject({ code: 'connection-lost' });
    expect(seen.of(stage).get(CHILD.name)?.watched?.rows).toMatchObject([{ peak: { cpuPercent: 80 } }]);
  });

  describe('with a limit', () => {
    const limited = loadOf(80, 60, { celsius: 80 });
    const running = asks('systemctl show kmon-stress', 'ActiveState=active\n');
    const at = (celsius: number | undefined) =>
      asksMetrics({ 'pc-11': 81 }, {}, celsius === undefined ? {} : { 'pc-11': celsius });
    const gone = asksMetrics({ 'pc-12': 5 });

    it.each([
      ['it is reached', [at(60), at(79), at(80)], 'at 80 °C, the limit is 80 °C'],
      ['the sensor is lost', [at(60), at(61), at(undefined)], 'the temperature sensor is lost'],
      ['the sensor lies', [at(60), at(61), at(-128)], 'the temperature sensor lies'],
      [
        'nothing is seen of the machine any more',
        [at(60), at(61), ...Array<typeof gone>(8).fill(gone)],
        'no temperature for 16 s: the limit cannot be held',
      ],
      [
        'Prometheus falls silent',
        [at(60), at(61), ...Array<typeof gone>(8).fill(asksSilentPrometheus)],
        'no temperature for 16 s: the limit cannot be held',
      ],
    ])('stops when %s, and sees how it calms down', async (_, during, why) => {
      const seen = new SeenByStage();
      const calm = Array<typeof gone>(11).fill(at(50));
      const part = {
        parent: [...during, ...calm],
        child: [
          asks('ledger.jsonl'),
          does('start the load: 80 % CPU for 60 s'),
          // When it has to stop nothing is asked before that.
          ...during.slice(2).map(() => running),
          does('stop the load'),
          does('stop the load'),
        ],
      };
      const played = await play(limited, part, { ...setting, seen });
      expect(played).toMatchObject({ outcome: 'changed', because: `stopped: ${why}` });
      expect(seen.of(limited).get(CHILD.name)).toMatchObject({ over: true, cutOff: why });
      expect(JSON.stringify(played.events)).toContain(`the load was stopped: ${why}`);
    });

    it('bears a moment of silence', async () => {
      const short = loadOf(80, 6, { celsius: 80 });
      const seen = new SeenByStage();
      const part = {
        parent: [at(60), gone, asksSilentPrometheus, at(61), ...Array<typeof gone>(11).fill(at(50))],
        child: work.child ?? [],
      };
      const played = await play(short, part, { ...setting, seen });
      expect(played).toMatchObject({ outcome: 'changed', because: 'the load is over' });
    });

    it('says so in the plan', async () => {
      const played = await play(limited, bare, { ...setting, dryRun: true });
      expect(plannedIn(played)).toContain('watch the load for 60 s, and stop it at 80 °C');
    });
  });
});
