import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../src/lab/lab.js';
import { inside, ranInside } from './inside.js';
import { KMON } from './kmon.js';

const ROOT = join(import.meta.dirname, '../..');

/**
 * What a lab without a bundle is to run, should it ever run anything: of newer ones the check has a word to say where this computer has
 * cgroup v1, and whether it has is no matter to a test.
 */
const QUIET_VERSION = '1.34';

/** A machine of a test's lab, as its administrator sees it: not through kmon. */
export interface TestMachine {
  readonly name: string;
  readonly address: string;
  /** Runs a POSIX sh script (`set -e`) as root and gives what it printed; throws when it fails or takes more than two minutes. */
  sh(script: string): string;
  /** `scripts/snapshot`: everything that kmon could have changed. */
  snapshot(): Promise<string>;
  /** TCP connections it has accepted since it was made. */
  connections(): number;
  /** Restarts it; resolves when its init has started everything. What lay on its disk stays, what was in its kernel is gone. */
  restart(): Promise<void>;
}

/** Real machines made by `kmon lab up`, for the length of a test file. */
export interface TestLab {
  readonly name: string;
  /** What runs its machines. */
  readonly engine: Lab['engine'];
  /** Holds kmon.yaml, the key pair, known_hosts and the sudo password. */
  readonly dir: string;
  readonly subnet: string;
  /** Parent first. */
  readonly machines: readonly TestMachine[];
  /** The laptops around its guests. */
  readonly laptops: readonly TestMachine[];
  /** @throws Error when there is none of that name. */
  machine(name: string): TestMachine;
  /** Pulls a machine's network cable, or puts it back. */
  link(machine: string, state: 'up' | 'down'): Promise<void>;
  /** `kmon lab internet` with these flags: the lab's Internet behaves so from now on. */
  internet(...flags: readonly [string, ...string[]]): Promise<void>;
  file(name: 'id_ed25519' | 'known_hosts' | 'sudo-password'): string;
  /** Removes the machines and the folder; the second call does nothing. */
  down(): Promise<void>;
}

/**
 * Makes a lab with a name of its own. It goes when `down` is called, when making it fails, and when this process exits; what a killed
 * process left goes when the next lab is made.
 */
export async function makeLab(o: {
  readonly children: number;
  /** Laptops with a guest each, which is one more child. */
  readonly laptops?: number;
  /** The parent is a guest too. */
  readonly parentGuest?: boolean;
  /** An offline bundle for the kmon.yaml of the lab. */
  readonly bundle?: string;
  /** What an Internet of its own serves. */
  readonly internet?: string;
}): Promise<TestLab> {
  await removeAbandoned();
  const name = `roomtest-${process.pid}-${randomBytes(3).toString('hex')}`;
  const dir = mkdtempSync(join(tmpdir(), `${name}-`));
  const onExit = (): void => void spawnSync(process.execPath, [KMON, ...downArgs(name)], { cwd: dir });
  process.once('exit', onExit);
  const down = async (): Promise<void> => {
    if (!existsSync(dir)) return;
    await output(process.execPath, [KMON, ...downArgs(name)], { cwd: dir });
    rmSync(dir, { recursive: true, force: true });
    process.off('exit', onExit);
  };
  try {
    const args = ['lab', 'up', '--name', name, '--children', String(o.children), '--json'];
    if (o.laptops !== undefined) args.push('--laptops', String(o.laptops));
    if (o.parentGuest === true) args.push('--parent-guest');
    if (o.bundle !== undefined) args.push('--bundle', o.bundle);
    if (o.internet !== undefined) args.push('--internet', o.internet);
    const made = resultOf(await output(process.execPath, [KMON, ...args], { cwd: dir }));
    if (o.bundle === undefined && o.internet === undefined) setVersion(join(dir, 'kmon.yaml'), QUIET_VERSION);
    return testLab(made, down);
  } catch (error) {
    await down();
    throw error;
  }
}

function setVersion(file: string, version: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/^( +version: ).*$/m, `$1'${version}'`));
}

