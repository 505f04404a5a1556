import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kmonAtTerminal } from '../../support/kmon.js';
import type { TestLab } from '../../support/lab.js';
import { makeRoom } from './room.js';

/** A teardown goes on only when somebody has named the room. */
export function teardownAsks(lab: () => TestLab): void {
  describe('a teardown that nobody has confirmed', () => {
    let before: readonly number[];
    const connections = (): readonly number[] => lab().machines.map((m) => m.connections());
    beforeAll(() => {
      before = connections();
    });
    afterAll(() => {
      expect(connections()).toEqual(before);
    });
    const machines = (): string =>
      lab()
        .machines.map((m) => `${m.name} (${m.address})`)
        .join(', ');

    it.each([
      ['without a word', []],
      ['without the name', ['--yes']],
      ['of some', ['--yes', '--only', 'child-1', 'child-2']],
    ])('names the machines and how to confirm it: %s', async (what, flags) => {
      const { exitCode, stdout, stderr } = await makeRoom(lab()).run('teardown', ...flags);
      const named = what === 'of some' ? machines().replace(/^parent [^,]*, /, '') : machines();
      expect(stderr).toContain(`teardown of ${named} needs to be confirmed`);
      expect(stderr).toContain(`fix: to do it without a terminal: kmon teardown --yes --room ${lab().name}`);
      expect(stdout).toBe('');
      expect(exitCode).toBe(2);
    });

    it('is refused with the name of another room', async () => {
      const { exitCode, stderr } = await makeRoom(lab()).run('teardown', '--yes', '--room', 'another');
      expect(stderr).toContain(`--room says another, the room is ${lab().name}; nothing was changed`);
      expect(exitCode).toBe(2);
    });

    it('is refused at a terminal when another name is typed', async () => {
      const { dir } = makeRoom(lab());
      const asked = new RegExp(`Type the room's name \\(${lab().name}\\)`);
      const { exitCode, stdout } = await kmonAtTerminal(['teardown'], [{ when: asked, type: 'lab\r' }], {
        cwd: dir,
      });
      for (const { name, address } of lab().machines) expect(stdout).toContain(`${name} (${address})`);
      expect(stdout).toContain('that was not the name of the room; nothing was changed');
      expect(exitCode).toBe(2);
    });
  });
}
