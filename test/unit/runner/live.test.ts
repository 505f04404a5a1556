import { describe, expect, it } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { DEFAULT_TIMEOUT_MS, liveRunner } from '../../../src/runner/live.js';
import type { ChangeBegins, CommandTrace } from '../../../src/runner/traced.js';
import { changes, reads, tries, withOptions } from '../../../src/shell/command.js';
import type { Stdin } from '../../../src/shell/command.js';
import { Secret } from '../../../src/shell/secret.js';
import { MAX_SHELL_INPUT } from '../../../src/transport/transport.js';
import type { Transport } from '../../../src/transport/transport.js';
import type { Privilege } from '../../../src/runner/wire.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { marked, payloadOf, scriptedTransport } from './scripted-transport.js';
import type { Answer, ScriptedTransport } from './scripted-transport.js';

const lost = new KmonError('connection-lost', 'gone', { machine: 'pc-1' });
const says =
  (stdout: string, stderr = '', exitCode = 0): Answer =>
  ({ wire }) => ({ ...marked(wire, { stdout, stderr }), exitCode });

function setUp(...answers: Answer[]): {
  readonly run: ReturnType<typeof liveRunner>;
  readonly transport: ScriptedTransport;
  /** Commands that have ended. */
  readonly traces: CommandTrace[];
  readonly begun: ChangeBegins[];
} {
  const transport = scriptedTransport(answers);
  const traces: CommandTrace[] = [];
  const begun: ChangeBegins[] = [];
  const run = liveRunner({
    machine: 'pc-1',
    transport,
    sudo: { mode: 'root' },
    trace: (t) => {
      if (t.type === 'command') traces.push(t);
      else if (t.type === 'command-started') begun.push(t);
    },
  });
  return { run, transport, traces, begun };
}

