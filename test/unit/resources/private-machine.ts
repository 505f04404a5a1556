import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { parseAll, readAll } from '../../../src/resources/batch.js';
import type { Json, Reversible } from '../../../src/resources/resource.js';
import type { ExecResult, Runner } from '../../../src/runner/runner.js';
import type { Command } from '../../../src/shell/command.js';
import { Secret } from '../../../src/shell/secret.js';
import { fileTree, olderFiles } from './file-tree.js';
import type { Folders } from './file-tree.js';
import { KeptFiles } from './kept-files.js';

/** /etc, /var/lib, /opt, /srv, /tmp, /root, /home and /run of its own, and a network of its own with one link `lan0` (10.77.0.2/24). */
const SETUP = `set -e
awk '$5 ~ "^/(etc|home|mnt|opt|root|run|srv|tmp|var)/" { print $5 }' /proc/self/mountinfo | sort -r | xargs -r -n 1 umount -l 2>/dev/null || :
mount -t tmpfs tmpfs /run
mkdir /run/etc
cp -a /etc/passwd /etc/group /etc/alternatives /run/etc/ 2>/dev/null || cp -a /etc/passwd /etc/group /run/etc/
printf '127.0.0.1 localhost\\n' >/run/etc/hosts
mount --bind /run/etc /etc
for d in /var/lib /var/log /opt /srv /tmp /mnt /root /home; do mount -t tmpfs tmpfs $d; done
mount -t sysfs sysfs /sys
mkdir -p /etc/apt/sources.list.d /etc/apt/keyrings /run/netns
rmdir /run/netns
ip link set lo up
ip link add lan0 type veth peer name lan1
ip address add 10.77.0.2/24 dev lan0
ip link set lan0 up
ip link set lan1 up
echo ready
exec cat`;

/** Programs that a test puts into /mnt/fakes come before the real ones. */
export const REAL_PATH = '/mnt/fakes:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a machine has of its own, but for what is copied from this computer. */
const FOLDERS = {
  folders: ['etc', 'var/lib', 'var/log', 'opt', 'srv', 'tmp', 'root', 'home', 'run'],
  leftOut: ['etc/alternatives', 'run/etc'],
} as const;

/** Where a snapshot has put all packet rules that `nft` knows of. */
export const RULES = '/mnt/rules-of-nft';

/** Stands between the parts of what one shell prints. */
const NEXT = '---next---';

const asRoot = process.getuid?.() === 0;
const unshare = ['--mount', '--net', '--propagation', 'private', ...(asRoot ? [] : ['--map-root-user'])];

/**
 * A machine for tests that are to run real scripts: namespaces on this computer, so that nothing outside is touched. It has no init and
 * no packages of its own. It ends with the process that made it.
 */
export class PrivateMachine implements Runner {
  readonly machine = 'pc-test';
  readonly dryRun: boolean = false;
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  static async start(): Promise<PrivateMachine> {
    const holder = spawn('unshare', [...unshare, 'sh', '-c', SETUP], { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once('data', () => {
        resolve();
      });
      holder.once('exit', (code) => {
        reject(new Error(`the private machine did not start (exit code ${String(code)})`));
      });
    });
    return new PrivateMachine(holder);
  }

  stop(): void {
    this.#holder.stdin?.end();
  }

  /** Runs what the owner of the machine does, or a test wants to know. */
  sh(script: string, stdin = ''): string {
    const result = this.exec(script, stdin);
    if (result.exitCode !== 0) throw new Error(`exit code ${result.exitCode}: ${script}\n${result.stderr}`);
    return result.stdout;
  }

  async query(command: Command<'reads'>): Promise<ExecResult> {
    return this.judged(command);
  }

  async attempt(command: Command<'tries'>): Promise<ExecResult> {
    return this.judged(command);
  }

  async mutate(_intent: string, command: Command<'changes'>): Promise<void> {
    this.judged(command);
  }

  /** The states of things, read as the engine reads them. */
  async look(things: readonly Reversible[]): Promise<readonly Json[]> {
    const nonce = randomBytes(8).toString('hex');
    return parseAll(things, await this.query(readAll(things, nonce)), nonce);
  }

