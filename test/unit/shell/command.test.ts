import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { changes, inOrder, reads, withOptions } from '../../../src/shell/command.js';
import type { Command } from '../../../src/shell/command.js';
import { Secret } from '../../../src/shell/secret.js';
import type { ExecResult, Runner } from '../../../src/runner/runner.js';

describe('command tags', () => {
  it('quote text, numbers and lists', () => {
    expect(reads`ls ${'my file'} ${3} ${['a b', 'c', 4]}`).toEqual({
      effect: 'reads',
      script: "ls 'my file' 3 'a b' c 4",
    });
  });

  it('keep an empty text as a word, and make an empty list none', () => {
    expect(reads`test -z ${''}`.script).toBe("test -z ''");
    expect(reads`echo ${[]}`.script).toBe('echo ');
  });

  it('put a command in as it is', () => {
    const inner = reads`cat ${'a b'}`;
    expect(changes`${inner} >${'/tmp/x y'}`.script).toBe("cat 'a b' >'/tmp/x y'");
    expect(reads`${inner}; true`.effect).toBe('reads');
  });

  it('let no change into a look', () => {
    const change: Command = changes`rm ${'x'}`;
    expect(() => reads`true; ${change}`).toThrow('cannot hold a changing one');
  });

  it('hand backslashes of the template to the shell', () => {
    const { script } = reads`printf 'a\nb'`;
    expect(script).toBe("printf 'a\\nb'");
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe('a\nb');
  });

  it('do not lose what is on a stdin', () => {
    const fed = withOptions(changes`cat`, { stdin: 'x' });
    expect(() => changes`${fed}; true`).toThrow('stdin');
    expect(() => inOrder([changes`true`, fed])).toThrow('stdin');
  });

  it('keep script and effect when given options', () => {
    expect(withOptions(reads`x`, { timeoutMs: 5, ok: [0, 3] })).toEqual({
      effect: 'reads',
      script: 'x',
      timeoutMs: 5,
      ok: [0, 3],
    });
  });

  it('stop at the first failure when in order', () => {
    const { script } = inOrder([changes`echo one`, changes`false`, changes`echo three`]);
    expect(spawnSync('sh', ['-c', script], { encoding: 'utf8' })).toMatchObject({
      status: 1,
      stdout: 'one\n',
    });
  });
});

function show(...values: readonly unknown[]): void {
  throw new Error(String(values));
}

/** Never called: the compiler is the test (`npm run typecheck` reads the tests too). */
export async function misuse(run: Runner): Promise<void> {
  // @ts-expect-error a change is no look
  await run.query(changes`rm x`);
  // @ts-expect-error a look is no change
  await run.mutate('look', reads`ls`);
  // @ts-expect-error nothing can depend on what a change printed
  const change: (r: Runner) => Promise<ExecResult> = (r) => r.mutate('change', changes`x`);
  show(change);
  // @ts-expect-error a secret has no place in a script
  show(reads`login ${new Secret('x')}`);
  // @ts-expect-error a script is made by a tag, so that its values are quoted
  await run.query('ls');
  // @ts-expect-error undefined would become a word
  show(reads`ls ${undefined}`);
}
