import { describe, expect, it } from 'vitest';
import { giveChildrenBack, giveThisComputerBack, leftAsItIs } from '../../../src/stages/machine/give-back.js';
import { SeenByStage } from '../../../src/engine/results.js';
import { PARENT } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import { forwarding, ledgerOf } from './scenarios-teardown.js';
import { play } from './stage-run.js';
import { looksAt } from './things.js';

describe('giving back', () => {
  const ledger = ledgerOf([forwarding, { value: '0', others: {} }]);
  /** The look, the engine before its first change, and what gives back. */
  const noted = Array.from({ length: 3 }, () => asks('ledger.jsonl', ledger));

  it('names what is not as found, keeps it in the ledger, and fails', async () => {
    const played = await play(giveChildrenBack, {
      child: [
        ...noted,
        looksAt('value 1\n'),
        does('give back: sysctl net.ipv4.ip_forward', { exitCode: 1, stderr: 'the kernel does not take 0' }),
        asks('ledger.jsonl', ledger),
      ],
    });
    expect(played.error).toMatchObject({
      code: 'not-verified',
      message: '1 of 1 things are not as found',
      evidence: expect.stringContaining('sysctl net.ipv4.ip_forward: ') as string,
      hint: expect.stringContaining('kmon teardown') as string,
    });
  });

  it('leaves what somebody else changed since, says so, and tells the run', async () => {
    const seen = new SeenByStage();
    const child = [
      ...noted,
      looksAt('value 7\n'),
      does('forget what is as found'),
      asks('ledger.jsonl'),
      asks('[ -d /var/lib/kmon ]'),
    ];
    const played = await play(giveChildrenBack, { child }, { seen });
    expect(leftAsItIs(seen)).toEqual([
      { machine: 'pc-11', id: 'sysctl net.ipv4.ip_forward', reason: 'set to 7 since by somebody else' },
    ]);
    expect(played.outcome).toBe('changed');
    expect(played.events).toContainEqual({
      type: 'note',
      machine: 'pc-11',
      text: 'left as it is: sysctl net.ipv4.ip_forward (set to 7 since by somebody else)',
    });
  });

  it('removes an empty ledger that a crash left', async () => {
    const empty = asks('ledger.jsonl');
    const remains = asks('[ -d /var/lib/kmon ]', 'yes\n');
    const played = await play(giveChildrenBack, {
      child: [
        empty,
        remains,
        empty,
        empty,
        remains,
        does('remove the empty ledger'),
        empty,
        asks('[ -d /var/lib/kmon ]'),
      ],
    });
    expect(played).toMatchObject({ outcome: 'changed', because: 'as found' });
  });

  it('gives back at the machine itself what any room made, and what sudo left there', async () => {
    const theirs = ledger.replace(
      '"run":"r"',
      '"run":"r","room":{"id":"x","name":"atelier-2","parent":"192.0.2.99","role":"child","by":"bob@lab"}',
    );
    const parent = [
      asks('ledger.jsonl', theirs),
      asks('sudo', '/var/lib/sudo/lectured/1000\n'),
      asks('ledger.jsonl', theirs),
      asks('ledger.jsonl', theirs),
      looksAt('value 1\n'),
      does('give back: sysctl net.ipv4.ip_forward'),
      looksAt('value 0\n'),
      does('forget what is as found'),
      does("remove what is left of sudo's first use"),
      asks('ledger.jsonl'),
      asks('[ -d /var/lib/kmon ]'),
      asks('sudo', ''),
    ];
    expect(await play(giveThisComputerBack, { parent }, { machine: PARENT })).toMatchObject({
      outcome: 'changed',
      because: 'as found',
    });
  });
});
