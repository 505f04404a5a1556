import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeClone } from '../support/clone.js';
import { temporaryFolder } from '../support/sshd.js';

const TURNS = 'Turns a room';
const MAKES = 'Makes a room';

describe('scripts/build', () => {
  let folder: string;
  let clone: string;

  beforeEach(() => {
    folder = temporaryFolder('build');
    clone = join(folder, 'clone');
    makeClone(clone);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const build = (...args: readonly string[]): { readonly status: number | null; readonly stderr: string } =>
    spawnSync(join(clone, 'scripts/build'), args, { encoding: 'utf8' });
  const change = (path: string, from: string, to: string): void => {
    const text = readFileSync(join(clone, path), 'utf8');
    expect(text).toContain(from);
    writeFileSync(join(clone, path), text.replace(from, to));
  };
  const help = (): string =>
    execFileSync(process.execPath, [join(clone, 'bin/kmon.js'), '--help'], { encoding: 'utf8' });
  const parts = (): readonly string[] => readdirSync(join(clone, 'dist/chunks')).sort();
  /** The files of the last build. */
  const list = (): readonly string[] =>
    readFileSync(join(clone, 'dist/.sources'), 'utf8').trim().split('\n').slice(1);

  it('does nothing when nothing has changed, and sees what is missing or new', () => {
    expect(build('--check')).toMatchObject({ status: 1, stderr: '' });
    expect(existsSync(join(clone, 'dist'))).toBe(false);
    expect(build()).toMatchObject({ status: 0, stderr: '' });
    expect(build('--check').status).toBe(0);
    const { ino } = statSync(join(clone, 'dist/main.js'));
    expect(build().status).toBe(0);
    expect(statSync(join(clone, 'dist/main.js')).ino).toBe(ino);

    rmSync(join(clone, 'dist/chunks', parts()[0] ?? ''));
    expect(build('--check').status).toBe(1);
    expect(build().status).toBe(0);
    for (const [path, from, to] of [
      ['src/cli/program.ts', TURNS, MAKES],
      ['package-lock.json', '"name": "kmon"', '"name":  "kmon"'],
    ] as const) {
      change(path, from, to);
      expect(build('--check').status, path).toBe(1);
      change(path, to, from);
      expect(build('--check').status, path).toBe(0);
    }
  });

  it('leaves a kmon that runs meanwhile what it has not loaded yet', async () => {
    build();
    const waits = `
      const { main } = await import(${JSON.stringify(join(clone, 'dist/main.js'))});
      process.stdin.once('data', () => main(['--help']).finally(() => process.stdin.destroy()));
      process.stdout.write('waits\\n');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', waits]);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    await once(child.stdout, 'data');
    for (const [from, to] of [
      [TURNS, MAKES],
      [MAKES, 'Changes a room'],
    ] as const) {
      change('src/cli/program.ts', from, to);
      expect(build()).toMatchObject({ status: 0, stderr: '' });
    }
    child.stdin.write('go\n');
    await once(child, 'close');

    expect(said).toContain(TURNS);
    expect(help()).toContain('Changes a room');
  });

  it('removes former builds after a day, at once with --clean, and what never was one', () => {
    build();
    const first = parts();
    writeFileSync(join(clone, 'dist/stray.js'), '');
    change('src/cli/program.ts', TURNS, MAKES);
    build();
    expect(parts()).toEqual(expect.arrayContaining([...first]));
    expect(existsSync(join(clone, 'dist/stray.js'))).toBe(false);
    const former = first.filter((name) => !list().includes(`chunks/${name}`));
    expect(former.length).toBeGreaterThan(0);

    // One day and a second ago.
    const then = Date.now() / 1000 - 86_401;
    for (const name of parts()) utimesSync(join(clone, 'dist/chunks', name), then, then);
    change('src/cli/program.ts', MAKES, 'Changes a room');
    build();
    expect(parts().filter((name) => former.includes(name))).toEqual([]);
    // What was in use until now has its day before it.
    expect(parts().length).toBeGreaterThan(list().filter((name) => name.startsWith('chunks/')).length);

    build('--clean');
    expect(parts()).toEqual(
      list()
        .filter((name) => name.startsWith('chunks/'))
        .map((name) => name.replace('chunks/', ''))
        .sort(),
    );
    expect(help()).toContain('Changes a room');
  });

  it('touches nothing when it cannot compile', () => {
    build();
    change('src/cli/program.ts', 'import ', "import 'no-such-package';\nimport ");
    const failed = build();
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain('no-such-package');
    expect(help()).toContain(TURNS);
    expect(build('--check').status).toBe(1);
  });
});
