// What scripts/try-guest does; see there.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { isMap, isSeq, parseDocument } from 'yaml';
import { readGuestManifest } from '../../src/guest/manifest.js';
import { guestSeed } from '../../src/guest/seed.js';
import { GUEST_SSH_PORT, type Lab } from '../../src/lab/lab.js';
import { linesOf, stageTable, stageTimes } from '../bench.d/event-times.js';
import type { Line } from '../bench.d/event-times.js';
import { interruption } from '../bench.d/interruption.js';
import { removeKilledRuns, withLabFolder } from '../bench.d/lab-folder.js';
import { output, runProgram } from '../bench.d/programs-run.js';
import type { Ran } from '../bench.d/programs-run.js';
import { switchOn } from './laptop.js';
import type { Guest } from './laptop.js';

const KIND = 'tryguest';
const NAME = 'laptop-1';
/** The machine of the lab that is the laptop. */
const LAPTOP = 'child-2';
const BOOT_LIMIT_MS = 600_000;

const { values } = parseArgs({
  options: {
    project: { type: 'string', default: '.' },
    bundle: { type: 'string', default: '' },
    accel: { type: 'string', default: 'tcg,thread=multi' },
    'keep-log': { type: 'string' },
  },
});
const project = resolve(values.project);
const began = performance.now();
let passed = 0;
let failed = 0;

const say = (text: string): void => {
  process.stderr.write(`try-guest: ${new Date().toISOString().slice(11, 19)} ${text}\n`);
};
const tell = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** One thing that is tried: told with how long it took. What follows builds on it, so a failure ends the way there, not the way back. */
async function tried<T>(what: string, work: () => Promise<T>): Promise<T> {
  const from = performance.now();
  const seconds = (): string => `${((performance.now() - from) / 1000).toFixed(0)} s`;
  try {
    const result = await work();
    passed += 1;
    tell(`passed  ${what} (${seconds()})`);
    return result;
  } catch (error) {
    failed += 1;
    tell(`FAILED  ${what} (${seconds()})`);
    throw error;
  }
}

async function kmon(cwd: string, signal: AbortSignal, ...args: readonly string[]): Promise<Ran> {
  return runProgram(process.execPath, [join(project, 'bin/kmon.js'), ...args, '--json'], { cwd, signal });
}

/** The same for what has to end with 0. */
async function done(cwd: string, signal: AbortSignal, ...args: readonly string[]): Promise<readonly Line[]> {
  const ran = await kmon(cwd, signal, ...args);
  const lines = linesOf(ran.stdout);
  if (ran.exitCode === 0) return lines;
  const why = lines.filter((line) =>
    ['set-aside', 'error', 'finding', 'report', 'result'].includes(String(line['type'])),
  );
  throw new Error(
    `kmon ${args[0] ?? ''} ended with ${ran.exitCode}:\n${why
      .map((line) => JSON.stringify(line))
      .join('\n')
      .slice(-6000)}\n${ran.stderr.slice(-2000)}`,
  );
}

async function untilLogin(guest: Guest): Promise<void> {
  const until = Date.now() + BOOT_LIMIT_MS;
  while (Date.now() < until) {
    if ((await guest.run('true')).exitCode === 0) return;
    await sleep(2000);
  }
  throw new Error('nobody can log in');
}

/** What a script in the guest prints. */
async function answer(guest: Guest, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await guest.run(script);
  if (exitCode !== 0) throw new Error(`in the guest: exit code ${exitCode}: ${stderr || stdout}`);
  return stdout.trim();
}

/** That the seed was carried out, and nothing else is open. */
async function asSeeded(guest: Guest): Promise<void> {
  await answer(guest, 'cloud-init status --wait >/dev/null');
  const seen = await answer(
    guest,
    `hostname; df --output=size -BG / | tail -1 | tr -d ' '; systemctl --failed --no-legend --plain | cut -d' ' -f1
     awk -F: '$2 !~ /^[!*]/ { print "password of " $1 }' /etc/shadow; sshd -T | grep -x 'passwordauthentication yes' || true
     systemctl is-active --quiet containerd && echo containerd || true`,
  );
  const [hostname = '', size = '', ...wrong] = seen.split('\n');
  if (hostname !== NAME || Number.parseInt(size, 10) < 18 || wrong.length > 0)
    throw new Error(`the guest is not as its seed says: ${seen}`);
}

const RECEIVED = `cat /sys/class/net/en*/statistics/rx_bytes /sys/class/net/eth*/statistics/rx_bytes 2>/dev/null || true`;

