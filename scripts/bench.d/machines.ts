// Light machines: a network namespace, a cable to a common bridge, an OpenSSH server. Each has its own host name, host key, home folder,
// /run and processes (so that a list of processes is as short as on a computer of its own). The system's files are this computer's, but
// for what did not come by its packages (/usr/local, /opt): kmon asks programs it finds for their version.
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freeRange } from './free-range.js';
import { ip } from './ip.js';
import { runName } from './names.js';

const START_MS = 30_000;

// `sh` as the first process of a machine that has no address yet. $1 host name, $2 its folder, $3 address, $4 gateway.
const BOOT = `set -e
hostname "$1"
for d in /run /opt /usr/local; do mount -t tmpfs tmpfs "$d"; done
mkdir /run/sshd
for f in machine-id hosts resolv.conf; do mount --bind "$2/$f" "/etc/$f"; done
mount --bind "$2" /root
ip link set lo up
ip addr add "$3/24" dev eth0
ip link set eth0 up
ip route add default via "$4"
cd /
exec /usr/sbin/sshd -D -e -f /root/sshd_config`;

const SSHD_CONFIG = `Port 22
HostKey /root/host_key
AuthorizedKeysFile /root/authorized_keys
PidFile none
# The folder lies below one that everybody may write to.
StrictModes no
# As Debian ships it: a machine of a room logs in that way, and it is a good part of what a login costs there.
UsePAM yes
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
LogLevel ERROR
`;

/** One that answers. */
export interface Machine {
  readonly name: string;
  readonly address: string;
  readonly namespace: string;
  readonly folder: string;
}

/** What a machine's first process says before it ends is said of it. */
interface Server {
  readonly process: ChildProcess;
  readonly said: () => string;
}

/**
 * Starts `count` machines and resolves when all of them answer. Everything lies in `folder` or is named by the run: `remove.ts` takes
 * it away, also half of it.
 */
export async function startMachines(folder: string, count: number): Promise<readonly Machine[]> {
  const run = runName();
  const range = freeRange();
  const key = join(folder, 'id_ed25519');
  makeKey(key);
  ip([`link add ${run}-br type bridge`, `addr add ${range}.1/24 dev ${run}-br`, `link set ${run}-br up`]);
  const machines = Array.from({ length: count }, (_, i): Machine => ({
    name: `m${i + 1}`,
    address: `${range}.${i + 11}`,
    namespace: `${run}-${i + 1}`,
    folder: join(folder, `m${i + 1}`),
  }));
  for (const machine of machines) furnish(machine, `${key}.pub`);
  ip(
    machines.flatMap(({ namespace }) => [
      `netns add ${namespace}`,
      `link add ${namespace} type veth peer name eth0 netns ${namespace}`,
      `link set ${namespace} master ${run}-br up`,
    ]),
  );
  await Promise.all(machines.map((machine) => answers(machine, boot(machine, `${range}.1`))));
  writeFileSync(
    join(folder, 'known_hosts'),
    machines.map((m) => `${m.address} ${readFileSync(join(m.folder, 'host_key.pub'), 'utf8')}`).join(''),
  );
  return machines;
}

function furnish(machine: Machine, publicKey: string): void {
  mkdirSync(machine.folder);
  makeKey(join(machine.folder, 'host_key'));
  copyFileSync(publicKey, join(machine.folder, 'authorized_keys'));
  writeFileSync(join(machine.folder, 'sshd_config'), SSHD_CONFIG);
  writeFileSync(join(machine.folder, 'machine-id'), `${crypto.randomUUID().replaceAll('-', '')}\n`);
  // A machine knows its own name, and has no name server to wait for: Ansible asks for both.
  writeFileSync(join(machine.folder, 'hosts'), `127.0.0.1 localhost\n127.0.1.1 ${machine.name}\n`);
  writeFileSync(join(machine.folder, 'resolv.conf'), 'nameserver 127.0.0.1\n');
}

function makeKey(file: string): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bench', '-f', file]);
}

function boot({ name, namespace, folder, address }: Machine, gateway: string): Server {
  // `--kill-child`: a machine has an end when its first process has one, and that one ends with this program's child.
  const inside = ['unshare', '--uts', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const server = spawn(
    'ip',
    ['netns', 'exec', namespace, ...inside, 'sh', '-c', BOOT, 'boot', name, folder, address, gateway],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-2000);
  });
  return { process: server, said: () => said };
}

/** Resolves when the machine's sshd greets. */
async function answers({ name, address }: Machine, server: Server): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (!(await greeted(address))) {
    if (server.process.exitCode !== null || Date.now() > deadline)
      throw new Error(`the machine ${name} did not start: ${server.said() || 'it does not answer'}`);
    await delay(50);
  }
}

function greeted(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 1000 });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', () => {
      end(true);
    });
    for (const event of ['error', 'timeout', 'close'])
      socket.once(event, () => {
        end(false);
      });
  });
}