  /** A file of the machine; undefined: there is none. */
  readFile(path: string): string | undefined {
    const at = join(this.#root, path);
    return existsSync(at) ? readFileSync(at, 'utf8') : undefined;
  }

  /** Makes a file, and its folders, that only root may read. */
  writeFile(path: string, text: string): void {
    const at = join(this.#root, path);
    mkdirSync(dirname(at), { recursive: true, mode: 0o700 });
    writeFileSync(at, text, { mode: 0o600 });
  }

  /** All that is compared; `more` as in `system`. */
  snapshot(more = ''): string {
    return `${this.files()}${this.system(more)}`;
  }

  /** All files with type, mode, owner, target and content, of which that of logs and of what is below /run is left out. */
  files(): string {
    return fileTree({ ...this.#folders, withoutContent: ['var/log', 'run'] });
  }

  /**
   * Packet rules (no tables that decide nothing), links, addresses (a lease runs down), routes, lasting neighbours, mounts, forwarding; what
   * `more` prints. To start a program is what takes time, so there are as few as can be, and what they say is put in order by this process.
   */
  system(more = ''): string {
    const said = this.sh(
      `if ! nft list ruleset >${RULES} 2>/dev/null || [ -s ${RULES} ]; then iptables-save 2>/dev/null; fi
echo ${NEXT}
ip -4 -o -batch - <<'END'
address show
route show
neigh show nud permanent
link show
END
echo ${NEXT}
cd /proc/sys/net/ipv4
for f in ip_forward conf/*/forwarding conf/all/accept_redirects; do read -r value <$f; echo "$f $value"; done
${more}`,
    );
    const [tables = '', net = '', rest = ''] = said.split(`${NEXT}\n`);
    return [
      tablesThatDecide(tables),
      // Of links the names: their states come by themselves, and their numbers count up. Neighbours come in any order.
      sortedLines(net.replaceAll(/^\d+: | linkdown|: <.*|(?<=_lft )\d+sec/gm, '')),
      placesOfMounts(readFileSync(`/proc/${String(this.#holder.pid)}/mountinfo`, 'utf8')),
      rest,
    ].join('');
  }

  /** What is left out of `files`, as it is no matter to anybody: what is in those below /run, and the time of change of what is older than `sinceMs`. */
  rest(sinceMs: number): string {
    const run = fileTree({ ...this.#folders, folders: ['run'], withoutContent: [] });
    return `${run}${olderFiles(this.#folders, sinceMs)}`;
  }

  keepFiles(): KeptFiles {
    return new KeptFiles(this.#folders);
  }

  get #folders(): Folders {
    return { ...FOLDERS, root: this.#root };
  }

  /** The machine's root folder as this process sees it: nothing has to be started in the machine for a look at its files. */
  get #root(): string {
    return `/proc/${String(this.#holder.pid)}/root`;
  }

  /** Any exit code; a script that is killed has -1. `environment` is laid over the usual one. */
  exec(script: string, stdin: string, environment: Readonly<Record<string, string>> = {}): ExecResult {
    const pid = String(this.#holder.pid);
    const enter = ['-t', pid, '-m', '-n', ...(asRoot ? [] : ['-U', '--preserve-credentials'])];
    // A session of its own, so that what kills all of the script's processes kills no others.
    const result = spawnSync('nsenter', [...enter, 'setsid', '--wait', 'sh', '-c', script], {
      input: stdin,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { PATH: REAL_PATH, LC_ALL: 'C', ...environment },
    });
    return { exitCode: result.status ?? -1, stdout: result.stdout, stderr: result.stderr, durationMs: 0 };
  }

  /** As a runner does: an exit code that is none of the good ones is an error. */
  judged(command: Command, environment: Readonly<Record<string, string>> = {}): ExecResult {
    const { stdin = '' } = command;
    if (typeof stdin !== 'string')
      throw new TypeError(stdin instanceof Secret ? 'no secrets here' : 'text only');
    const result = this.exec(command.script, stdin, environment);
    const ok = command.ok ?? [0];
    if (ok !== 'any' && !ok.includes(result.exitCode)) {
      throw new KmonError('command', `exit code ${result.exitCode}`, { evidence: result.stderr.trim() });
    }
    return result;
  }
}

/** Namespaces are a privilege that not every computer grants; what needs them is skipped there, and says so. */
export const canBePrivate: boolean =
  spawnSync('unshare', [...unshare, 'true'], { stdio: 'ignore' }).status === 0;

/** What `iptables-save` prints, without counters, comments, and tables that have no rule and let everything pass. */
function tablesThatDecide(saved: string): string {
  return saved
    .split(/^(?=[*])/m)
    .map((table) => table.replaceAll(/^#.*\n/gm, '').replaceAll(/ \[.*/g, ''))
    .filter((table) => /^-|^:.* [^A]/m.test(table))
    .join('');
}

function placesOfMounts(mountinfo: string): string {
  const places = mountinfo.split('\n').map((line) => line.split(' ')[4] ?? '');
  return sortedLines(places.join('\n'));
}

function sortedLines(text: string): string {
  return `${text.split('\n').sort().join('\n')}\n`;
}
