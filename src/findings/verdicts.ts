import { allComputers } from '../room/room.js';
import type { Finding } from './finding.js';
import type { Severity } from './severity.js';
import type { Sight } from './sight.js';
import { accessVerdicts } from './verdicts/access.js';
import { addressesVerdict } from './verdicts/addresses.js';
import { clockVerdict } from './verdicts/clock.js';
import { forwardingVerdict } from './verdicts/forwarding.js';
import { identityVerdict } from './verdicts/identity.js';
import { laptopVerdict } from './verdicts/laptop.js';
import { leftoversVerdict } from './verdicts/leftovers.js';
import { networkVerdicts } from './verdicts/network.js';
import { observedVerdicts } from './verdicts/observed.js';
import { ownershipVerdict } from './verdicts/ownership.js';
import { packagesVerdict } from './verdicts/packages.js';
import { placesVerdict } from './verdicts/places.js';
import { portsVerdict } from './verdicts/ports.js';
import { rangeVerdicts } from './verdicts/ranges.js';
import { sizeVerdict } from './verdicts/size.js';
import {
  nameServerLoopVerdict,
  nameServerVerdict,
  proxyVerdict,
  sourceVerdicts,
} from './verdicts/sources.js';
import { systemVerdict } from './verdicts/system.js';
import { presentIn } from './verdicts/verdict.js';
import type { Verdict } from './verdicts/verdict.js';

/** Verdicts on one machine, in the order in which their findings are told. */
const OF_A_MACHINE: readonly Verdict[] = [
  systemVerdict,
  sizeVerdict,
  ownershipVerdict,
  placesVerdict,
  leftoversVerdict,
  packagesVerdict,
  portsVerdict,
  identityVerdict,
  clockVerdict,
  addressesVerdict,
  forwardingVerdict,
  proxyVerdict,
  nameServerVerdict,
  nameServerLoopVerdict,
  laptopVerdict,
];

/** Worst first. */
const SEVERITIES: readonly Severity[] = ['stops', 'hurts', 'note'];

/**
 * Everything worth saying about the room, all at once: what is about the room as a whole first, then machine by machine in the room's
 * order, the worst of each first. Pure: what was seen in, verdicts out. A machine that was not seen is judged for that alone; what
 * compares machines compares those that were seen.
 */
export function verdicts(sight: Sight): readonly Finding[] {
  const present = presentIn(sight);
  const found = [
    ...accessVerdicts(sight),
    ...present.flatMap((one) => OF_A_MACHINE.flatMap((verdict) => verdict(one, { sight, present }))),
    ...rangeVerdicts(sight),
    ...sourceVerdicts(sight),
    ...networkVerdicts(sight),
    ...observedVerdicts(sight),
  ];
  const order = [undefined, ...allComputers(sight.config.room).map((m) => m.name)];
  // `toSorted` keeps the order of what is equal.
  return found.toSorted(
    (a, b) =>
      order.indexOf(a.machine) - order.indexOf(b.machine) ||
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  );
}
