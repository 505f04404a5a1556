// What is measured, in the order of each round: the floor stands beside what is held against it.
import { join } from 'node:path';
import type { Room } from './room.js';

/** As many machines as each client has in hand at once. */
export const AT_ONCE = 32;

/** The clients of a usual run. */
export const USUAL = [
  'floor',
  'facts',
  'check',
  'script',
  'ansible-setup',
  'ansible-raw',
  'pssh',
  'clush',
] as const;

/** All there are. */
export const CLIENTS = [...USUAL, 'command'] as const;
export type ClientName = (typeof CLIENTS)[number];

/** What kmon's own programs tell of themselves. */
export interface Details {
  readonly roundTrips: { readonly facts: number; readonly all: number };
}

export interface Client {
  readonly argv: readonly string[];
  /** How many machines it reached, by what it printed. */
  readonly reached: (stdout: string) => number;
  readonly details?: (stdout: string) => Details;
  /** Absent: it must end with 0. */
  readonly exitCodes?: 'any';
}

/** How to start a client in a room, and how to tell that it reached every machine. `project` is the folder of this project. */
export function client(name: ClientName, room: Room, project: string): Client {
  switch (name) {
    case 'floor':
    case 'script':
      return own('bare', room, name, project);
    case 'facts':
    case 'check':
      return own('kmon', room, name, project);
    case 'command':
      return {
        argv: [process.execPath, join(project, 'bin/kmon.js'), 'check', '--config', room.config, '--json'],
        reached: (out) =>
          reachedBy(
            out,
            (event) =>
              event['type'] === 'machine-finished' &&
              event['stage'] === 'connect' &&
              event['outcome'] !== 'failed',
          ),
        // Machines that lie on one computer have faults: it says so by its exit code.
        exitCodes: 'any',
      };
    case 'ansible-setup':
      return ansible(room, ['-m', 'setup']);
    case 'ansible-raw':
      return ansible(room, ['-m', 'raw', '-a', 'true']);
    case 'pssh':
      return {
        argv: [
          'parallel-ssh',
          '-h',
          room.hosts,
          '-p',
          String(AT_ONCE),
          '-t',
          '0',
          '-x',
          `-F ${room.sshConfig}`,
          'true',
        ],
        reached: (out) => out.match(/\[SUCCESS\]/g)?.length ?? 0,
      };
    case 'clush':
      return {
        argv: [
          'clush',
          '-S',
          '-f',
          String(AT_ONCE),
          '-o',
          `-F ${room.sshConfig}`,
          '--hostfile',
          room.hosts,
          'echo reached',
        ],
        reached: (out) => out.match(/: reached$/gm)?.length ?? 0,
      };
  }
}

/** Programs of programs/, compiled as kmon itself is, print one JSON document with `reached`. */
function own(program: string, room: Room, name: ClientName, project: string): Client {
  return {
    argv: [
      process.execPath,
      join(project, 'node_modules/.cache/kmon', program, 'main.js'),
      name,
      room.config,
      String(AT_ONCE),
    ],
    reached: (out) => (JSON.parse(out) as { readonly reached: number }).reached,
    details: (out) => JSON.parse(out) as Details,
  };
}

function ansible(room: Room, module: readonly string[]): Client {
  return {
    argv: ['ansible', 'all', '-i', room.inventory, '-f', String(AT_ONCE), ...module],
    reached: (out) => out.match(/^\S+ \| (SUCCESS|CHANGED) /gm)?.length ?? 0,
  };
}

type Event = Readonly<Record<string, unknown>>;

function reachedBy(lines: string, isOne: (event: Event) => boolean): number {
  return lines
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .filter((line) => isOne(JSON.parse(line) as Event)).length;
}
