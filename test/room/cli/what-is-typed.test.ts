import { describe, expect, it } from 'vitest';
import { asFound } from './as-found.js';
import { badInput } from './bad-input.js';
import { enrolling } from './enrolling.js';
import { makingRooms } from './new.js';
import { oneLab } from './one-lab.js';
import { makeRoom } from './room.js';
import { teardownAsks } from './teardown-asks.js';

describe('kmon on real machines, at a keyboard', () => {
  const lab = oneLab();

  it('finds nothing in the way of a clean room', async () => {
    const room = makeRoom(lab());
    const { exitCode, stdout, stderr } = await room.run('check');
    expect(stdout).toMatch(
      /^looked at 3 of 3 machines(; .*)?\nnetworks that would work here: .*\nnothing is in the way(; \d+ notes?)?\n$/m,
    );
    expect(stdout).not.toMatch(/^[✖!]/m);
    for (const { name } of lab().machines) {
      expect(stderr).toMatch(new RegExp(`^${name} +look +unchanged: amd64, \\d+ CPU, `, 'm'));
    }
    expect(room.transcripts()).not.toContain('"verb":"mutate"');
    expect(exitCode).toBe(0);
  });

  badInput(lab);
  makingRooms(lab);
  enrolling(lab);
  teardownAsks(lab);
  asFound(lab);
});
