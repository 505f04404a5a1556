import { allComputers, allMachines } from '../room/room.js';
import { address } from './addresses/address.js';
import { lease } from './addresses/lease.js';
import { otherNetworks } from './addresses/other-networks.js';
import { ranges } from './addresses/ranges.js';
import { segment } from './addresses/segment.js';
import { clock } from './clock/clock.js';
import { identity } from './identity/identity.js';
import { SUBJECTS } from './index.js';
import type { Finding } from './index.js';
import { otherKubernetes } from './leftovers/other-kubernetes.js';
import { packages } from './leftovers/packages.js';
import { linkTaken } from './leftovers/taken-link.js';
import { portTaken } from './leftovers/taken-ports.js';
import { whose } from './leftovers/whose.js';
import { forwarding } from './network/forwarding.js';
import { SEVERITIES } from './severity.js';
import { presentIn } from './sight/sight.js';
import type { Sight } from './sight/sight.js';
import { sources } from './sources/sources.js';
import type { Subject } from './subject.js';
import { cgroup } from './system/cgroup.js';
import { kernel } from './system/kernel.js';
import { kind } from './system/kind.js';
import { places } from './system/places.js';
import { size } from './system/size.js';

/**
 * Who speaks first among findings of one machine and severity: what a machine is, whose it is, what is in the way there, how it is
 * connected. Subjects that are not named here speak after these, as they are listed.
 */
const FIRST: readonly Subject[] = [
  ...[kind, cgroup, kernel, size, whose, places, otherKubernetes, packages, portTaken, linkTaken],
  ...[identity, clock],
  ...[address, segment, lease, otherNetworks, ranges, forwarding, sources],
];

const turnOf = (subject: Subject): number =>
  FIRST.includes(subject) ? FIRST.indexOf(subject) : FIRST.length;

// `toSorted` keeps the order of what is equal.
const IN_TURN = SUBJECTS.toSorted((a, b) => turnOf(a) - turnOf(b));

/**
 * Everything worth saying about the room, all at once: what is about the room as a whole first, then machine by machine in the room's
 * order, the worst of each first. Pure: what was seen in, verdicts out. A machine that was not seen is judged for that alone; what
 * compares machines compares those that were seen.
 */
export function verdicts(sight: Sight): readonly Finding[] {
  const { room } = sight.config;
  const present = presentIn(sight);
  const group = { sight, present };
  const found = [
    ...sight.unseen.flatMap(({ machine: name, error }) => {
      const machine = allMachines(room).find((m) => m.name === name);
      if (machine === undefined) return [];
      return IN_TURN.flatMap((s) => s.ofUnseen.flatMap((verdict) => verdict(machine, error)));
    }),
    ...present.flatMap((one) =>
      IN_TURN.flatMap((s) => s.ofMachine.flatMap((verdict) => verdict(one, group))),
    ),
    ...IN_TURN.flatMap((s) => s.ofRoom.flatMap((verdict) => verdict(sight))),
  ];
  const order = [undefined, ...allComputers(room).map((m) => m.name)];
  return found.toSorted(
    (a, b) =>
      order.indexOf(a.machine) - order.indexOf(b.machine) ||
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  );
}
