import type { FixableCode } from '../../../src/findings/index.js';
import type { MachineWork } from '../../../src/engine/stage.js';
import { fix } from '../../../src/stages/machine/fix.js';
import { CHILD, PARENT } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Scenario } from './scenario.js';
import { looks } from './things.js';

const todo =
  (machine: string, ...codes: FixableCode[]) =>
  (): MachineWork<unknown> =>
    fix(new Map([[machine, codes]]), { clockMs: 0 });

/** What `kmon check --fix` puts right. */
export const FIX: readonly Scenario[] = [
  {
    name: 'fix-firewall',
    stage: todo(PARENT.name, 'K-FIREWALL'),
    setting: { machine: PARENT },
    bare: { parent: [looks('bare')] },
    inferred: { parent: [looks('bare')] },
    work: {
      parent: [
        asks('ledger.jsonl'),
        does('note how firewall opening iptables-nft was before'),
        does(/^open TCP 6443, TCP 10250, .*UDP 8472 for 192\.0\.2\.0\/24 in iptables-nft$/),
        looks('done'),
      ],
    },
    done: { parent: [looks('done')] },
  },
  {
    name: 'fix-machine',
    stage: todo(CHILD.name, 'K-SLEEP', 'K-HOSTNAME-UNKNOWN', 'K-LEASE'),
    setting: { facts: { hostname: 'laptop-7' } },
    bare: { child: [looks('bare')] },
    inferred: { child: [looks('bare')] },
    work: {
      child: [
        asks('ledger.jsonl'),
        does('note how 2 things was before'),
        does('keep the machine awake'),
        does('name laptop-7 in /etc/hosts'),
        looks('done'),
      ],
    },
    done: { child: [looks('done')] },
  },
];
