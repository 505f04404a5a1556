import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkNetwork, TRIAL_LEFTOVERS } from '../../support/check-network.js';
import { makeLab } from '../../support/lab.js';
import type { TestLab } from '../../support/lab.js';

// In a room of its own, since nothing else can be tried while the listeners wait for their end.
describe('the listeners of a trial that was broken off', () => {
  let made: TestLab | undefined;
  const lab = (): TestLab => {
    if (made === undefined) throw new Error('the lab is not there yet');
    return made;
  };
  beforeAll(async () => {
    made = await makeLab({ children: 1 });
  });
  afterAll(async () => {
    await made?.down();
  });

  it('listen for a while and no longer', async () => {
    // Killed between opening and closing: the last stages never come.
    await checkNetwork(lab(), { only: ({ id }) => id === 'network-open' });
    const pids = lab().machines.map((m) => m.sh("pgrep -f '^kmon-probe '").trim());
    expect(pids).not.toContain('');
    const leftovers = (): string =>
      lab()
        .machines.map((m) => m.sh(TRIAL_LEFTOVERS))
        .join('');
    await expect.poll(leftovers, { timeout: 120_000, interval: 1000 }).toBe('');
  });
});