function testLab(made: Lab, down: () => Promise<void>): TestLab {
  const { name, dir, engine, subnet } = made;
  // A guest that starts again has no network card yet.
  const plugIn = async (): Promise<void> => {
    await output(process.execPath, [KMON, 'lab', 'up', '--name', name, '--children', '0'], { cwd: dir });
  };
  const machines = made.machines.map((m) =>
    testMachine(engine, m, m.laptop === undefined ? undefined : plugIn),
  );
  const laptops = made.machines.flatMap(({ laptop, address }) =>
    laptop === undefined ? [] : [testMachine(engine, { ...laptop, address })],
  );
  return {
    name,
    engine,
    dir,
    subnet,
    machines,
    laptops,
    machine: (wanted) => {
      const machine = [...machines, ...laptops].find((m) => m.name === wanted);
      if (machine === undefined) throw new Error(`the lab has no machine ${wanted}`);
      return machine;
    },
    link: async (machine, state) => {
      await output(process.execPath, [KMON, 'lab', 'link', machine, state, '--name', name], { cwd: dir });
    },
    internet: async (...flags) => {
      await output(process.execPath, [KMON, 'lab', 'internet', ...flags, '--name', name], { cwd: dir });
    },
    file: (file) => join(dir, file),
    down,
  };
}

function resultOf(jsonLines: string): Lab {
  const result = jsonLines.split('\n').find((line) => line.includes('"type":"result"'));
  if (result === undefined) throw new Error(`kmon lab up gave no result:\n${jsonLines}`);
  return (JSON.parse(result) as { readonly data: Lab }).data;
}

function downArgs(name: string): readonly string[] {
  return ['lab', 'down', '--name', name];
}

function testMachine(
  engine: string,
  m: Pick<Lab['machines'][number], 'name' | 'address' | 'container'>,
  started?: () => Promise<void>,
): TestMachine {
  // A program of the script must not read the rest of the script from its stdin.
  const shell = ['sh', '-c', 's=$(cat); exec </dev/null; eval "$s"'];
  const sh = (script: string): string => {
    const { file, args } = inside(engine, m.container, shell);
    return execFileSync(file, args, { input: `set -e\n${script}`, encoding: 'utf8', timeout: 120_000 });
  };
  return {
    name: m.name,
    address: m.address,
    sh,
    snapshot: () => {
      const input = readFileSync(join(ROOT, 'scripts/snapshot'), 'utf8');
      return ranInside(engine, m.container, shell, { input });
    },
    connections: () => passiveOpens(sh('cat /proc/net/snmp')),
    restart: async () => {
      // It takes the container with it, and this program's answer as well.
      spawnSync(engine, ['exec', m.container, 'systemctl', 'reboot'], { timeout: 120_000 });
      await output(engine, ['wait', m.container]);
      await output(engine, ['start', m.container]);
      await started?.();
      // "degraded" is an answer too.
      await output(engine, ['exec', m.container, 'sh', '-c', 'systemctl is-system-running --wait || :']);
    },
  };
}

/** Runs a program to its end, with the real home folder and environment: base image, packages and mirror are this computer's. */
function output(
  program: string,
  args: readonly string[],
  o: { readonly cwd?: string; readonly input?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: o.cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      const text = Buffer.concat(out).toString('utf8');
      if (code === 0) resolve(text);
      else
        reject(
          new Error(
            `${program} ${args.join(' ')}: ${String(code)}\n${Buffer.concat(err).toString('utf8')}${text}`,
          ),
        );
    });
    // A program that reads nothing closes its stdin.
    child.stdin.on('error', () => undefined);
    child.stdin.end(o.input ?? '');
  });
}

/** The kernel's own count, for the network of the machine alone. */
function passiveOpens(snmp: string): number {
  const [names, values] = snmp
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(' '));
  const count = Number(values?.[names?.indexOf('PassiveOpens') ?? -1]);
  if (!Number.isInteger(count)) throw new Error('the machine does not tell how many connections it had');
  return count;
}

/** Containers are named after their lab; see `makeLab`. */
async function removeAbandoned(): Promise<void> {
  for (const engine of ['podman', 'docker']) {
    const end = spawnSync(engine, ['ps', '--all', '--filter', 'label=kmon.lab', '--format', '{{.Names}}'], {
      encoding: 'utf8',
    });
    for (const container of end.status === 0 ? end.stdout.split('\n') : []) {
      const [, name = '', pid = ''] = /^kmon-(roomtest-(\d+)-[0-9a-f]{6})-/.exec(container) ?? [];
      if (name === '' || alive(Number(pid))) continue;
      await output(process.execPath, [KMON, ...downArgs(name)], { cwd: tmpdir() });
      for (const dir of readdirSync(tmpdir()).filter((entry) => entry.startsWith(`${name}-`))) {
        rmSync(join(tmpdir(), dir), { recursive: true, force: true });
      }
    }
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