/** Takes the lab's child that is the laptop out of kmon.yaml, and its guest in. */
function enterGuest(file: string, address: string): void {
  const doc = parseDocument(readFileSync(file, 'utf8'));
  const children = doc.get('children');
  if (!isSeq(children)) throw new Error('kmon.yaml has no children');
  children.items = children.items.filter((item) => !isMap(item) || item.get('name') !== LAPTOP);
  children.add(
    doc.createNode({
      address,
      port: GUEST_SSH_PORT,
      node: 'guest',
      name: NAME,
      user: 'root',
      key: './guest_key',
    }),
  );
  doc.setIn(['kubernetes', 'network'], 'vxlan');
  writeFileSync(file, doc.toString());
}

async function image(folder: string, signal: AbortSignal): Promise<string> {
  const lines = await done(
    folder,
    signal,
    'guest',
    'image',
    '--format',
    'qcow2',
    '--arch',
    'amd64',
    '--bundle',
    values.bundle,
  );
  const result = lines.find((line) => line['type'] === 'result')?.['data'] as { folder: string } | undefined;
  if (result === undefined) throw new Error('kmon guest image told no folder');
  const manifest = readGuestManifest(readFileSync(join(result.folder, 'guest.json'), 'utf8'));
  const disk = manifest.files.find((f) => f.format === 'qcow2');
  if (disk === undefined) throw new Error('there is no qcow2');
  tell(`        ${disk.name}: ${Math.round(disk.bytes / 1e6)} MB`);
  return join(result.folder, disk.name);
}

async function inRoom(folder: string, lab: Lab, guest: Guest, signal: AbortSignal): Promise<void> {
  const machine = lab.machines.find((m) => m.name === LAPTOP);
  if (machine === undefined) throw new Error(`the lab has no ${LAPTOP}`);
  writeFileSync(join(folder, 'known_hosts'), await guest.hostKeys(), { flag: 'a' });
  enterGuest(lab.configFile, machine.address);
  const before = Number(await answer(guest, RECEIVED));
  await tried('kmon check', () => done(folder, signal, 'check'));
  try {
    await tried('kmon up', async () => {
      const lines = await done(folder, signal, 'up');
      for (const line of stageTable(stageTimes(lines))) if (line.startsWith(NAME)) tell(`        ${line}`);
      const sent = lines.flatMap((line) =>
        line['type'] === 'command' && line['machine'] === NAME && /^(copy|load) /.test(String(line['intent']))
          ? [`        to the guest: ${String(line['intent'])}`]
          : [],
      );
      tell(sent.length === 0 ? '        to the guest: no program, no image' : sent.join('\n'));
    });
    const received = Number(await answer(guest, RECEIVED)) - before;
    tell(`        the guest has received ${(received / 1e6).toFixed(1)} MB in all`);
    await tried('kmon verify', () => done(folder, signal, 'verify'));
    await tried('kmon up once more changes nothing', () => done(folder, signal, 'up'));
  } finally {
    if (!signal.aborted)
      await tried('kmon teardown, as found', () =>
        done(folder, signal, 'teardown', '--yes', '--room', lab.name),
      );
  }
}

async function main(): Promise<void> {
  const signal = interruption();
  await removeKilledRuns(project, KIND);
  await withLabFolder(project, KIND, async (folder, name) => {
    const disk = await tried('kmon guest image', () => image(folder, signal));
    const lines = await tried('a lab of a parent, a child and a laptop', () =>
      done(folder, signal, 'lab', 'up', '--children', '2', '--name', name, '--bundle', values.bundle),
    );
    const lab = lines.find((line) => line['type'] === 'result')?.['data'] as Lab | undefined;
    const laptop = lab?.machines.find((m) => m.name === LAPTOP);
    if (lab === undefined || laptop === undefined) throw new Error('there is no lab');
    const key = join(folder, 'guest_key');
    await output('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'try-guest', '-f', key], { signal });
    const own = join(folder, 'guest');
    mkdirSync(own);
    const seed = join(own, 'seed.iso');
    writeFileSync(
      seed,
      guestSeed({ hostname: NAME, authorizedKeys: [readFileSync(`${key}.pub`, 'utf8').trim()] }),
    );
    const pid = Number(
      await output(lab.engine, ['inspect', '--format', '{{.State.Pid}}', laptop.container], { signal }),
    );
    const guest = await switchOn({
      ...{ folder: own, pid, address: laptop.address, disk, seed, accel: values.accel, key, signal },
    });
    try {
      say(`the guest starts behind ${laptop.address}, with ${values.accel}`);
      await tried('the guest starts, and lets in by its key', () => untilLogin(guest));
      await tried('the guest is as its seed says', () => asSeeded(guest));
      tell(`        ${(await answer(guest, 'systemd-analyze')).split('\n')[0] ?? ''}`);
      await inRoom(folder, lab, guest, signal);
    } finally {
      await guest.off();
      const keep = values['keep-log'];
      if (keep !== undefined && existsSync(guest.serialLog)) copyFileSync(guest.serialLog, keep);
    }
  });
}

try {
  await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
tell(`${passed} passed, ${failed} failed (${Math.round((performance.now() - began) / 1000)} s)`);
if (failed > 0) process.exitCode = 1;
