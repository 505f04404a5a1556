import { allMachines } from '../../room/room.js';
import type { Finding } from '../finding.js';
import type { Sight } from '../sight.js';
import { finding } from './verdict.js';

/** By the error's code. Every other one means that the login works and the look does not. */
const CODES: Readonly<Record<string, 'K-UNREACHABLE' | 'K-LOGIN' | 'K-HOST-KEY' | 'K-SUDO' | 'K-NOT-LINUX'>> =
  {
    unreachable: 'K-UNREACHABLE',
    'connection-lost': 'K-UNREACHABLE',
    'login-refused': 'K-LOGIN',
    'host-key-changed': 'K-HOST-KEY',
    'host-key-unknown': 'K-HOST-KEY',
    'no-sudo': 'K-SUDO',
    'not-a-node': 'K-NOT-LINUX',
  };

/** Why machines could not be looked at, in the words of the failure itself. */
export function accessVerdicts(sight: Sight): readonly Finding[] {
  const machines = allMachines(sight.config.room);
  return sight.unseen.flatMap(({ machine: name, error }) => {
    const machine = machines.find((m) => m.name === name);
    if (machine === undefined) return [];
    const seen = error.evidence === undefined ? error.message : `${error.message}: ${error.evidence}`;
    return [
      finding(CODES[error.code] ?? 'K-UNSEEN', 'stops', machine, {
        evidence: onOneLine(seen),
        remedy: onOneLine(
          error.hint ?? `try \`ssh ${machine.address}\` by hand, and run \`kmon check\` again`,
        ),
      }),
    ];
  });
}

function onOneLine(text: string): string {
  return text
    .trim()
    .replaceAll(/\s*\n\s*/g, '; ')
    .replace(/\.$/, '');
}
