import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeLab } from '../../support/lab.js';
import type { TestLab } from '../../support/lab.js';
import { asFound } from './as-found.js';
import { badInput } from './bad-input.js';
import { derivatives } from './derivatives.js';
import { domainUsers } from './domain-users.js';
import { failedChanges } from './failed-changes.js';
import { loggingIn } from './logging-in.js';
import { loginShells } from './login-shells.js';
import { obstacles } from './obstacles.js';
import { makingRooms } from './new.js';
import { makeRoom } from './room.js';
import { becomingRoot } from './sudo.js';
import { becomingRootWithSudoRs } from './sudo-rs.js';
import { teardownAsks } from './teardown-asks.js';

// One lab for all: making it is the expensive part. Whatever changes a machine puts it back.
describe('kmon on real machines', () => {
  let made: TestLab | undefined;
  const lab = (): TestLab => {
    if (made === undefined) throw new Error('the lab is not there yet');
    return made;
  };
  beforeAll(async () => {
    made = await makeLab({ children: 2 });
  });
  afterAll(async () => {
    await made?.down();
  });

  it('finds nothing in the way of a clean room', async () => {
    const room = makeRoom(lab());
    const { exitCode, stdout, stderr } = await room.run('check');
    expect(stdout).toMatch(/^looked at 3 of 3 machines(; .*)?\nnothing is in the way(; \d+ notes?)?\n$/m);
    expect(stdout).not.toMatch(/^[✖!]/m);
    for (const { name } of lab().machines) {
      expect(stderr).toMatch(new RegExp(`^${name} +look +unchanged: amd64, \\d+ CPU, `, 'm'));
    }
    expect(room.transcripts()).not.toContain('"verb":"mutate"');
    expect(exitCode).toBe(0);
  });

  badInput(lab);
  makingRooms(lab);
  teardownAsks(lab);
  asFound(lab);
  loggingIn(lab);
  domainUsers(lab);
  becomingRoot(lab);
  becomingRootWithSudoRs(lab);
  obstacles(lab);
  derivatives(lab);
  failedChanges(lab);
  loginShells(lab);
});
