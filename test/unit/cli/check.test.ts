import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../src/cli/program.js';
import { fixPlanText } from '../../../src/ui/fix-text.js';
import { sampleConfig } from '../../support/sample-room.js';
import { FakeIo } from './fake-io.js';

describe('kmon check refuses, before it reads kmon.yaml,', () => {
  it.each([
    [
      'a gateway for nothing',
      ['--fix', 'K-CLOCK', '--gateway', '192.0.2.1'],
      '--gateway goes with --fix K-LEASE',
      'kmon check --fix K-LEASE',
    ],
    [
      'a gateway for what is done by name only',
      ['--fix', '--gateway', '192.0.2.1'],
      '--gateway goes with',
      'K-LEASE',
    ],
    ['a code that is none', ['--fix', 'K-FIREWALLS'], 'did you mean K-FIREWALL?', 'choose among: '],
    [
      'what a person must see to',
      ['--fix', 'K-DISK', '--yes'],
      'K-DISK, which a person must see to',
      'choose among: ',
    ],
  ])('%s', async (_, flags, message, hint) => {
    const io = new FakeIo();
    expect(await runProgram(['check', ...flags], io)).toBe(2);
    expect(io.err.raw).toContain(message);
    expect(io.err.raw).toContain(`fix: `);
    expect(io.err.raw).toContain(hint);
    expect(io.out.raw).toBe('');
  });

  it('but takes what goes with --fix, and goes on to kmon.yaml', async () => {
    for (const flags of [
      ['--fix', '--dry-run', '--yes', '--break-lock'],
      ['--fix', 'k-lease', '--gateway', '192.0.2.1'],
    ]) {
      const io = new FakeIo();
      expect(await runProgram(['check', ...flags], io)).toBe(3);
      expect(io.err.raw).toContain('kmon.yaml');
    }
  });
});

describe('the plan of --fix', () => {
  const { room } = sampleConfig();

  it('names each machine with its changes, in the order of the room', () => {
    const planned = [
      { stage: 'fix', machine: 'pc-12', change: 'keep the machine awake' },
      { stage: 'fix', machine: 'pc-10', change: 'open TCP 6443\u001b[2J' },
      { stage: 'fix', machine: 'pc-12', change: 'set the clock 60 s forward' },
    ];
    expect(fixPlanText(planned, room)).toBe(
      `to change:
  pc-10 (192.0.2.10)
    open TCP 6443
  pc-12 (192.0.2.12)
    keep the machine awake
    set the clock 60 s forward`,
    );
    expect(fixPlanText([], room)).toBeUndefined();
  });
});
