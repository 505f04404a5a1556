import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beatLock, releaseLock, takeLock } from '../../../src/engine/lock.js';
import type { LockOwner } from '../../../src/engine/lock.js';
import { dryRunner } from '../../../src/runner/dry.js';
import type { Runner } from '../../../src/runner/runner.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { asks, does, scripted } from '../../support/scripted-runner.js';
import { canBePrivate, PrivateMachine } from '../resources/private-machine.js';

const mine: LockOwner = {
  run: 'r-mine',
  command: 'up',
  who: "ada o'neill@desk",
  computer: 'desk',
  pid: 7,
  since: '2026-01-01T08:00:00.000Z',
};
const his: LockOwner = { ...mine, run: 'r-his', command: 'teardown', who: 'bob@lab', computer: 'lab' };
const normally = { force: false, isDead: () => false };
const OWNER = '/run/kmon-room.lock/owner';

describe.skipIf(!canBePrivate)('on a machine', () => {
  let parent: PrivateMachine;
  beforeAll(async () => {
    parent = await PrivateMachine.start();
  });
  afterAll(() => {
    parent.stop();
  });
  beforeEach(() => {
    parent.sh('rm -rf /run/kmon-room.lock');
  });
  const holder = (): unknown => JSON.parse(parent.sh(`cat ${OWNER}`));

  it('is taken, says by whom, and leaves nothing behind when it is released', async () => {
    const before = parent.sh('ls -A /run');
    await takeLock(parent, mine, normally);
    expect(holder()).toEqual(mine);
    await releaseLock(parent, 'r-mine');
    expect(parent.sh('ls -A /run')).toBe(before);
  });

  it('is refused while somebody else has it, who stays the holder', async () => {
    await takeLock(parent, his, normally);
    expect(await kmonErrorOf(takeLock(parent, mine, normally))).toMatchObject({
      code: 'precondition',
      message: expect.stringMatching(
        /^the room is in use by bob@lab: kmon teardown \(run r-his\), since 2026-01-01T08:00:00\.000Z, \d s ago$/,
      ) as string,
      evidence: expect.stringMatching(/^its last sign of life is \d s old$/) as string,
      hint: 'wait until that run ends (a dead one is passed over 90 s after its last sign of life), or add --break-lock if it is certainly dead',
    });
    expect(holder()).toEqual(his);
  });

  it.each([
    ['when told to', { force: true, isDead: () => false }],
    ['from a run that is dead', { force: false, isDead: (o: LockOwner) => o.run === 'r-his' }],
  ])('is taken over %s', async (_, options) => {
    await takeLock(parent, his, normally);
    await takeLock(parent, mine, options);
    expect(holder()).toEqual(mine);
  });

  it('is taken over from a run that has not shown itself for long, and not before', async () => {
    await takeLock(parent, his, normally);
    parent.sh(`touch -d '-80 seconds' ${OWNER}`);
    expect(await kmonErrorOf(takeLock(parent, mine, normally))).toMatchObject({
      evidence: expect.stringMatching(/^its last sign of life is 8\d s old$/) as string,
    });
    parent.sh(`touch -d '-100 seconds' ${OWNER}`);
    await takeLock(parent, mine, normally);
    expect(holder()).toEqual(mine);
  });

  it('is kept by who shows that he lives, and lost to who took it', async () => {
    await takeLock(parent, mine, normally);
    parent.sh(`touch -d '-100 seconds' ${OWNER}`);
    await beatLock(parent, 'r-mine');
    expect(await kmonErrorOf(takeLock(parent, his, normally))).toMatchObject({ code: 'precondition' });
    await takeLock(parent, his, { ...normally, force: true });
    expect(await kmonErrorOf(beatLock(parent, 'r-mine'))).toMatchObject({
      code: 'precondition',
      message: expect.stringContaining('in use by bob@lab') as string,
    });
    expect(holder()).toEqual(his);
  });

  it('that was taken by nobody knows whom, who died in that moment, is passed over after the same time', async () => {
    parent.sh('mkdir /run/kmon-room.lock; touch -d "-100 seconds" /run/kmon-room.lock');
    await takeLock(parent, mine, normally);
    expect(holder()).toEqual(mine);
  });

  it('goes to one of two who take it at the same moment', async () => {
    // He takes it between the look and the taking.
    const raced = {
      ...asRunner(parent),
      mutate: async (intent: string, command: Parameters<PrivateMachine['mutate']>[1]) => {
        await takeLock(parent, his, normally);
        await parent.mutate(intent, command);
      },
    };
    expect(await kmonErrorOf(takeLock(raced, mine, normally))).toMatchObject({
      message: expect.stringContaining('in use by bob@lab') as string,
    });
    expect(holder()).toEqual(his);
  });

  it('is no longer released by who lost it, and releasing none is no mistake', async () => {
    await releaseLock(parent, 'r-mine');
    await takeLock(parent, his, normally);
    await releaseLock(parent, 'r-mine');
    expect(holder()).toEqual(his);
  });

  it('is held by somebody when nobody can read who', async () => {
    parent.sh(`mkdir -p /run/kmon-room.lock; echo torn >${OWNER}`);
    expect(await kmonErrorOf(takeLock(parent, mine, normally))).toMatchObject({
      message: expect.stringMatching(
        /^the room is in use by somebody: kmon \? \(run \?\), since \?, \d s ago$/,
      ) as string,
    });
    await takeLock(parent, mine, { ...normally, force: true });
    expect(holder()).toEqual(mine);
  });

  it('is looked at and not taken in a dry run', async () => {
    await takeLock(dryRunner(parent), mine, normally);
    expect(parent.sh('ls /run')).not.toContain('kmon-room.lock');
  });
});

it('is not taken when it is gone right after', async () => {
  const parent = scripted('pc-10', [asks(OWNER), does("take the room's lock"), asks(OWNER)]);
  expect(await kmonErrorOf(takeLock(parent, mine, normally))).toMatchObject({
    message: 'the room is in use by somebody else',
  });
});

function asRunner(machine: PrivateMachine): Omit<Runner, 'mutate'> {
  return {
    machine: machine.machine,
    dryRun: false,
    query: (command) => machine.query(command),
    attempt: (command) => machine.attempt(command),
  };
}
