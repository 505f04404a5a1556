import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestMachine } from './lab.js';

const ROOT = join(import.meta.dirname, '../..');
/** In memory on a lab machine, and no place that kmon or a snapshot looks at. */
const THERE = '/run/kmon-there';

/**
 * Puts the built kmon and this computer's Node on a lab machine, for `kmon teardown --local`: what an owner would have installed to give his
 * own computer back, and for who makes a bundle where the lab's Internet is. Gives what runs it there, as root, with nobody at the keyboard.
 */
export function kmonThere(
  container: string,
  machine: TestMachine,
  env: Readonly<Record<string, string>> = {},
) {
  const archive = spawnSync(
    'tar',
    ['-C', ROOT, '--dereference', '-cf', '-', 'bin', 'dist', 'templates', 'package.json', 'node_modules/ssh2',
      'node_modules/asn1', 'node_modules/bcrypt-pbkdf', 'node_modules/tweetnacl', 'node_modules/safer-buffer',
      '-C', join(process.execPath, '..'), 'node'],
    { maxBuffer: 1 << 29 },
  ); // prettier-ignore
  if (archive.status !== 0) throw new Error(`tar: ${archive.stderr.toString()}`);
  const put = spawnSync(
    'podman',
    ['exec', '-i', container, 'sh', '-c', `mkdir -p ${THERE}/home && tar -C ${THERE} -xf -`],
    { input: archive.stdout, maxBuffer: 1 << 20 },
  );
  if (put.status !== 0) throw new Error(`podman: ${put.stderr.toString()}`);
  const settings = Object.entries(env)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
  return (...args: readonly string[]): { readonly exitCode: number; readonly output: string } => {
    const said = machine.sh(
      `set +e; cd ${THERE}/home; HOME=${THERE}/home ${settings} ${THERE}/node ${THERE}/bin/kmon.js ${args.join(' ')} 2>&1; e=$?; rm -rf ${THERE}/home/.local; echo "exit $e"`,
    );
    return { exitCode: Number(/exit (\d+)\s*$/.exec(said)?.[1]), output: said };
  };
}
