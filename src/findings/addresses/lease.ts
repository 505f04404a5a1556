import { KEEPERS } from '../../resources/static-address/keeper.js';
import { roomAddressing, roomDevice } from '../sight/devices.js';
import { catalogue, subject } from '../subject.js';
import type { VerdictOf } from '../subject.js';
import { durationText } from '../wording.js';

const { entries, finding } = catalogue({
  'K-LEASE': {
    title: 'The address is leased',
    severities: ['hurts', 'note'],
    cause: 'after the lease, or on a new connection, DHCP may give another one',
    remedy: 'reserve the address in the router',
    fix: 'makes the present address a static one; it goes back by itself if the machine cannot be reached with it',
  },
});

type Verdict = VerdictOf<keyof typeof entries>;

/** A lesson with what comes before and after it. */
const LESSON_SECONDS = 3 * 3600;

const leased: Verdict = (one) => {
  const { machine, facts } = one;
  const device = roomDevice(one);
  const how = roomAddressing(one);
  if (how?.leased !== true) return [];
  const { leaseSeconds: left, manager } = how;
  const by = manager === 'other' ? '' : ` (${manager})`;
  const until = left === undefined ? '' : ` for ${durationText(left)} more`;
  const mac = facts.links.find((l) => l.device === device)?.mac ?? '';
  const reserve = `reserve ${machine.address}${mac === '' ? '' : ` for ${mac}`} in the router`;
  // The managers that kmon can tell to keep an address.
  const fixable = KEEPERS.some((keeper) => keeper === manager);
  return [
    finding('K-LEASE', left !== undefined && left <= LESSON_SECONDS ? 'hurts' : 'note', machine, {
      evidence: `${machine.address} on ${how.device} is leased by DHCP${until}${by}`,
      remedy: reserve,
      fixable,
    }),
  ];
};

/** The address may change during the lesson. */
export const lease = subject({ entries, ofMachine: [leased] });
