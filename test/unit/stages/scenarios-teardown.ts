import { giveChildrenBack } from '../../../src/stages/machine/give-back.js';
import { leaveCluster } from '../../../src/stages/cluster/leave-cluster.js';
import { file } from '../../../src/resources/file.js';
import { kmonFiles } from '../../../src/resources/kmon-files.js';
import { sysctl } from '../../../src/resources/sysctl.js';
import { unit } from '../../../src/resources/unit.js';
import type { Json, Reversible } from '../../../src/resources/resource.js';
import { sampleBundle } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import { asksNodes, clusterReady } from './answers.js';
import type { Scenario } from './scenario.js';
import { learn, looksAt } from './things.js';

const bundle = sampleBundle();

/** A ledger of these things, in this order, with how they were found. */
export function ledgerOf(...noted: readonly (readonly [Reversible, Json])[]): string {
  learn(noted.map(([thing]) => thing));
  return noted
    .map(([thing, found], i) => {
      const { id, kind, params } = thing;
      const entry = { seq: i + 1, at: '2026-01-01T00:00:00Z', run: 'r', stage: 's', id, kind, params, found };
      return `${JSON.stringify(entry)}\n`;
    })
    .join('');
}

const absent = { what: { type: 'absent' }, absentParents: [], emptyParents: [], unfinished: false };
const drop = file({ path: '/etc/sysctl.d/99-kmon.conf', content: 'x' });
export const forwarding = sysctl({ key: 'net.ipv4.ip_forward', value: '1' });
const ledger = ledgerOf(
  [kmonFiles(), absent],
  [forwarding, { value: '0', others: {} }],
  [drop, absent],
  [unit({ name: 'kubelet.service', enabled: true }), { exists: true, file: 'disabled', active: false }],
);

const OURS = {
  unit: 'LoadState loaded\nUnitFileState enabled\nActiveState inactive\n',
  file: `type file\nmode 0644\nowner root:root\nids 0:0\nmtime 1\nsha256 ${String((drop.params as { made?: string }).made)}\n`,
  sysctl: 'value 1\n',
  folder: 'type directory\nmode 0755\nowner root:root\nids 0:0\n',
};
const FOUND = {
  unit: 'LoadState loaded\nUnitFileState disabled\nActiveState inactive\n',
  file: 'type absent\n',
  sysctl: 'value 0\n',
  folder: 'type absent\n',
};

/** Out of the cluster, and back as found. */
export const TEARDOWN: readonly Scenario[] = [
  {
    name: 'leave-cluster',
    stage: () => leaveCluster,
    setting: { bundle },
    bare: { parent: [...clusterReady, asksNodes({ name: 'pc-10' }, { name: 'pc-11' })] },
    work: {
      parent: [
        does('drain pc-11'),
        does('delete the node pc-11'),
        ...clusterReady,
        asksNodes({ name: 'pc-10' }),
      ],
      child: [asks('ledger.jsonl')],
    },
    done: { parent: [...clusterReady, asksNodes({ name: 'pc-10' })] },
  },
  {
    name: 'give-back',
    stage: () => giveChildrenBack,
    setting: { bundle },
    bare: { child: [asks('ledger.jsonl', ledger)] },
    inferred: { child: [asks('ledger.jsonl', ledger)] },
    work: {
      child: [
        asks('ledger.jsonl', ledger),
        asks('ledger.jsonl', ledger),
        looksAt(OURS.unit, OURS.file, OURS.sysctl, OURS.folder),
        does('give back: unit kubelet.service'),
        looksAt(FOUND.unit, OURS.file, OURS.sysctl, OURS.folder),
        does('give back: file /etc/sysctl.d/99-kmon.conf'),
        looksAt(FOUND.file, OURS.sysctl, OURS.folder),
        does('give back: sysctl net.ipv4.ip_forward'),
        looksAt(FOUND.sysctl, OURS.folder),
        does('give back: kmon files /opt/kmon'),
        looksAt(FOUND.folder),
        does('forget what is as found'),
        asks('ledger.jsonl'),
        asks('[ -d /var/lib/kmon ]'),
      ],
    },
    done: { child: [asks('ledger.jsonl'), asks('[ -d /var/lib/kmon ]')] },
  },
];
