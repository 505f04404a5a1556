import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** A key pair made for one test. */
export interface KeyPair {
  readonly file: string;
  /** One line, as in authorized_keys. */
  readonly publicKey: string;
}

export interface SshdOptions {
  /** Types of the host keys it has. Default: ed25519 only. */
  readonly hostKeys?: readonly KeyType[];
  /** More lines of sshd_config; the first value of a setting wins, so these come before the defaults. */
  readonly config?: readonly string[];
  /** Who may log in with which keys: user name to lines of authorized_keys. */
  readonly authorized?: Readonly<Record<string, readonly string[]>>;
  /** A port of its own when absent. */
  readonly port?: number;
  /** Lines of a PAM service of its own; without them it does without PAM. `DIR` in them is its folder. */
  readonly pam?: readonly string[];
}

export type KeyType = 'ed25519' | 'ecdsa' | 'rsa';

/** A real OpenSSH server on 127.0.0.1, with configuration, keys and log in a folder of its own. Needs root. */
export interface Sshd {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly dir: string;
  /** Public host keys by type, one line each. */
  readonly hostKeys: Readonly<Partial<Record<KeyType, string>>>;
  authorize(user: string, publicKey: string): void;
  log(): string;
  /** Ends all sessions hard, as if the network had gone; the server goes on listening. */
  dropSessions(): void;
  /** Replaces a host key by a new one of the same type; takes effect for new connections. */
  renewHostKey(type: KeyType): Promise<void>;
  stop(): Promise<void>;
}

const SSHD = '/usr/sbin/sshd';

/** A temporary folder that only we can read; the caller removes it. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `kmon-${name}-`));
}

export function makeKey(dir: string, name: string, type: KeyType = 'ed25519', passphrase = ''): KeyPair {
  const file = join(dir, name);
  const size = type === 'rsa' ? ['-b', '2048'] : [];
  execFileSync('ssh-keygen', ['-q', '-t', type, ...size, '-N', passphrase, '-C', name, '-f', file]);
  return { file, publicKey: readFileSync(`${file}.pub`, 'utf8').trim() };
}

export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  if (process.getuid?.() !== 0 || !existsSync(SSHD)) {
    throw new Error('these tests start a real sshd: they need root and the package openssh-server');
  }
  const dir = temporaryFolder('sshd');
  const port = options.port ?? (await freePort());
  const types = options.hostKeys ?? ['ed25519'];
  const keys = new Map(types.map((type) => [type, makeKey(dir, `host_${type}`, type)]));
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  mkdirSync(join(dir, 'authorized'));
  // sshd reads these files as the user who logs in.
  chmodSync(dir, 0o711);
  const authorize = (user: string, line: string): void => {
    appendFileSync(join(dir, 'authorized', user), `${line}\n`);
  };
  for (const [user, lines] of Object.entries(options.authorized ?? {}))
    for (const l of lines) authorize(user, l);
  const config = join(dir, 'sshd_config');
  writeFileSync(
    config,
    [
      ...(options.config ?? []),
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      ...[...keys.values()].map((key) => `HostKey ${key.file}`),
      `AuthorizedKeysFile ${join(dir, 'authorized', '%u')}`,
      `PidFile ${join(dir, 'sshd.pid')}`,
      // The folder is below /tmp, which everybody may write to.
      'StrictModes no',
      `UsePAM ${options.pam === undefined ? 'no' : 'yes'}`,
      'PermitRootLogin yes',
      'PasswordAuthentication yes',
      'KbdInteractiveAuthentication no',
      // Of this one the last value wins.
      ...(options.config?.some((line) => line.startsWith('MaxStartups ')) === true
        ? []
        : ['MaxStartups 200:30:400']),
      'LogLevel VERBOSE',
      '',
    ].join('\n'),
  );
  const log = join(dir, 'log');
  const pam = options.pam === undefined ? undefined : pamService(dir, options.pam);
  const program = pam?.program ?? SSHD;
  let server = await run(program, config, log, port);
  return {
    host: '127.0.0.1',
    port,
    dir,
    get hostKeys() {
      return Object.fromEntries(
        [...keys].map(([type, { file }]) => [type, readFileSync(`${file}.pub`, 'utf8').trim()]),
      );
    },
    authorize,
    log: () => readFileSync(log, 'utf8'),
    dropSessions: () => {
      for (const pid of descendants(server.pid)) kill(pid);
    },
    async renewHostKey(type) {
      const { file } = keys.get(type) ?? { file: join(dir, `host_${type}`) };
      rmSync(file, { force: true });
      rmSync(`${file}.pub`, { force: true });
      makeKey(dir, `host_${type}`, type);
      await end(server);
      server = await run(program, config, log, port);
    },
    async stop() {
      for (const pid of descendants(server.pid)) kill(pid);
      await end(server);
      pam?.remove();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** sshd takes its own name for that of its PAM service: so it is started by another one. PAM looks for it in lower case. */
function pamService(dir: string, lines: readonly string[]): { readonly program: string; remove(): void } {
  const program = join(dir, `${basename(dir).toLowerCase()}-pam`);
  const service = join('/etc/pam.d', basename(program));
  symlinkSync(SSHD, program);
  writeFileSync(service, lines.map((line) => `${line.replaceAll('DIR', dir)}\n`).join(''));
  return {
    program,
    remove: () => {
      rmSync(service);
    },
  };
}

/** A port of 127.0.0.1 on which nobody listens now. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
      });
    });
  });
}

async function run(program: string, config: string, log: string, port: number): Promise<ChildProcess> {
  const server = spawn(program, ['-D', '-f', config, '-E', log], { stdio: 'ignore' });
  const deadline = Date.now() + 10_000;
  while (!(await answers(port))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      throw new Error(`sshd did not start: ${readFileSync(log, 'utf8')}`);
    }
    await new Promise((done) => setTimeout(done, 20));
  }
  return server;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  await new Promise<void>((done) => {
    server.once('exit', () => {
      done();
    });
    server.kill('SIGTERM');
  });
}

/** Process ids of everything the server started, children first. */
function descendants(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  let children: number[] = [];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    // It has ended.
  }
  return [...children, ...children.flatMap(descendants)];
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
