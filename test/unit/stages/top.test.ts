import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readThroughParent } from '../../../src/cluster/through-parent.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { topLooks } from '../../../src/stages/cluster/top.js';
import type { TopSeen } from '../../../src/stages/cluster/top.js';
import { countRunningPods, parseRunningPods } from '../../../src/tools/running-pods.js';
import { PARENT, sampleConfig } from '../../support/sample-room.js';
import { asks, scripted } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';

const AT = 1_795_000_000;
type Value = readonly [query: string, node: string, value: number];

const vector = (values: readonly Value[], at = AT): string =>
  `${JSON.stringify({
    status: 'success',
    data: {
      resultType: 'vector',
      result: values.map(([query, node, value]) => ({
        metric: { kmon_query: query, node },
        value: [at, String(value)],
      })),
    },
  })}\n@@kmon 0\n`;

const targets = (...down: readonly string[]): string =>
  `${JSON.stringify({
    status: 'success',
    data: {
      activeTargets: down.map((node) => ({
        labels: { job: 'node-exporter', node },
        health: 'down',
        lastError:
          'Get "http://192.0.2.11:9100/metrics": dial tcp 192.0.2.11:9100: connect: connection refused',
      })),
    },
  })}\n@@kmon 0\n`;

const past = (values: readonly Value[]): string =>
  `${JSON.stringify({
    status: 'success',
    data: {
      resultType: 'matrix',
      result: values.map(([query, node, value]) => ({
        metric: { kmon_query: query, node },
        values: [
          [AT - 10, String(value)],
          [AT - 5, String(value + 1)],
        ],
      })),
    },
  })}\n@@kmon 0\n`;

const PODS = '@@pods-on-nodes\n     11 "nodeName":"pc-10"\n      2 "nodeName":"pc-12"\n';
const refused = '\nError from server (ServiceUnavailable): no endpoints available\n@@kmon 1\n';

const up = (...down: readonly string[]): readonly Value[] =>
  ['pc-10', 'pc-11', 'pc-12'].map((node) => ['up', node, down.includes(node) ? 0 : 1] as const);

function watch(...steps: readonly Step[]) {
  let now = 1000;
  const config = sampleConfig();
  const parent = scripted(PARENT.name, steps);
  const looks = topLooks(readThroughParent(parent, { programFolder: '/opt/kmon/bin' }), config, () => now);
  return { looks, later: (ms: number) => (now += ms) };
}

const rowOf = (seen: TopSeen, machine: string) => {
  if (seen.kind === 'silent') throw new Error(seen.because);
  return seen.rows.find((row) => row.machine === machine);
};

/** How often kubectl runs in a script. */
const kubectls = (script: string): number => script.match(/\/kubectl /g)?.length ?? 0;

