import { spawnSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { networkThere } from '../../../src/addons/network-there.js';
import { withProfile } from '../../../src/artifacts/profile.js';
import { decidedNetwork, networkNote } from '../../../src/cli/decided-network.js';
import type { NetworkChoice, PodNetwork } from '../../../src/config/config.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import type { Reader } from '../../../src/runner/runner.js';
import { sampleConfig } from '../../support/sample-room.js';
import { asks, ScriptedRunner } from '../../support/scripted-runner.js';
import type { Given } from '../../support/scripted-runner.js';

const config = (network: NetworkChoice) =>
  withProfile(
    { ...sampleConfig(), kubernetes: { ...sampleConfig().kubernetes, network } },
    { profile: 'lite' },
  );
/** A parent that is asked once, and says so. */
const parent = (stdout: string) => new ScriptedRunner('pc-10', [asks('10-flannel.conflist', stdout)]);
const found = { network: 'routes' as const, text: 'networks that would work here: routes' };

describe('the pod network before the plan', () => {
  it.each<[string, PodNetwork | undefined]>([
    ['flannel\n', 'flannel'],
    ['vxlan\n', 'vxlan'],
    ['routes\n', 'routes'],
    ['', undefined],
    ['calico\n', undefined],
  ])('is read on the parent: %j', async (stdout, network) => {
    const asked = parent(stdout);
    expect(await networkThere(asked)).toBe(network);
    asked.verify();
    const script = (await shownScript(stdout)) ?? '';
    expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it('is what kmon.yaml names, and nobody is asked', async () => {
    const asked = new ScriptedRunner('pc-10', []);
    const decided = await decidedNetwork(config('flannel'), {
      parent: async () => asked,
      tried: () => Promise.reject(new Error('it is not to be tried')),
    });
    expect(decided).toEqual({ network: 'flannel' });
    asked.verify();
  });

  it('is tried where the parent has none, once, as what passes most; and stays what it has', async () => {
    const tried: PodNetwork[] = [];
    const asked = (stdout: string) =>
      decidedNetwork(config('auto'), {
        parent: async () => parent(stdout),
        tried: async ({ kubernetes }) => {
          tried.push(kubernetes.network);
          return found;
        },
      });
    expect(await asked('')).toEqual({ network: 'routes', because: found.text });
    expect(tried).toEqual(['vxlan']);
    expect(await asked('flannel\n')).toMatchObject({ network: 'flannel' });
    expect(tried).toHaveLength(1);
  });

  it.each<[string, () => Promise<Reader>]>([
    ['is not to be reached', () => Promise.reject(new KmonError('unreachable', 'no route to host'))],
    [
      'does not answer',
      async () => new ScriptedRunner('pc-10', [asks('10-flannel.conflist', { exitCode: 2 })]),
    ],
  ])(
    'is not decided anew where the parent %s: what it has is not known; who only looks goes on',
    async (_, lost) => {
      const tried = vi.fn(async () => found);
      await expect(decidedNetwork(config('auto'), { parent: lost, tried })).rejects.toThrow();
      expect(tried).not.toHaveBeenCalled();
      expect(await decidedNetwork(config('auto'), { parent: lost })).toMatchObject({
        network: 'vxlan',
        because: expect.stringContaining('nothing was tried') as string,
      });
    },
  );

  it('is not decided by who was interrupted', async () => {
    const interrupted = { parent: () => Promise.reject(new KmonError('interrupted', 'stopped')) };
    await expect(decidedNetwork(config('auto'), interrupted)).rejects.toThrow('stopped');
  });
});

describe('what is told of it beforehand', () => {
  it('is that nothing was tried, but not by who tries it then', async () => {
    const untried = await decidedNetwork(config('auto'), {});
    expect(networkNote('seen', untried)).toMatch(/^the pod network is vxlan: nothing was tried /);
    expect(networkNote('judged', untried)).toBeUndefined();
    const there = await decidedNetwork(config('auto'), { parent: async () => parent('routes\n') });
    expect(networkNote('judged', there)).toMatch(/^the pod network is routes: it is what the cluster has/);
  });
});

/** The script by which the parent is asked. */
async function shownScript(stdout: string): Promise<string | undefined> {
  const journal: Given[] = [];
  await networkThere(new ScriptedRunner('pc-10', [asks('10-flannel.conflist', stdout)], { journal }));
  return journal[0]?.command.script;
}
