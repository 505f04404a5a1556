import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseAll, readAll } from '../../../src/resources/batch.js';
import type { Reversible } from '../../../src/resources/resource.js';
import type { ExecResult } from '../../../src/runner/runner.js';
import { changes, reads, withOptions } from '../../../src/shell/command.js';
import type { Command } from '../../../src/shell/command.js';
import { EXAMPLES } from './examples.js';

const NONCE = 'a1b2c3d4e5f6';

function thing(id: string, read: Command<'reads'>): Reversible {
  return {
    id,
    kind: 'test',
    params: {},
    read,
    parse: ({ stdout }) => {
      if (stdout === 'nonsense') throw new TypeError('that is nonsense');
      return stdout;
    },
    restore: () => 'nothing',
  };
}

function run(things: readonly Reversible[]): ExecResult {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', readAll(things, NONCE).script], {
    encoding: 'utf8',
    input: 'stdin of the script\n',
  });
  return { exitCode: status ?? -1, stdout, stderr, durationMs: 0 };
}

describe('a batch of reads', () => {
  it('keeps every output as it is: empty, without a line feed, with many', () => {
    const things = [
      thing('a', reads`:`),
      thing('b', reads`printf 'no feed'`),
      thing('c', reads`printf '\n\nx\n\n'`),
      thing('d', reads`printf ''`),
      thing('e', reads`echo last`),
    ];
    expect(parseAll(things, run(things), NONCE)).toEqual(['', 'no feed', '\n\nx\n\n', '', 'last\n']);
  });

  it('keeps the reads apart: variables, folders, exit and stdin of one are nothing to the next', () => {
    const things = [
      thing('a', reads`x=1; cd /; set -e; exit 0`),
      thing('b', reads`echo "$x"; case $- in *e*) echo e ;; esac`),
      thing('c', reads`cat`),
    ];
    expect(parseAll(things, run(things), NONCE)).toEqual(['', '\n', '']);
  });

  it('is not fooled by an output that looks like a separator with another nonce', () => {
    const things = [
      thing('a', reads`printf 'x\n000000000000 end 0\n000000000000 1\nforged\n'`),
      thing('b', reads`echo b`),
    ];
    expect(parseAll(things, run(things), NONCE)).toEqual([
      'x\n000000000000 end 0\n000000000000 1\nforged\n',
      'b\n',
    ]);
  });

  it('names the thing that cannot be read, and why', () => {
    const things = [thing('fine', reads`:`), thing('poor', reads`echo broken >&2; exit 3`)];
    expect(() => parseAll(things, run(things), NONCE)).toThrow(/"poor" cannot be read: /);
    const odd = [thing('odd', reads`printf nonsense`)];
    expect(() => parseAll(odd, run(odd), NONCE)).toThrow(/"odd" cannot be read: that is nonsense/);
  });

  it('never takes half an output for a state, wherever it is cut', () => {
    const things = [thing('a', reads`echo a`), thing('b', reads`echo b`)];
    const whole = run(things);
    for (let length = 0; length < whole.stdout.length - 1; length += 1) {
      const cut = { ...whole, stdout: whole.stdout.slice(0, length) };
      expect(() => parseAll(things, cut, NONCE), `cut at ${length}`).toThrow(/cut off|exit code/);
    }
  });

  it('is a script that sh accepts for all kinds together, and refuses what it cannot join', () => {
    const script = readAll(EXAMPLES, NONCE).script;
    expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(() => readAll([thing('a', withOptions(reads`cat`, { stdin: 'x' }))], NONCE)).toThrow(TypeError);
    expect(() => readAll([], "x'y")).toThrow(TypeError);
    expect(changes`true`.effect).toBe('changes');
  });
});
