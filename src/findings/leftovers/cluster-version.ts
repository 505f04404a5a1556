import { findMinor } from '../../config/versions.js';
import { ownershipOf } from '../../facts/ownership.js';
import type { Ownership } from '../../facts/ownership.js';
import { catalogue, subject } from '../subject.js';
import type { VerdictOf } from '../subject.js';

const { entries, finding } = catalogue({
  'K-VERSION': {
    title: 'The cluster of the room has another version',
    severities: ['stops'],
    cause:
      'no cluster is upgraded here: what would be installed now does not fit what runs there, and no minor version may be skipped anyway',
    remedy:
      'set kubernetes.version in kmon.yaml back to that of the cluster, or give the room back (`kmon teardown`) and make it anew',
  },
});

/**
 * kmon.yaml asks for another minor version than the cluster of this room has. Told of its parent, and of each machine that would join it; what
 * is a node already stays as it is.
 */
const otherVersion: VerdictOf<keyof typeof entries> = ({ machine, facts }, { sight }) => {
  const { config, factsOf } = sight;
  const { parent } = config.room;
  const above = factsOf.get(parent.name);
  if (above?.clusterVersion === undefined || ownershipOf(parent, above, config).of !== 'us') return [];
  if (machine.role === 'child' && !wouldJoin(ownershipOf(machine, facts, config))) return [];
  const there = findMinor(above.clusterVersion)?.version;
  const { version } = config.kubernetes;
  if (there === version) return [];
  return [
    finding('K-VERSION', 'stops', machine, {
      evidence: `the cluster of this room is Kubernetes ${above.clusterVersion}, kmon.yaml asks for ${version}`,
      remedy: `set kubernetes.version in kmon.yaml to "${there ?? above.clusterVersion}", or give the room back (kmon teardown) and run \`kmon up\``,
    }),
  ];
};

function wouldJoin(own: Ownership): boolean {
  return own.of === 'nobody' || (own.of === 'us' && !own.node);
}

/** The version that the room's own cluster has already. */
export const clusterVersion = subject({ entries, ofMachine: [otherVersion] });
