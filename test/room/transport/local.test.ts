import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localTransport } from '../../../src/transport/local.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { temporaryFolder } from '../../support/sshd.js';

/** What only this computer can promise: a command that is given up is really ended. */
describe('the local transport', () => {
  let dir: string;
  beforeEach(() => {
    dir = temporaryFolder('local');
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  const gone = async (pid: number): Promise<boolean> => {
    for (let i = 0; i < 100; i += 1) {
      // A process that has ended may wait as a zombie for whoever collects it.
      const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
      if (stat === '' || / Z /.test(stat)) return true;
      await new Promise((done) => setTimeout(done, 20));
    }
    return false;
  };
  const tree = (): string => `sleep 100 & echo $! >${dir}/child; echo $$ >${dir}/shell; wait`;
  const pids = (): number[] => ['child', 'shell'].map((f) => Number(readFileSync(join(dir, f), 'utf8')));

  it('ends a command and everything it started at the time limit', async () => {
    const here = localTransport('here');
    expect((await kmonErrorOf(here.exec(tree(), { timeoutMs: 300 }))).code).toBe('timeout');
    expect(await Promise.all(pids().map(gone))).toEqual([true, true]);
    await here.close();
  });

  it('ends them when it is closed', async () => {
    const here = localTransport('here');
    const running = kmonErrorOf(here.exec(tree()));
    await here.exec(`until [ -s ${dir}/shell ]; do sleep 0.02; done`);
    await here.close();
    expect((await running).code).toBe('connection-lost');
    expect(await Promise.all(pids().map(gone))).toEqual([true, true]);
  });

  it('keeps commands out of the reach of Ctrl-C in the terminal', async () => {
    const here = localTransport('here');
    const { stdout } = await here.exec('ps -o pgid= -p $$; echo $$');
    const [group, shell] = stdout.split('\n').map(Number);
    expect(group).toBe(shell);
    await here.close();
  });
});
