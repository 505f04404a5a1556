import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { extract } from 'tar';
import { sumLine, writeTar, writeZip } from './archive.js';
import { contentsOf, installedIn } from './contents.js';
import { PLATFORMS } from './platforms.js';
import type { NodePackage, PlatformOfArchive } from './platforms.js';

// What scripts/package does; see there.

const LAUNCHER = `#!/bin/sh
# kmon with the Node.js beside it, from wherever this is called, by a link as well.
self=$0
while [ -L "$self" ]; do
  to=$(readlink "$self")
  case $to in
    /*) self=$to ;;
    *) self=$(dirname "$self")/$to ;;
  esac
done
here=$(cd "$(dirname "$self")" && pwd)
exec "$here/node" "$here/lib/bin/kmon.js" "$@"
`;

const LAUNCHER_WINDOWS = [
  '@echo off',
  'rem kmon with the Node.js beside it.',
  '"%~dp0node.exe" "%~dp0lib\\bin\\kmon.js" %*',
  '',
].join('\r\n');

function run(program: string, args: readonly string[], cwd: string): string {
  return execFileSync(program, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1e8,
  });
}

/** The folder with what an npm package of Node.js holds; fetched once. */
async function nodeFolder({ name, version, integrity }: NodePackage): Promise<string> {
  const cache = join(process.env['KMON_CACHE'] ?? join(homedir(), '.cache/kmon'), 'package');
  const folder = join(cache, `${name}-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'work-'));
  try {
    // They say what system they are for, so npm would not install most of them here: it packs them.
    const file = join(work, run('npm', ['pack', '--silent', `${name}@${version}`], work).trim());
    const sum = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
    if (sum !== integrity) throw new Error(`${name} ${version} is another one than was looked up: ${sum}`);
    await extract({ file, cwd: work });
    renameSync(join(work, 'package'), folder);
  } finally {
    rmSync(work, { recursive: true });
  }
  return folder;
}

/** Some of the packages have none of its licence: that of another one is the same, but for what came to it since. */
async function licenceOfNode(node: string): Promise<string> {
  for (const folder of [node, ...(await Promise.all(PLATFORMS.slice(0, 1).map((p) => nodeFolder(p.node))))]) {
    const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
    if (file !== undefined) return join(folder, file);
  }
  throw new Error('no package of Node.js has its licence, without which it may not be passed on');
}

/** What npm would install, with the packages that stay outside of the compiled program. */
function installedPackage(project: string, work: string): string {
  const lib = join(work, 'lib');
  const packed = run(
    'npm',
    ['pack', '--silent', '--ignore-scripts', '--pack-destination', work],
    project,
  ).trim();
  mkdirSync(lib);
  run('tar', ['-xzf', join(work, packed), '-C', lib, '--strip-components=1'], work);
  copyFileSync(join(project, 'package-lock.json'), join(lib, 'package-lock.json'));
  run(
    'npm',
    [
      'ci',
      '--silent',
      '--ignore-scripts',
      '--omit=dev',
      '--omit=optional',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
    ],
    lib,
  );
  rmSync(join(lib, 'package-lock.json'));
  return lib;
}

async function makeArchive(
  platform: PlatformOfArchive,
  o: {
    readonly lib: string;
    readonly npmList: string;
    readonly version: string;
    readonly into: string;
    readonly work: string;
  },
): Promise<string> {
  const name = `kmon-${o.version}-${platform.name}`;
  const folder = join(o.work, name);
  const isWindows = platform.archive === 'zip';
  const node = await nodeFolder(platform.node);
  cpSync(o.lib, join(folder, 'lib'), { recursive: true });
  // Which packages npm found where: of no use to anybody who has them.
  rmSync(join(folder, 'lib/node_modules/.package-lock.json'));
  const program = isWindows ? 'node.exe' : 'node';
  copyFileSync(join(node, 'bin', program), join(folder, program));
  chmodSync(join(folder, program), 0o755);
  const launcher = join(folder, isWindows ? 'kmon.cmd' : 'kmon');
  writeFileSync(launcher, isWindows ? LAUNCHER_WINDOWS : LAUNCHER);
  chmodSync(launcher, 0o755);
  copyFileSync(await licenceOfNode(node), join(folder, 'LICENSE.node'));
  copyFileSync(join(o.lib, 'LICENSE'), join(folder, 'LICENSE'));
  copyFileSync(join(o.lib, 'dist/licenses.txt'), join(folder, 'LICENSES.packages'));
  writeFileSync(
    join(folder, 'contents.cdx.json'),
    contentsOf(o.npmList, {
      version: o.version,
      licenses: readFileSync(join(o.lib, 'dist/licenses.txt'), 'utf8'),
      beside: installedIn(o.lib),
      nodeVersion: platform.node.version,
    }),
  );
  const file = `${name}.${platform.archive}`;
  if (isWindows) writeZip(o.work, name, join(o.into, file));
  else await writeTar(o.work, name, join(o.into, file));
  rmSync(folder, { recursive: true });
  return file;
}

async function main(project: string, names: readonly string[], into: string): Promise<void> {
  const wanted = names.length === 0 ? PLATFORMS : PLATFORMS.filter((p) => names.includes(p.name));
  const strange = names.filter((name) => !PLATFORMS.some((p) => p.name === name));
  if (strange.length > 0)
    throw new Error(
      `there is no platform ${strange.join(', ')}; there are: ${PLATFORMS.map((p) => p.name).join(' ')}`,
    );
  const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  mkdirSync(into, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'kmon-package-'));
  try {
    const lib = installedPackage(project, work);
    const npmList = run('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], project);
    const files: string[] = [];
    for (const platform of wanted) {
      files.push(await makeArchive(platform, { lib, npmList, version, into, work }));
      process.stdout.write(`${join(into, files.at(-1) ?? '')}\n`);
    }
    writeFileSync(
      join(into, 'SHA256SUMS'),
      (await Promise.all(files.toSorted().map((file) => sumLine(into, file)))).join(''),
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The folder of the Node.js that the archive for this computer carries. */
async function nodeHere(): Promise<string> {
  const name = `${process.platform}-${process.arch}`;
  const here = PLATFORMS.find((platform) => platform.name === name);
  if (here === undefined) throw new Error(`there is no archive for ${name}`);
  return nodeFolder(here.node);
}

const { values, positionals } = parseArgs({
  options: { into: { type: 'string' }, node: { type: 'boolean' } },
  allowPositionals: true,
});
const [project = '.', ...names] = positionals;
try {
  if (values.node === true) process.stdout.write(`${await nodeHere()}\n`);
  else await main(project, names, resolve(values.into ?? join(project, 'node_modules/.cache/kmon/archives')));
} catch (error) {
  process.stderr.write(`package: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
