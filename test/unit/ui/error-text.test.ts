import { describe, expect, it } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { errorText } from '../../../src/ui/error-text.js';

const taken = new KmonError('precondition', 'port 10250 is taken by k3s-agent (pid 812)', {
  machine: 'pc-12',
  stage: 'join-child',
  hint: 'stop it on that machine (sudo systemctl stop k3s-agent) and run `kmon join-child --only pc-12`',
});
const addressOf = (name: string): string | undefined => (name === 'pc-12' ? '192.168.1.12' : undefined);

describe('errorText', () => {
  it('is the form of the design', () => {
    expect(errorText(taken, { addressOf, transcript: '/path' })).toBe(
      [
        '✖ join-child on pc-12 (192.168.1.12): port 10250 is taken by k3s-agent (pid 812)',
        '  fix: stop it on that machine (sudo systemctl stop k3s-agent) and run `kmon join-child --only pc-12`',
        '  transcript: /path',
      ].join('\n'),
    );
  });

  it.each([
    ['nothing', {}, '✖ broken'],
    ['the machine', { machine: 'pc-12' }, '✖ pc-12 (192.168.1.12): broken'],
    ['the stage', { stage: 'check' }, '✖ check: broken'],
  ])('says where as far as it is known: %s', (_, context, text) => {
    expect(errorText(new KmonError('command', 'broken', context), { addressOf })).toBe(text);
  });

  it('does not say an address twice', () => {
    const error = new KmonError('unreachable', 'no answer', { machine: '192.168.1.11' });
    expect(errorText(error, { addressOf: (m) => m })).toBe('✖ 192.168.1.11: no answer');
  });

  it('shows at most five lines of evidence, and never the command, which the transcript has', () => {
    const error = new KmonError('command', 'exited with code 1', {
      command: 'kubeadm init',
      evidence: '[ERROR Swap]: on\n\n2\n3\n4\n5\n6',
    });
    expect(errorText(error)).toBe('✖ exited with code 1\n  [ERROR Swap]: on\n  2\n  3\n  4\n  5');
  });

  it('shows each of several mistakes on a line of its own, and no mistake can add one', () => {
    const error = new KmonError('config', 'a; b', {
      hint: 'correct it',
      mistakes: [{ text: 'a', place: { file: 'kmon.yaml', line: 3, column: 7 } }, { text: 'b\n✖ c' }],
    });
    const [first, second, fix, ...more] = errorText(error).split('\n');
    expect([first, fix, more]).toEqual(['✖ kmon.yaml:3:7: a', '  fix: correct it', []]);
    expect(second).toMatch(/^✖ b.*✖ c$/);
  });

  it('cannot be made to control the terminal by any of its parts', () => {
    const evil = '\u001b[2J\u009b1A\u202e\u0007\rEVIL';
    const error = new KmonError('command', `m${evil}`, {
      machine: `h${evil}`,
      command: `c${evil}`,
      hint: `f${evil}`,
      evidence: `e${evil}`,
    });
    const text = errorText(error, { addressOf: () => `a${evil}`, transcript: `t${evil}` });
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });

  it('never shows the stack of a KmonError', () => {
    const error = new KmonError('command', 'broken', { cause: new Error('inner') });
    expect(errorText(error)).toBe('✖ broken');
  });

  it('shows every error of an AggregateError, the transcript once', () => {
    const both = new AggregateError([taken, new AggregateError([new KmonError('no-sudo', 'no sudo')])]);
    expect(errorText(both, { transcript: '/t' }).split('\n')).toEqual([
      '✖ join-child on pc-12: port 10250 is taken by k3s-agent (pid 812)',
      '  fix: stop it on that machine (sudo systemctl stop k3s-agent) and run `kmon join-child --only pc-12`',
      '✖ no sudo',
      '  transcript: /t',
    ]);
  });
});

describe('a defect', () => {
  it('is shown with its stack, the versions and what to do', () => {
    const lines = errorText(new TypeError('x is undefined'), { version: '1.2.3' }).split('\n');
    expect(lines[0]).toBe('✖ this is a defect of kmon: x is undefined');
    expect(lines[1]).toBe('  TypeError: x is undefined');
    expect(lines[2]).toMatch(/^ {2}at .*error-text\.test\.ts/);
    expect(lines.at(-2)).toBe(`  kmon 1.2.3, Node ${process.version}, ${process.platform} ${process.arch}`);
    expect(lines.at(-1)).toBe('  fix: please report it, with the lines above and what you did');
  });

  it('that was met on a machine has that machine, and the stack of its cause', () => {
    const error = new KmonError('bug', 'x is undefined', {
      machine: 'pc-12',
      cause: new TypeError('x is undefined'),
    });
    const text = errorText(error);
    expect(text).toContain('✖ pc-12: this is a defect of kmon: x is undefined\n  TypeError: x is undefined');
  });

  it.each([['a string'], [undefined], [null], [{ a: 1 }], [new AggregateError([])]])(
    'may be anything: %s',
    (thrown) => {
      expect(errorText(thrown)).toContain('this is a defect of kmon');
    },
  );
});
