import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/findings/index.js';
import { findingsOf } from '../../support/checked.js';
import { makeLab } from '../../support/lab.js';
import type { TestLab, TestMachine } from '../../support/lab.js';
import type { Fault } from '../../support/machine-faults.js';
import { kmonThere } from '../../support/kmon-there.js';
import { clockIsOff, fallsAsleep, ownClock, whoMaySetClocks } from '../../support/own-clock.js';
import { makeRoom } from '../cli/room.js';
import type { Room } from '../cli/room.js';

const HOUR = 3600;
/** A clock is set to the second, and read a moment later. */
const EXACT_S = 3;

const INHIBITORS = 'systemd-inhibit --list --no-pager';
const UNIT = 'systemctl show --property LoadState,ActiveState kmon-awake.service';

// The parent's clock is a stand-in (see ownClock); login manager, its settings and its locks are the real ones.
describe('kmon check --fix, with a clock that is off and a machine that falls asleep,', () => {
  let made: TestLab | undefined;
  let room: Room;
  const lab = (): TestLab => {
    if (made === undefined) throw new Error('the lab is not there yet');
    return made;
  };
  const wrong = (): TestMachine => lab().machine('parent');
  const sleepy = (): TestMachine => lab().machine('child-1');
  const faults: Fault[] = [];
  let began = 0;
  /** Stays the same as long as nobody sets the clock of this computer. */
  const startOfThisProcess = (): number => Date.now() - performance.now();

  beforeAll(async () => {
    began = startOfThisProcess();
    made = await makeLab({ children: 2 });
    room = makeRoom(made);
    faults.push(ownClock(wrong(), HOUR), fallsAsleep(sleepy()));
    for (const fault of faults) fault.plant();
  });
  afterAll(async () => {
    await made?.down();
    expect(Math.abs(startOfThisProcess() - began), 'the clock of this computer was set').toBeLessThan(2000);
  });

  const found = async (): Promise<readonly Finding[]> => findingsOf(await room.run('check', '--json'));
  const fixable = (all: readonly Finding[]): readonly (readonly unknown[])[] =>
    all.filter((f) => f.fixable).map((f) => [f.severity, f.machine, f.code, f.evidence]);
  const ledgers = (): readonly string[] =>
    lab().machines.map((m) => m.sh('cat /var/lib/kmon/ledger.jsonl 2>/dev/null || :'));

  it('has machines of which none may set the clock of this computer', () => {
    for (const machine of lab().machines) expect(whoMaySetClocks(machine), machine.name).toEqual([]);
  });

  it('finds both', async () => {
    expect(fixable(await found())).toEqual([
      ['stops', 'parent', 'K-CLOCK', "clock 1 h ahead of the room's median"],
      ['note', 'child-1', 'K-SLEEP', 'when idle: suspend'],
    ]);
    expect(sleepy().sh(INHIBITORS)).not.toContain('kmon');
  });

  // The run that sets the clock is connected to that machine alone, which says nothing of what the others show.
  it('knows the time of the room when there is nothing to do on other machines', async () => {
    const { stdout } = await room.run('check', '--fix', 'K-CLOCK', '--dry-run');
    expect(stdout).toMatch(/^to change:\n {2}parent \(.*\)\n {4}set the clock 36\d\d s back\n/m);
    expect(clockIsOff(wrong())).toBe(HOUR);
    expect(ledgers()).toEqual(['', '', '']);
  });

  it('sets the clock and keeps the machine awake, and proves it by a second look', async () => {
    const { exitCode, stdout } = await room.run('check', '--fix', '--yes');
    expect(stdout).toMatch(/nothing is in the way(; \d+ notes?)?\n$/);
    expect(exitCode).toBe(0);
    expect(Math.abs(clockIsOff(wrong()))).toBeLessThan(EXACT_S);
    expect(sleepy().sh(INHIBITORS)).toMatch(/^kmon .* sleep:idle:handle-lid-switch .*block$/m);
    expect(ledgers()).toEqual([
      expect.stringMatching(/^\{[^\n]*"kind":"clock"[^\n]*\}\n$/),
      expect.stringMatching(/^\{[^\n]*"kind":"sleep-inhibitor"[^\n]*\}\n$/),
      '',
    ]);
    expect(fixable(await found())).toEqual([]);
  });

  it('changes nothing the second time', async () => {
    const before = [ledgers(), clockIsOff(wrong()), sleepy().sh(INHIBITORS)];
    const { exitCode, stdout } = await room.run('check', '--fix', '--yes');
    expect(stdout).toContain('nothing was found that kmon could put right');
    expect(exitCode).toBe(0);
    expect([ledgers(), clockIsOff(wrong()), sleepy().sh(INHIBITORS)]).toEqual(before);
  });

  it('lets the machine sleep again, and leaves the clock right', async () => {
    const { exitCode, stdout, stderr } = await room.run('teardown', '--yes', '--room', lab().name);
    expect(stdout).toContain('machines as found: 3/3');
    expect(`${stdout}${stderr}`).toContain('the clock was wrong before; it is not made wrong again');
    expect(exitCode).toBe(0);
    expect(Math.abs(clockIsOff(wrong()))).toBeLessThan(EXACT_S);
    expect(sleepy().sh(INHIBITORS)).not.toContain('kmon');
    expect(sleepy().sh(UNIT)).toBe('LoadState=not-found\nActiveState=inactive\n');
    for (const m of lab().machines) m.sh('test ! -e /var/lib/kmon');
    expect(fixable(await found())).toEqual([['note', 'child-1', 'K-SLEEP', 'when idle: suspend']]);
  });

  it('is given back by its owner alone, there, without a kmon.yaml', async () => {
    const { exitCode } = await room.run('check', '--fix', 'K-SLEEP', '--yes');
    expect(exitCode).toBe(0);
    const own = kmonThere(`kmon-${lab().name}-child-1`, sleepy());
    const rehearsed = own('teardown', '--local', '--dry-run');
    expect(rehearsed.output).toContain('give back: sleep inhibitor');
    expect(rehearsed.exitCode).toBe(0);
    expect(sleepy().sh(INHIBITORS)).toContain('kmon');
    const unconfirmed = own('teardown', '--local');
    expect([unconfirmed.exitCode, unconfirmed.output]).toEqual([2, expect.stringContaining('add --yes')]);
    expect(own('teardown', '--local', '--yes').exitCode).toBe(0);
    expect(sleepy().sh(INHIBITORS)).not.toContain('kmon');
    sleepy().sh('test ! -e /var/lib/kmon');
    expect(own('teardown', '--local', '--yes').output).toContain('as found');
  });
});