describe('a look at the room', () => {
  it('is one round trip, and asks for no more than is not known', async () => {
    const asked: string[] = [];
    const says = (text: string) =>
      asks('query?query=', (command) => {
        asked.push(command.script);
        return text;
      });
    const { looks, later } = watch(
      says(vector([...up(), ['cpuRead', 'pc-11', 88]]) + targets() + past([['cpu', 'pc-11', 40]]) + PODS),
      says(vector(up(), AT + 5)),
      says(vector(up(), AT + 20) + PODS),
    );
    const first = await looks.look();
    expect(rowOf(first, 'pc-11')).toMatchObject({
      state: 'answers',
      cpuPercent: 88,
      temperature: 'no sensor',
      pods: 0,
    });
    expect(rowOf(first, 'pc-10')?.pods).toBe(11);
    expect(looks.past.of('pc-11').cpu.slice(-3)).toEqual([40, 41, 88]);
    later(2000);
    expect(rowOf(await looks.look(), 'pc-12')).toMatchObject({ pods: 2 });
    later(14_000);
    await looks.look();
    expect(asked.map(kubectls)).toEqual([4, 1, 2]);
    for (const script of asked) execFileSync('sh', ['-n'], { input: script });
    expect(asked.map((a) => a.includes('max_over_time'))).toEqual([true, false, false]);
    expect(asked.map((a) => a.includes('/api/v1/pods?'))).toEqual([true, false, true]);
    // A step in which nothing was asked stays empty.
    expect(looks.past.of('pc-11').cpu.slice(-5)).toEqual([88, undefined, undefined, undefined, undefined]);
  });

  it('says since when a machine is silent, and why', async () => {
    const { looks } = watch(
      asks(
        'max_over_time',
        vector([...up('pc-11'), ['lastAnswer', 'pc-11', AT - 250]]) + targets('pc-11') + past([]) + PODS,
      ),
      // Whoever is silent from the beginning is not asked for again.
      asks(/^(?!.*max_over_time)/s, vector(up('pc-11'), AT + 2) + targets('pc-11')),
      asks(
        /^(?!.*max_over_time)/s,
        vector([...up('pc-12'), ['cpuRead', 'pc-12', 99]], AT + 4) + targets('pc-12'),
      ),
      asks(/^(?!.*max_over_time)/s, vector(up('pc-11'), AT + 6) + targets('pc-11')),
    );
    const first = rowOf(await looks.look(), 'pc-11');
    expect(first).toMatchObject({ state: 'silent', because: 'connection refused', temperature: null });
    expect(first?.silentSince).toBe(new Date((AT - 250) * 1000).toISOString());
    await looks.look();
    const third = await looks.look();
    expect(rowOf(third, 'pc-11')).toMatchObject({ state: 'answers', silentSince: null });
    expect(rowOf(third, 'pc-12')?.cpuPercent).toBeNull();
    expect(rowOf(third, 'pc-12')?.silentSince).toBe(new Date((AT + 2) * 1000).toISOString());
    expect(rowOf(await looks.look(), 'pc-11')?.silentSince).toBe(new Date((AT + 4) * 1000).toISOString());
  });

  it('knows of one that was never heard no more than that, and asks once', async () => {
    const { looks } = watch(
      asks('max_over_time', vector(up('pc-11')) + targets('pc-11') + past([]) + PODS),
      asks(/^(?!.*max_over_time)/s, vector(up('pc-11'), AT + 2) + targets('pc-11')),
    );
    expect(rowOf(await looks.look(), 'pc-11')).toMatchObject({ state: 'silent', silentSince: null });
    expect(rowOf(await looks.look(), 'pc-11')).toMatchObject({ state: 'silent', silentSince: null });
  });

  it('tells a sensor that lies from none, and a machine that was never asked', async () => {
    const values: readonly Value[] = [
      ['up', 'pc-10', 1],
      ['up', 'pc-11', 1],
      ['temperatureRead', 'pc-10', 255],
      ['memoryRead', 'pc-10', 140],
      ['received', 'pc-10', 8e6],
      ['sent', 'pc-10', Infinity],
    ];
    const { looks } = watch(asks('query?query=', vector(values) + targets() + past([]) + PODS));
    const seen = await looks.look();
    expect(rowOf(seen, 'pc-10')).toMatchObject({
      temperature: 'sensor lies',
      memoryPercent: null,
      because: 'its memory reading cannot be (140 %)',
      receivedBitsPerSecond: 8e6,
      sentBitsPerSecond: null,
    });
    expect(rowOf(seen, 'pc-11')).toMatchObject({ temperature: 'no sensor', because: null });
    expect(rowOf(seen, 'pc-12')).toMatchObject({ state: 'not asked', temperature: null });
  });

  it('goes on after a time without an answer', async () => {
    const lost = new KmonError('connection-lost', 'the connection broke before the command ended');
    const { looks } = watch(
      asks('query?query=', vector(up()) + targets() + past([]) + PODS),
      asks('query?query=', refused),
      // A look is sent once more on a new connection; then it is told.
      asks('query?query=', lost),
      asks('query?query=', vector(up(), AT + 9)),
    );
    expect((await looks.look()).kind).toBe('room');
    expect(await looks.look()).toEqual({ kind: 'silent', because: 'no endpoints available' });
    expect(await looks.look()).toEqual({ kind: 'silent', because: lost.message });
    expect((await looks.look()).kind).toBe('room');
  });

  it('counts the pods where kubectl runs', () => {
    const list = JSON.stringify({
      items: ['b', 'a', 'b'].map((nodeName) => ({
        metadata: { annotations: { applied: JSON.stringify({ spec: { nodeName: 'c' } }) } },
        spec: { nodeName },
      })),
    });
    // `printf` stands for kubectl: what it is asked is its first word here.
    const script = countRunningPods({ binary: 'kubectl', context: 'x' }).script.replace(
      /kubectl .*(?=\); then)/,
      `printf %s '${list}'`,
    );
    expect(script).toContain('printf');
    const { before, counts } = parseRunningPods(
      `first\n${execFileSync('sh', { input: script, encoding: 'utf8' })}`,
    );
    expect(before).toBe('first\n');
    expect([...(counts ?? [])]).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    const silent = execFileSync('sh', { input: script.replace('printf %s', 'false'), encoding: 'utf8' });
    expect(parseRunningPods(silent).counts).toBeUndefined();
  });

  it('ends with what does not pass', async () => {
    const { looks } = watch(asks('query?query=', new KmonError('host-key-changed', 'another key')));
    await expect(looks.look()).rejects.toMatchObject({ code: 'host-key-changed' });
  });
});
