import { describe, expect, it } from 'vitest';
import type { Trace } from '../../../src/runner/traced.js';
import { changes, reads, withOptions } from '../../../src/shell/command.js';
import { Secret } from '../../../src/shell/secret.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { asks, does, scriptedDry, ScriptedRunner } from '../../support/scripted-runner.js';
import type { Given } from '../../support/scripted-runner.js';

const look = reads`cat /etc/hostname`;
const set = changes`hostname pc-1`;

describe('the scripted machine', () => {
  it('plays its part', async () => {
    const journal: Given[] = [];
    const run = new ScriptedRunner('pc-1', [asks('hostname', 'pc-0\n'), does('name it')], { journal });
    expect((await run.query(look)).stdout).toBe('pc-0\n');
    await run.mutate('name it', set);
    run.verify();
    expect(journal).toEqual([
      { machine: 'pc-1', verb: 'query', command: look },
      { machine: 'pc-1', verb: 'mutate', intent: 'name it', command: set },
    ]);
  });

  it.each([
    ['a script', asks('uptime'), /- query uptime/],
    ['a verb', does('cat /etc/hostname'), /- mutate cat/],
    ['a command', asks(reads`cat /etc/hosts`), /- query cat \/etc\/hosts/],
    ['a pattern', asks(/^hostname/), /- query \/\^hostname\//],
  ])('fails when %s is not the next one, and shows the difference', async (_, step, expected) => {
    const run = new ScriptedRunner('pc-1', [step]);
    await expect(async () => run.query(look)).rejects.toThrow(expected);
    await expect(async () => run.query(look)).rejects.toThrow(/\+ query \n {8}cat \/etc\/hostname/);
    expect(() => {
      run.verify();
    }).toThrow(/was asked something else/);
  });

  it('fails when something is asked after the end', async () => {
    const run = new ScriptedRunner('pc-1', []);
    await expect(async () => run.mutate('name it', set)).rejects.toThrow(/\+ mutate name it/);
  });

  it('takes an intent only as a whole, and stdin as part of a command', async () => {
    const part = new ScriptedRunner('pc-1', [does('name')]);
    await expect(async () => part.mutate('name it', set)).rejects.toThrow('something else');
    const stdin = new ScriptedRunner('pc-1', [does(withOptions(set, { stdin: 'a' }))]);
    await expect(async () => stdin.mutate('x', withOptions(set, { stdin: 'b' }))).rejects.toThrow();
  });

  it('fails at the end when something was not asked', async () => {
    const run = new ScriptedRunner('pc-1', [asks('hostname'), does('name it')]);
    await run.query(look);
    expect(() => {
      run.verify();
    }).toThrow(/not asked for all it expected:\n {4}query hostname\n {2}- mutate name it/);
  });

  it('fails as a real machine does, and masks what a real runner masks', async () => {
    const traces: Parameters<Trace>[0][] = [];
    const failure = { exitCode: 3, stderr: 'error: hunter22 is wrong' };
    const run = new ScriptedRunner('pc-1', [does('name it', failure)], { trace: (t) => traces.push(t) });
    const secret = withOptions(set, { stdin: new Secret('hunter22') });
    const error = await kmonErrorOf(run.mutate('name it', secret));
    expect(error).toMatchObject({ code: 'command', message: 'could not name it: error: *** is wrong' });
    expect(traces).toMatchObject([
      { type: 'command-started', intent: 'name it' },
      { verb: 'mutate', exitCode: 3, stderr: 'error: *** is wrong' },
    ]);
  });

  it('keeps its mark through a script that goes by stdin', async () => {
    const run = new ScriptedRunner('pc-1', [asks('long', 'yes')]);
    expect((await run.query(reads`: ${`long${'x'.repeat(9000)}`}`)).stdout).toBe('yes');
  });

  it('makes no change in a dry run', async () => {
    const run = scriptedDry('pc-1', [asks('hostname', 'pc-0')]);
    await run.mutate('name it', set);
    expect((await run.query(look)).stdout).toBe('pc-0');
  });
});
