import { madeNode } from '../../facts/ledger.js';
import { VXLAN } from '../../tools/vxlan.js';
import { catalogue, subject } from '../subject.js';
import type { VerdictOf } from '../subject.js';

const { entries, finding } = catalogue({
  'K-LINK-TAKEN': {
    title: 'A network link has the name of the overlay',
    severities: ['stops'],
    cause:
      'the pod network `vxlan` makes a link of this name on every machine, and takes none that others have made',
    remedy: 'give that link another name, or write another `network` under `kubernetes` in kmon.yaml',
  },
});

type Verdict = VerdictOf<keyof typeof entries>;

const taken: Verdict = ({ machine, facts }, { sight }) => {
  const isOthers = facts.links.some((l) => l.device === VXLAN.device) && !madeNode(facts.ledger);
  if (sight.config.kubernetes.network !== 'vxlan' || !isOthers) return [];
  return [
    finding('K-LINK-TAKEN', 'stops', machine, {
      evidence: `the network link ${VXLAN.device} of ${machine.name} was made by somebody else`,
      remedy: `find out what it is for (ip -d link show dev ${VXLAN.device}) and, if its owner agrees, give it another name; or write \`network: flannel\` under \`kubernetes\` in kmon.yaml`,
    }),
  ];
};

/** The overlay's link, where somebody else has one of its name. Another overlay on the same port shows by that port. */
export const linkTaken = subject({ entries, ofMachine: [taken] });
