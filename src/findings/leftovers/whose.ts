import { ownershipOf } from '../../facts/ownership.js';
import type { Ownership } from '../../facts/ownership.js';
import type { Machine } from '../../room/machine.js';
import { catalogue, subject } from '../subject.js';
import type { VerdictOf } from '../subject.js';
import { someOf } from '../wording.js';
import { finding as otherKubernetesFinding } from './other-kubernetes.js';

const { entries, finding } = catalogue({
  'K-LEFTOVER': {
    title: 'An earlier cluster is on the machine',
    severities: ['stops'],
    cause: 'kubeadm refuses a machine that is part of another cluster',
    remedy: 'ask the owner; if it may go: `sudo kubeadm reset`',
  },
  'K-OTHER-ROOM': {
    title: 'The machine belongs to another room',
    severities: ['stops'],
    cause: 'its ledger says who changed it; only that room, or somebody at the machine itself, may undo that',
    remedy: 'give it back first, with the kmon.yaml of that room, or there: `sudo kmon teardown --local`',
  },
});

/** Whose the machine is: a cluster that kmon did not make, or another room of kmon, is told and nothing is done about it. */
export const whoseVerdict: VerdictOf<keyof typeof entries | 'K-OTHER-KUBERNETES'> = (
  { machine, facts },
  { sight },
) => {
  const whose = ownershipOf(machine, facts, sight.config);
  if (whose.of === 'room') return [finding('K-OTHER-ROOM', 'stops', machine, otherRoom(machine, whose))];
  if (whose.of !== 'owner') return [];
  if (whose.files.length > 0) {
    const running = whose.kubeletRuns ? ', and its kubelet runs' : '';
    return [
      finding('K-LEFTOVER', 'stops', machine, {
        evidence: `an earlier cluster is here (${someOf(whose.files)}) that kmon did not make${running}`,
        remedy: 'ask its owner; if it may go: sudo kubeadm reset',
      }),
    ];
  }
  if (facts.otherKubernetes.length > 0) return [];
  return [
    otherKubernetesFinding('K-OTHER-KUBERNETES', 'stops', machine, {
      evidence: 'a kubelet runs here that kmon did not start (kubelet.service)',
      remedy: 'ask its owner and stop it for the lesson: sudo systemctl stop kubelet',
    }),
  ];
};

/** Who has the machine, since when, and how it comes back. */
function otherRoom(
  { name }: Machine,
  { mark, since, ourOwn }: Extract<Ownership, { of: 'room' }>,
): { readonly evidence: string; readonly remedy: string } {
  if (mark === undefined) {
    return {
      evidence: `this machine was changed by an earlier kmon${sinceText(since)}, which did not write down for which room`,
      remedy: `give it back first: kmon teardown --only ${name}`,
    };
  }
  const role = mark.role === 'parent' ? 'its parent' : `a child of ${mark.parent}`;
  if (ourOwn) {
    return {
      evidence: `${name} is ${mark.role === 'parent' ? 'the parent' : `a child of ${mark.parent}`} of this room already, and kmon.yaml gives it another role`,
      remedy: `give it back first: kmon teardown --only ${name}`,
    };
  }
  return {
    evidence: `belongs to room ${mark.name}, as ${role} (${mark.by}${sinceText(since)})`,
    remedy: `give it back first: kmon teardown with the kmon.yaml of ${mark.name}, or on the machine itself: sudo kmon teardown --local`,
  };
}

function sinceText(since: string): string {
  const [, day = '', time = ''] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(since) ?? [];
  return day === '' ? '' : `, since ${day} ${time} UTC`;
}

/** Another's claim on the machine. */
export const whose = subject({ entries, ofMachine: [whoseVerdict] });
