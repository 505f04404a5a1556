// What is measured, in the order of each round: the floor stands beside what is held against it.
import { join } from 'node:path';

/** As many machines as each client has in hand at once. */
export const AT_ONCE = 32;

const ROOT = join(import.meta.dirname, '../..');
const KMON = join(ROOT, 'bin/kmon.js');

/** The clients of a usual run. */
export const USUAL = ['floor', 'facts', 'check', 'script', 'ansible-setup', 'ansible-raw', 'pssh', 'clush'];

/** All there are. */
export const CLIENTS = [...USUAL, 'command'];

/** How to start a client in the room `room` (see room.mjs), and how to tell that it reached every machine. */
export function client(name, room) {
  switch (name) {
    case 'floor':
    case 'script':
      return own('bare', room, name);
    case 'facts':
    case 'check':
      return own('kmon', room, name);
    case 'command':
      return {
        argv: [process.execPath, KMON, 'check', '--config', room.config, '--json'],
        reached: (out) =>
          reachedBy(
            out,
            (event) =>
              event.type === 'machine-finished' && event.stage === 'connect' && event.outcome !== 'failed',
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
    default:
      throw new Error(`there is no client ${name}`);
  }
}

/** Programs of programs/, compiled as kmon itself is, print one JSON document with `reached`. */
function own(program, room, name) {
  return {
    argv: [
      process.execPath,
      join(ROOT, 'node_modules/.cache/kmon', program, 'main.js'),
      name,
      room.config,
      String(AT_ONCE),
    ],
    reached: (out) => JSON.parse(out).reached,
    details: (out) => JSON.parse(out),
  };
}

function ansible(room, module) {
  return {
    argv: ['ansible', 'all', '-i', room.inventory, '-f', String(AT_ONCE), ...module],
    reached: (out) => out.match(/^\S+ \| (SUCCESS|CHANGED) /gm)?.length ?? 0,
  };
}

function reachedBy(lines, isOne) {
  return lines
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .filter((line) => isOne(JSON.parse(line))).length;
}
