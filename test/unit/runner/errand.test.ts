import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { errand } from '../../../src/runner/errand.js';
import { openRunner } from '../../../src/runner/open.js';
import type { Trace } from '../../../src/runner/traced.js';
import { reads, withOptions } from '../../../src/shell/command.js';
import type { ExecResult } from '../../../src/transport/transport.js';
import { scriptedTransport } from './scripted-transport.js';
import type { Answer } from './scripted-transport.js';

const QUERY = reads`echo ${"it's"} root; exit 4`;

/** What a shell answers that is root, and does the errand. */
const shellOf = (load: string): ExecResult => {
  const { stdout, stderr, status } = spawnSync('sh', ['-c', `${load}\necho uid=0; eval "$f"`], {
    encoding: 'utf8',
  });
  return { exitCode: status ?? -1, stdout, stderr, durationMs: 5 };
};

describe('a query that goes along', () => {
  it('is answered once, by what came with the look', () => {
    const along = errand(QUERY);
    expect(along.take(QUERY)).toBeUndefined();
    const before = Date.now();
    expect(along.keep(shellOf(along.load))).toEqual({ said: 'uid=0\n', done: true });
    expect(along.take(reads`something else`)).toBeUndefined();
    expect(along.take(withOptions(QUERY, { stdin: 'x' }))).toBeUndefined();
    const answer = along.take(QUERY);
    expect(answer).toMatchObject({ exitCode: 4, stdout: "it's root\n", stderr: '', durationMs: 5 });
    expect(answer?.endedAt).toBeGreaterThanOrEqual(before);
    expect(along.take(QUERY)).toBeUndefined();
  });

  it('stays undone where nothing of it began', () => {
    const along = errand(QUERY);
    const looked = { exitCode: 1, stdout: 'uid=1000\n', stderr: 'sudo: no', durationMs: 5 };
    expect(along.keep(looked)).toEqual({ said: 'uid=1000\n', done: false });
    expect(along.take(QUERY)).toBeUndefined();
  });

  it('has no stdin', () => {
    expect(() => errand(withOptions(QUERY, { stdin: 'x' }))).toThrow('stdin');
  });

  it('is one round trip of a runner, traced as the query that it is', async () => {
    const traces: Parameters<Trace>[0][] = [];
    // The wire of a short look holds its script: a real shell answers it, as root or as whoever runs the tests.
    const real: Answer = ({ wire }) => {
      const { stdout, stderr, status } = spawnSync(
        'unshare',
        ['--user', '--map-root-user', 'sh', '-c', wire],
        {
          encoding: 'utf8',
          input: '',
        },
      );
      return { exitCode: status ?? -1, stdout, stderr };
    };
    const transport = scriptedTransport([real]);
    const { runner } = await openRunner({
      machine: 'pc-1',
      transport,
      dryRun: true,
      askPassword: () => Promise.reject(new Error('not needed')),
      trace: (trace) => traces.push(trace),
      along: QUERY,
    });
    expect(traces).toEqual([]);
    expect((await runner.query(withOptions(QUERY, { ok: [4] }))).stdout).toBe("it's root\n");
    expect(traces).toMatchObject([{ verb: 'query', shown: QUERY.script, exitCode: 4 }]);
    expect(transport.sent).toHaveLength(1);
  });
});
