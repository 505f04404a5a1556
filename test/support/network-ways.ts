import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ended } from './kmon.js';
import type { TestLab } from './lab.js';
import { PodWays } from './pod-ways.js';

/** A room whose cluster is up. */
export interface RoomOfWays {
  readonly lab: TestLab;
  run(...args: readonly string[]): Promise<Ended>;
}

/**
 * What a pod network must do, whichever it is: every way between pods, machines, services and DNS; the same after a restart of the child,
 * without a command of kmon's in between; and nothing of it is taken for something in the way.
 */
export function hasItsWays(network: string, of: () => RoomOfWays): void {
  describe(`the pod network ${network}`, () => {
    let ways: PodWays;
    beforeAll(() => {
      ways = new PodWays(of().lab.machines);
      ways.make();
    });
    afterAll(() => {
      ways.end();
    });

    it('has a way from every pod and machine to every pod, to services and to DNS', () =>
      ways.proven(60_000));

    it('has them again when the child was restarted, without kmon', async () => {
      await of().lab.machine('child-1').restart();
      await ways.proven(120_000);
    });

    it('finds nothing in its own way', async () => {
      const check = await of().run('check');
      expect(check.exitCode, check.stdout + check.stderr).toBe(0);
      expect(check.stdout).not.toMatch(/K-PORT-TAKEN|K-LINK-TAKEN|K-RANGE|K-FIREWALL/);
    });
  });
}
