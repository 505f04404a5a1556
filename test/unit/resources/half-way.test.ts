import { describe, expect, it } from 'vitest';
import { KIND_NAMES } from '../../../src/resources/registry.js';
import { file } from '../../../src/resources/file.js';
import { HOSTILE } from './examples.js';
import { FILE_CASES, SYSTEM_CASES } from './half-way-cases.js';
import { HalfWayTrial } from './half-way-trial.js';
import { canBePrivate } from './private-machine.js';

/**
 * Kinds of which the change is one call of another program that cannot be had here: the kernel's modules and the clock are this computer's
 * own. Packages and the node are tried on real machines, where apt and kubeadm are killed.
 */
const ELSEWHERE = ['clock', 'kernel-module', 'kubeadm-node', 'packages', 'targets'];

describe.skipIf(!canBePrivate)('a change of files that fails half-way', () => {
  it('is tried with every kind of thing', () => {
    const kinds = new Set([...FILE_CASES, ...SYSTEM_CASES].map((c) => c.thing.kind));
    expect([...kinds, ...ELSEWHERE].toSorted()).toEqual([...KIND_NAMES].toSorted());
  });

  it.each(FILE_CASES.map((c) => [c.about, c] as const))(
    'leaves nothing of %s, and is not taken for done',
    { timeout: 240_000 },
    (_about, it_) => HalfWayTrial.everywhere(it_),
  );

  it('leaves nothing when the ledger itself is cut off', { timeout: 240_000 }, async () => {
    const trial = await HalfWayTrial.begin({
      about: '',
      thing: file({ path: '/etc/x.conf', content: HOSTILE, mode: '0600' }),
    });
    try {
      for (const how of ['fails', 'killed'] as const) {
        for (let at = 1; await trial.note({ at, how, of: /^note/ }); at++);
        for (let at = 1; await trial.restore({ at, how, of: /^forget/ }); at++);
      }
    } finally {
      trial.end();
    }
  });
});
