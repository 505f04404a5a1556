import { EXIT_CODES } from '../../errors/exit-codes.js';
import type { ErrorCode } from '../../errors/exit-codes.js';
import type { Room } from '../../room/room.js';
import type { Finding } from '../index.js';
import type { Sight } from '../sight/sight.js';

/**
 * What a check ends with. 0 when nothing stops the workshop. When the parent, the room as a whole or every machine that the command is
 * about is hit, the code of what stops them: that of the access (10, 11, …) where a machine could not be looked at, `precondition` for
 * everything else, and for different kinds at once. `partial` when only some children are hit: the others can begin.
 *
 * @param about Names of the machines that the command is about.
 */
export function exitCodeOfFindings(
  findings: readonly Finding[],
  { unseen }: Pick<Sight, 'unseen'>,
  room: Room,
  about: readonly string[],
): number {
  const stops = findings.filter((f) => f.severity === 'stops');
  if (stops.length === 0) return 0;
  const errorOf = new Map(unseen.map((u) => [u.machine, u.error.code]));
  const hit = new Set(stops.map((f) => f.machine));
  const everybody =
    hit.has(undefined) || hit.has(room.parent.name) || about.every((machine) => hit.has(machine));
  if (!everybody) return EXIT_CODES.partial;
  const kinds = new Set([...hit].map((machine): ErrorCode => kindOf(machine, errorOf)));
  const [only, ...others] = kinds;
  return EXIT_CODES[only === undefined || others.length > 0 ? 'precondition' : only];
}

function kindOf(machine: string | undefined, errorOf: ReadonlyMap<string, ErrorCode>): ErrorCode {
  return (machine === undefined ? undefined : errorOf.get(machine)) ?? 'precondition';
}
