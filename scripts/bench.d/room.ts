// One room in the words of every client: all of them log in as root, with the same key, and know the machines' host keys.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machines.js';

/** Where each client finds the machines. */
export interface Room {
  readonly folder: string;
  /** Where connections are kept that outlive a client. */
  readonly sockets: string;
  readonly sshConfig: string;
  /** For kmon. */
  readonly config: string;
  readonly hosts: string;
  readonly inventory: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Writes the files into `folder` and gives their paths, and the environment of the clients: nothing of the owner's settings is seen. */
export function writeRoom(folder: string, machines: readonly Machine[]): Room {
  const write = (name: string, lines: readonly string[]): string => {
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
    return join(folder, name);
  };
  const key = join(folder, 'id_ed25519');
  const home = join(folder, 'home');
  const sockets = join(folder, 'cp');
  for (const made of [home, sockets]) mkdirSync(made, { mode: 0o700 });
  const [parent, ...children] = machines;
  if (parent === undefined) throw new RangeError('a room has machines');
  const sshConfig = write('ssh_config', [
    'Host *',
    '  User root',
    `  IdentityFile ${key}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${join(folder, 'known_hosts')}`,
    '  GlobalKnownHostsFile none',
    '  StrictHostKeyChecking yes',
    '  HostKeyAlgorithms ssh-ed25519',
    '  LogLevel ERROR',
  ]);
  const ansibleConfig = write('ansible.cfg', [
    '[defaults]',
    'remote_user = root',
    // Else it looks for one first: one more command a machine.
    'interpreter_python = /usr/bin/python3',
    `local_tmp = ${join(folder, 'ansible')}`,
    '[ssh_connection]',
    // The defaults, and the files above.
    `ssh_args = -C -o ControlMaster=auto -o ControlPersist=60s -F ${sshConfig}`,
    `control_path_dir = ${sockets}`,
  ]);
  return {
    folder,
    sockets,
    sshConfig,
    config: write('kmon.yaml', [
      'room: bench',
      `ssh: { user: root, key: ${key}, knownHosts: ${join(folder, 'known_hosts')}, hostKeys: pinned-only }`,
      `parent: { address: ${parent.address}, name: ${parent.name} }`,
      children.length === 0 ? 'children: []' : 'children:',
      ...children.map((m) => `  - { address: ${m.address}, name: ${m.name} }`),
    ]),
    hosts: write(
      'hosts',
      machines.map((m) => m.address),
    ),
    inventory: write(
      'inventory',
      machines.map((m) => m.address),
    ),
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      LC_ALL: 'C.UTF-8',
      NO_COLOR: '1',
      ANSIBLE_CONFIG: ansibleConfig,
    },
  };
}
