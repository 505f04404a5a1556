import { addressRange, formatSubnet, overlap } from '../../config/networks/subnet.js';
import { roomNetwork } from '../sight/devices.js';
import { catalogue, subject } from '../subject.js';
import type { VerdictOf } from '../subject.js';

const { entries, finding } = catalogue({
  'K-SEGMENT': {
    title: 'The machines are not in one network',
    severities: ['stops', 'hurts'],
    cause: 'routes between machines need one network segment',
    remedy:
      'connect the machine to the switch or Wi-Fi of the parent, or choose `network: vxlan` in kmon.yaml',
  },
});

type Verdict = VerdictOf<keyof typeof entries>;

const elsewhere: Verdict = (one, { sight, present }) => {
  const parent = present.find((p) => p.machine.role === 'parent');
  if (parent === undefined || one.machine.role === 'parent') return [];
  const here = roomNetwork(one);
  const there = roomNetwork(parent);
  if (here === undefined || there === undefined) return [];
  // Each must be in what the other takes for its network: a /32 is in every network and has nobody in its own.
  const near =
    overlap(here, addressRange(parent.machine.address)) && overlap(there, addressRange(one.machine.address));
  if (near) return [];
  const routes = sight.config.kubernetes.network === 'routes';
  return [
    finding('K-SEGMENT', routes ? 'stops' : 'hurts', one.machine, {
      evidence: `it is in ${formatSubnet(here)}, the parent in ${formatSubnet(there)}`,
      ...(routes
        ? {}
        : { cause: 'what lies between the networks may be slow, or drop the overlay of the pods' }),
      remedy: `connect it to the switch or Wi-Fi of the parent${routes ? ', or write `network: vxlan` under `kubernetes` in kmon.yaml' : ''}`,
    }),
  ];
};

/** Machines that are not in the network of the parent. */
export const segment = subject({ entries, ofMachine: [elsewhere] });
