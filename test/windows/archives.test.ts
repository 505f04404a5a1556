import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TESTED_WITH } from '../../src/here/tested-with.js';
import { temporaryFolder } from '../support/sshd.js';
import { Windows, windowsPath } from '../support/windows.js';

const ROOT = join(import.meta.dirname, '../..');

/** kmon as somebody gets it who unpacks an archive, and has no Node.js. */
describe('the archives', () => {
  let dir: string;
  let linux: string;
  let windows: string;
  const make = (into: string, ...platforms: readonly string[]): void => {
    execFileSync(join(ROOT, 'scripts/package'), ['--into', into, ...platforms], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  };
  const sums = (folder: string): readonly string[] =>
    readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trim().split('\n');

  beforeAll(() => {
    dir = temporaryFolder('archives');
    make(join(dir, 'one'), 'linux-x64', 'win-x64');
    const [tar = '', zip = ''] = sums(join(dir, 'one')).map((line) => line.split('  ')[1]);
    execFileSync('tar', ['-xzf', join(dir, 'one', tar), '-C', dir]);
    execFileSync('python3', ['-m', 'zipfile', '-e', join(dir, 'one', zip), dir]);
    linux = join(dir, tar.replace(/\.tar\.gz$/, ''));
    windows = join(dir, zip.replace(/\.zip$/, ''));
  }, 600_000);
  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('hold what they need, with all licences and a list of it', () => {
    const both = ['LICENSE', 'LICENSE.node', 'LICENSES.packages', 'contents.cdx.json', 'lib'];
    expect(readdirSync(linux).toSorted()).toEqual([...both, 'kmon', 'node'].toSorted());
    expect(readdirSync(windows).toSorted()).toEqual([...both, 'kmon.cmd', 'node.exe'].toSorted());
    const { components } = JSON.parse(readFileSync(join(linux, 'contents.cdx.json'), 'utf8')) as {
      readonly components: readonly { readonly name: string }[];
    };
    const names = components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['node', 'ssh2', 'commander', 'yaml']));
    for (const forDevelopment of ['vitest', 'typescript', 'oxlint', 'prettier'])
      expect(names).not.toContain(forDevelopment);
    expect(readdirSync(join(linux, 'lib'))).not.toContain('test');
  });

  it('are the same the second time', () => {
    make(join(dir, 'two'), 'linux-x64', 'win-x64');
    expect(sums(join(dir, 'two'))).toEqual(sums(join(dir, 'one')));
    execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: join(dir, 'two') });
  }, 600_000);

  it('run on Linux by the Node.js in them, by a link and from any folder', () => {
    const bin = join(dir, 'bin');
    mkdirSync(bin);
    symlinkSync(join('..', linux.slice(dir.length + 1), 'kmon'), join(bin, 'kmon'));
    const run = (...args: readonly string[]) =>
      spawnSync(join(bin, 'kmon'), args, {
        cwd: dir,
        encoding: 'utf8',
        env: { PATH: '/usr/bin:/bin', HOME: dir },
      });
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(run('--version').stdout).toBe(`${version}\n${TESTED_WITH}\n`);
    const check = run('check');
    expect(check.stderr).toContain('there is no kmon.yaml in this folder');
    expect(check.status).toBe(3);
  });

  it('run on Windows by their launcher', async () => {
    const wine = new Windows(dir);
    // Wine cannot run the Node.js of the archive, which wants more memory set aside than Wine has: an older one takes its place.
    copyFileSync(wine.node, join(windows, 'node.exe'));
    const end = await wine.startProgram('cmd', ['/c', windowsPath(join(windows, 'kmon.cmd')), 'check'], dir)
      .ended;
    expect(end.stderr).toContain('there is no kmon.yaml in this folder');
    expect(end.exitCode).toBe(3);
    await wine.end();
  });
});