describe('the live runner', () => {
  it('gives what the script printed, and tells of it', async () => {
    const { run, transport, traces } = setUp(says('out\n', 'err\n'));
    expect(await run.query(reads`ls ${'a b'}`)).toEqual({
      exitCode: 0,
      stdout: 'out\n',
      stderr: 'err\n',
      durationMs: 7,
    });
    expect(payloadOf(transport.sent[0]?.wire ?? '')).toMatch(/\nls 'a b'\n$/);
    expect(traces).toEqual([
      { type: 'command', machine: 'pc-1', verb: 'query', shown: "ls 'a b'", exitCode: 0, durationMs: 7 },
    ]);
    expect(run).toMatchObject({ machine: 'pc-1', dryRun: false });
  });

  it.each<[string, Stdin | undefined, Privilege, 'shell' | 'program']>([
    ['without a stdin', undefined, { mode: 'root' }, 'shell'],
    ['with a short text', 'text', { mode: 'nopasswd' }, 'shell'],
    ['with a secret', new Secret('s'), { mode: 'password', password: new Secret('p') }, 'shell'],
    ['with a NUL byte in its text', 'a\0b', { mode: 'root' }, 'program'],
    ['with a long text', 'x'.repeat(MAX_SHELL_INPUT + 1), { mode: 'root' }, 'program'],
    ['with bytes', Buffer.from('b'), { mode: 'root' }, 'program'],
    ['with a file', { file: '/f' }, { mode: 'root' }, 'program'],
    ['where sudo wants a terminal', undefined, { mode: 'nopasswd', terminal: true }, 'program'],
  ])('puts a command %s where it belongs', async (_what, stdin, sudo, where) => {
    const went: string[] = [];
    const ended = { exitCode: 0, stdout: '', stderr: '', durationMs: 1 };
    const transport: Transport = {
      exec: async () => {
        went.push('program');
        return ended;
      },
      inShell: async (_shell, _script, options) => {
        went.push('shell');
        expect(options?.input).toBe(stdin);
        return ended;
      },
      close: async () => undefined,
    };
    const command = stdin === undefined ? reads`cat` : withOptions(reads`cat`, { stdin });
    await kmonErrorOf(liveRunner({ machine: 'pc-1', transport, sudo }).query(command));
    expect(went).toEqual([where]);
  });

  it('tells of a change before it goes to the machine, and of a look only when it has ended', async () => {
    const told: (readonly unknown[])[] = [];
    const { run, traces, begun } = setUp(says(''), (sent) => {
      told.push([...begun], [...traces]);
      return marked(sent.wire, {});
    });
    await run.query(reads`look`);
    await run.mutate('change it', changes`x`);
    expect(told).toEqual([
      [{ type: 'command-started', machine: 'pc-1', verb: 'mutate', intent: 'change it' }],
      [expect.objectContaining({ verb: 'query', shown: 'look' })],
    ]);
    expect(traces[1]).toMatchObject({ verb: 'mutate', intent: 'change it', exitCode: 0 });
  });

  it('has a time limit for every command', async () => {
    const { run, transport } = setUp(says(''), says(''));
    await run.query(reads`a`);
    await run.query(withOptions(reads`b`, { timeoutMs: 5 }));
    expect(transport.sent.map((s) => s.options.timeoutMs)).toEqual([DEFAULT_TIMEOUT_MS, 5]);
  });

  it('turns a bad exit code into a failure with its evidence and a remedy', async () => {
    const { run, traces } = setUp(
      says('', 'W: warn\nE: Could not get lock /var/lib/dpkg/lock-frontend.\n', 100),
    );
    const error = await kmonErrorOf(
      run.mutate('install packages', changes`apt-get install -y ${'containerd'}`),
    );
    expect(error).toMatchObject({
      code: 'command',
      message: 'could not install packages: E: Could not get lock /var/lib/dpkg/lock-frontend.',
      evidence: undefined,
      context: { machine: 'pc-1', command: 'apt-get install -y containerd' },
    });
    expect(error.hint).toContain('another package manager is at work on pc-1');
    expect(traces).toMatchObject([
      {
        verb: 'mutate',
        intent: 'install packages',
        exitCode: 100,
        stderr: expect.stringContaining('W: warn') as string,
      },
    ]);
  });

  it('shows a long script in short', async () => {
    const { run, traces } = setUp(says('', '', 1));
    const script = `set -e\n${'x'.repeat(500)}`;
    const error = await kmonErrorOf(run.query(reads`${reads`set -e`}${'\n'}${'x'.repeat(500)}`));
    expect(error.context.command).toHaveLength(120);
    expect(error.message).toBe('a look failed: it ended with exit code 1, and said nothing');
    expect(error.hint).toBe('try by hand on pc-1 what the transcript shows, and run the command again');
    expect(traces[0]?.shown.length).toBeGreaterThan(script.length - 1);
  });

  it('has a remedy for what it does not know', async () => {
    const { run } = setUp(says('', 'foo: new trouble\n', 1), says('', 'foo: new trouble\n', 1));
    expect(await kmonErrorOf(run.mutate('do it', changes`foo`))).toMatchObject({
      message: 'could not do it: foo: new trouble',
      hint: 'put that right on pc-1 and run the command again: it goes on from where it stands',
    });
    expect(await kmonErrorOf(run.query(reads`foo`))).toMatchObject({
      message: 'a look failed: foo: new trouble',
      hint: 'look into that on pc-1, and run the command again',
    });
  });

  it.each(['timeout', 'connection-lost', 'command'] as const)(
    'tells what a change was for when it ends by %s',
    async (code) => {
      const { run } = setUp(() => new KmonError(code, 'it went wrong', { hint: 'help' }));
      expect(await kmonErrorOf(run.mutate('do it', changes`foo`))).toMatchObject({
        code,
        message: 'could not do it: it went wrong',
        hint: 'help',
      });
    },
  );

  it.each([
    [[0, 1], 1, true],
    [[0, 1], 2, false],
    ['any' as const, 250, true],
  ])('with ok %j takes exit code %i: %s', async (ok, exitCode, fine) => {
    const { run, traces } = setUp(says('', 'said', exitCode));
    const work = run.query(withOptions(reads`diff`, { ok }));
    if (fine) expect((await work).exitCode).toBe(exitCode);
    else expect((await kmonErrorOf(work)).code).toBe('command');
    expect(traces[0]?.stderr).toBe(fine ? undefined : 'said');
  });

  it('sends a query again when the connection broke, once', async () => {
    const { run, transport } = setUp(() => lost, says('second'));
    expect((await run.query(reads`ls`)).stdout).toBe('second');
    expect(transport.sent).toHaveLength(2);
    const twice = setUp(
      () => lost,
      () => lost,
    );
    expect((await kmonErrorOf(twice.run.query(reads`ls`))).code).toBe('connection-lost');
    expect(twice.transport.sent).toHaveLength(2);
  });

  it('never sends a change again', async () => {
    const { run, transport, traces } = setUp(() => lost);
    const error = await kmonErrorOf(run.mutate('change it', changes`x`));
    expect(error).toMatchObject({ code: 'connection-lost', context: { machine: 'pc-1', command: 'x' } });
    expect(transport.sent).toHaveLength(1);
    expect(traces).toHaveLength(1);
    expect(traces[0]).not.toHaveProperty('exitCode');
  });

  it('gives what came of a trial, tells of it as one, and not before it has ended', async () => {
    const { run, traces, begun } = setUp(says('pid 7\n'), says('', 'E: no\n', 1));
    expect(await run.attempt(tries`listen ${'a b'}`)).toMatchObject({ exitCode: 0, stdout: 'pid 7\n' });
    expect(await kmonErrorOf(run.attempt(tries`listen`))).toMatchObject({ code: 'command' });
    expect(traces).toMatchObject([
      { verb: 'try', shown: "listen 'a b'", exitCode: 0 },
      { verb: 'try', shown: 'listen', exitCode: 1, stderr: 'E: no\n' },
    ]);
    expect(traces[0]).not.toHaveProperty('intent');
    expect(begun).toEqual([]);
  });

  it('never sends a trial again', async () => {
    const { run, transport, traces } = setUp(() => lost);
    const error = await kmonErrorOf(run.attempt(tries`listen`));
    expect(error).toMatchObject({ code: 'connection-lost', context: { machine: 'pc-1', command: 'listen' } });
    expect(transport.sent).toHaveLength(1);
    expect(traces).toMatchObject([{ verb: 'try', shown: 'listen' }]);
  });

  it.each(['timeout', 'interrupted', 'command', 'login-refused'] as const)(
    'does not repeat a query after %s',
    async (code) => {
      const { run, transport } = setUp(() => new KmonError(code, 'x'));
      expect((await kmonErrorOf(run.query(reads`ls`))).code).toBe(code);
      expect(transport.sent).toHaveLength(1);
    },
  );

  it('says so when the script never began, also with exit code 0', async () => {
    const { run } = setUp(() => ({ exitCode: 0, stdout: 'Goodbye\n' }));
    expect(await kmonErrorOf(run.mutate('try', changes`x`))).toMatchObject({
      code: 'login-refused',
      message: 'the login works, but runs no commands (it ended with exit code 0)',
      evidence: 'Goodbye',
      context: { machine: 'pc-1' },
    });
  });

  it('tells nobody what goes to stdin, not even when the machine repeats it', async () => {
    const { run, traces } = setUp(says('', 'error: bad token abcdef.0123456789abcdef\n', 1));
    const stdin = new Secret('abcdef.0123456789abcdef\n');
    const error = await kmonErrorOf(run.mutate('join', withOptions(changes`join`, { stdin })));
    expect(error.message).toBe('could not join: error: bad token ***');
    expect(JSON.stringify([error, traces, error.stack])).not.toContain('abcdef');
  });
});
