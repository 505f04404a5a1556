import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TESTED_WITH } from '../../src/here/tested-with.js';
import { makeClone } from '../support/clone.js';
import { programFiles } from '../support/program-files.js';
import { temporaryFolder } from '../support/sshd.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** kmon as somebody gets it who installs the package. */
describe('the package', () => {
  let folder: string;
  let installed: string;
  let packed: readonly string[];
  /** The archive itself. */
  let kept: string;

  beforeAll(() => {
    folder = temporaryFolder('package');
    const clone = join(folder, 'clone');
    makeClone(clone);
    const archive = run('npm', ['pack', '--silent'], clone).trim().split('\n').at(-1) ?? '';
    packed = run('tar', ['-tzf', archive], clone)
      .trim()
      .split('\n')
      .map((path) => path.replace(/^package\//, ''));
    const prefix = join(folder, 'prefix');
    const file = join(clone, archive);
    run(
      'npm',
      ['install', '--global', '--prefix', prefix, '--ignore-scripts', '--prefer-offline', file],
      folder,
    );
    installed = join(prefix, 'lib/node_modules/kmon');
    kept = join(folder, archive);
    copyFileSync(file, kept);
    // From here on nothing but the installed files.
    rmSync(clone, { recursive: true });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const kmon = (
    args: readonly string[],
  ): { readonly status: number | null; readonly stdout: string; readonly stderr: string } => {
    const cwd = join(folder, 'room');
    mkdirSync(cwd, { recursive: true });
    return spawnSync(join(folder, 'prefix/bin/kmon'), args, {
      cwd,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', HOME: folder },
    });
  };

  it('holds the program, the templates and what the lab needs, and nothing else', () => {
    const expected = [
      ...['LICENSE', 'README.md', 'README.fr.md', 'package.json', 'scripts/lab-setup', 'dist/licenses.txt'],
      ...files('docs'),
      ...files('templates'),
      ...files('scripts/bundle'),
      ...files('scripts/internet'),
      ...programFiles(installed, 'bin/kmon.js').files,
    ];
    expect([...packed].sort()).toEqual(expected.sort());
  });

  it('has everything in it but what it says it depends on', () => {
    const { files, outside } = programFiles(installed, 'bin/kmon.js');
    const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    expect(outside).toEqual(Object.keys(dependencies));
    expect(outside).toEqual(['ssh2']);
    const parts = files.filter((path) => path.startsWith('dist/')).map((path) => join(installed, path));
    expect(parts.length).toBeGreaterThan(20);
    const script = 'for (const file of process.argv.slice(1)) await import(file);';
    expect(run(process.execPath, ['--input-type=module', '-e', script, ...parts], folder)).toBe('');
  });

  it('holds the licence of every package that is compiled in', () => {
    const { modules } = programFiles(installed, 'bin/kmon.js');
    const names = modules.flatMap((m) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(m)?.[1] ?? []);
    expect(names).toEqual(expect.arrayContaining(['commander', 'yaml', 'zod', '@inquirer/core', 'minipass']));
    const text = readFileSync(join(installed, 'dist/licenses.txt'), 'utf8');
    for (const name of new Set(names)) {
      const [, license = ''] = text.split(`${'='.repeat(80)}\n${name} `);
      expect(license.split('='.repeat(80))[0], name).toMatch(/permission|licen[cs]e/i);
    }
  });

  it('tells its version and the workshop', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(kmon(['--version'])).toMatchObject({
      status: 0,
      stdout: `${version}\n${TESTED_WITH}\n`,
      stderr: '',
    });
    const help = kmon(['--help']);
    expect(help.status).toBe(0);
    expect(help.stdout).toMatch(/init-parent[^]*join-child[^]*deploy-monitoring[^]*stress[^]*teardown/);
  });

  it('runs by npx, out of the archive, from an empty folder', () => {
    const cwd = join(folder, 'empty');
    mkdirSync(cwd);
    // What npx runs of a registry, without one: the same archive, installed into npx' own cache.
    const said = run(
      'npx',
      ['--yes', '--prefer-offline', '--ignore-scripts', '--package', `file:${kept}`, 'kmon', '--version'],
      cwd,
    );
    expect(said).toContain(TESTED_WITH);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it.each([
    ['no kmon.yaml', undefined, 3, /kmon\.yaml/],
    ['an unknown key', 'room: r\nparent: 192.0.2.10\nchilds: []\n', 3, /kmon\.yaml:3:1: unknown key childs/],
  ])('says what is wrong with %s', (_what, yaml, status, message) => {
    mkdirSync(join(folder, 'room'), { recursive: true });
    if (yaml !== undefined) writeFileSync(join(folder, 'room/kmon.yaml'), yaml);
    const ran = kmon(['check', '--plain']);
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr).toMatch(/^ +fix: /m);
    expect(ran.status).toBe(status);
  });

  it('finds its templates', () => {
    // kmon's own code, compiled as kmon is, in its folder: at another depth than the sources.
    const probe = join(installed, 'dist/probe');
    run(join(ROOT, 'scripts/build'), ['--into', probe, join(ROOT, 'test/support/read-templates.ts')], folder);
    try {
      const text = run(process.execPath, [join(probe, 'main.js')], folder);
      expect(JSON.parse(text)).toEqual({ kubeadm: true, facts: true, chart: true, lab: true });
    } finally {
      rmSync(probe, { recursive: true });
    }
  });

  it('starts in at most 1.6 times the time of node alone', async ({ annotate }) => {
    const node: number[] = [];
    const version: number[] = [];
    const bin = join(installed, 'bin/kmon.js');
    // In turns, so that whatever else this computer does slows both; the first of each fills the caches.
    for (let i = 0; i <= 15; i += 1) {
      node.push(milliseconds(['-e', '0']));
      version.push(milliseconds([bin, '--version']));
    }
    const ratio = median(version.slice(1)) / median(node.slice(1));
    await annotate(`kmon --version: ${ratio.toFixed(2)} times node -e 0`);
    expect(ratio).toBeLessThanOrEqual(1.6);
  });
});

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function milliseconds(args: readonly string[]): number {
  const start = process.hrtime.bigint();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** Files below a folder of this project, as paths from its root. */
function files(below: string): readonly string[] {
  return readdirSync(join(ROOT, below), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}
