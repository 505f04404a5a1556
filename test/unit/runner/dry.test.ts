import { describe, expect, it } from 'vitest';
import { dryOther, dryRunner } from '../../../src/runner/dry.js';
import { liveRunner } from '../../../src/runner/live.js';
import { openRunner } from '../../../src/runner/open.js';
import type { PowerShellRunner } from '../../../src/runner/powershell-runner.js';
import type { Trace } from '../../../src/runner/traced.js';
import { changes, reads, tries, withOptions } from '../../../src/shell/command.js';
import { psChanges, psReads } from '../../../src/shell/powershell.js';
import { Secret } from '../../../src/shell/secret.js';
import { marked, scriptedTransport } from './scripted-transport.js';

describe('the dry runner', () => {
  it('looks for real and changes nothing', async () => {
    const transport = scriptedTransport([({ wire }) => marked(wire, { stdout: 'seen' })]);
    const traces: Parameters<Trace>[0][] = [];
    const trace: Trace = (t) => void traces.push(t);
    const live = liveRunner({ machine: 'pc-1', transport, sudo: { mode: 'root' }, trace });
    const dry = dryRunner(live, trace);
    expect((await dry.query(reads`look`)).stdout).toBe('seen');
    await dry.mutate('change it', withOptions(changes`rm ${'a b'}`, { stdin: new Secret('hidden') }));
    expect(transport.sent).toHaveLength(1);
    expect(dry.skipped).toEqual([{ intent: 'change it', script: "rm 'a b'" }]);
    expect(traces).toMatchObject([
      { verb: 'query', exitCode: 0 },
      { verb: 'mutate', intent: 'change it', shown: "rm 'a b'", skipped: true, durationMs: 0 },
    ]);
    expect(traces[1]).not.toHaveProperty('exitCode');
    expect(JSON.stringify([traces, dry.skipped])).not.toContain('hidden');
    expect(dry).toMatchObject({ machine: 'pc-1', dryRun: true });
  });

  it('does the same where PowerShell is spoken', async () => {
    const asked: string[] = [];
    const traces: Parameters<Trace>[0][] = [];
    const run: PowerShellRunner = {
      machine: 'pc-win',
      query: async ({ text }) => {
        asked.push(text);
        return 'seen';
      },
      mutate: async () => Promise.reject(new Error('it was changed')),
    };
    const system = { family: 'windows', name: 'Windows 11 Pro', version: '10' } as const;
    const dry = dryOther({ family: 'windows', system, run }, (t) => void traces.push(t));
    if (dry.family !== 'windows') throw new Error('it runs Windows');
    expect(await dry.run.query(psReads`look`)).toBe('seen');
    await dry.run.mutate('change it', psChanges`rm ${'a b'}`, 'a-stage');
    expect(asked).toEqual(['look']);
    expect(traces).toMatchObject([
      { verb: 'mutate', intent: 'change it', stage: 'a-stage', shown: "rm 'a b'", skipped: true },
    ]);
  });

  it('tries out for real what ends by itself, and tells of it once', async () => {
    const transport = scriptedTransport([({ wire }) => marked(wire, { stdout: 'pid 7\n' })]);
    const traces: Parameters<Trace>[0][] = [];
    const trace: Trace = (t) => void traces.push(t);
    const dry = dryRunner(liveRunner({ machine: 'pc-1', transport, sudo: { mode: 'root' }, trace }), trace);
    expect((await dry.attempt(tries`listen`)).stdout).toBe('pid 7\n');
    expect(transport.sent).toHaveLength(1);
    expect(traces).toMatchObject([{ type: 'command', verb: 'try', shown: 'listen', exitCode: 0 }]);
    expect(traces[0]).not.toHaveProperty('skipped');
    expect(dry.skipped).toEqual([]);
  });
});

describe('openRunner', () => {
  it.each([true, false])('with dryRun %s', async (dryRun) => {
    const transport = scriptedTransport([
      ({ wire }) => marked(wire, { stdout: 'uid=0 user=root\n' }),
      ({ wire }) => marked(wire, {}),
    ]);
    const { runner: run } = await openRunner({
      machine: 'pc-1',
      transport,
      dryRun,
      askPassword: async () => {
        throw new Error('not needed');
      },
    });
    await run.mutate('x', changes`true`);
    expect(run.dryRun).toBe(dryRun);
    expect(transport.sent).toHaveLength(dryRun ? 1 : 2);
  });
});
