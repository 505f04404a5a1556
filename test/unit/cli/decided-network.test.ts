import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { madeWith } from '../../../src/addons/made-with.js';
import type { MadeWith } from '../../../src/addons/made-with.js';
import { withProfile } from '../../../src/artifacts/profile.js';
import { decidedNetwork, networkNote } from '../../../src/cli/decided-network.js';
import type { NetworkChoice, PodNetwork } from '../../../src/config/config.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import type { Reader } from '../../../src/runner/runner.js';
import { CONTAINERD } from '../../../src/tools/containerd.js';
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
  it.each<[string, MadeWith | undefined]>([
    ['network flannel\n', { network: 'flannel' }],
    ['network vxlan\n', { network: 'vxlan' }],
    ['network routes\npodSubnet 10.1.0.0/16\n', { network: 'routes', podSubnet: '10.1.0.0/16' }],
    ['', undefined],
    ['podSubnet 10.1.0.0/16\nserviceSubnet 10.2.0.0/16\n', undefined],
    ['network calico\n', undefined],
  ])('is read on the parent: %j', async (stdout, network) => {
    const asked = parent(stdout);
    expect(await madeWith(asked)).toEqual(network);
    asked.verify();
    const script = (await shownScript(stdout)) ?? '';
    expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it.each<[string, NetworkChoice, string | undefined, string]>([
    ['network vxlan', 'routes', 'network vxlan; kmon.yaml says network routes', '`network: vxlan` below'],
    ['network flannel', 'vxlan', 'network flannel; kmon.yaml says network vxlan', '`network: flannel` below'],
    [
      'network routes\npodSubnet 10.1.0.0/16\nserviceSubnet 10.2.0.0/16',
      'auto',
      'podSubnet 10.1.0.0/16, serviceSubnet 10.2.0.0/16; kmon.yaml says podSubnet 10.244.0.0/16, serviceSubnet 10.96.0.0/12',
      '`podSubnet: 10.1.0.0/16`, `serviceSubnet: 10.2.0.0/16` below',
    ],
    ['network routes\npodSubnet 10.244.0.0/16\nserviceSubnet 10.96.0.0/12', 'auto', undefined, ''],
    ['network routes\npodSubnet 10.244.0.0/16\nserviceSubnet 10.96.0.0/12', 'routes', undefined, ''],
    ['network routes', 'routes', undefined, ''],
    // Of a cluster that kmon has laid no network for, others speak.
    ['podSubnet 10.1.0.0/16', 'routes', undefined, ''],
    ['', 'routes', undefined, ''],
  ])(
    'is not laid otherwise than the cluster was made: with %j, and %s wanted',
    async (has, wants, wrong, hint) => {
      const tried = async () => found;
      const decided = decidedNetwork(config(wants), {
        parent: async () => parent(`${has}\n`),
        tried,
        lays: true,
      });
      if (wrong === undefined) expect(await decided).toMatchObject({ network: 'routes' });
      else {
        await expect(decided).rejects.toMatchObject({
          code: 'precondition',
          message: `the cluster of this room was made with ${wrong}`,
          hint: expect.stringContaining(hint) as string,
        });
      }
      // Who lays nothing takes what the cluster has, and what kmon.yaml says.
      expect(
        await decidedNetwork(config(wants), { parent: async () => parent(`${has}\n`), tried }),
      ).toMatchObject({
        network: expect.any(String) as string,
      });
    },
  );

  it('reads the ranges as kubeadm writes them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kmon-made-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const flags = (name: string, flag: string) => {
      writeFileSync(join(folder, name), `spec:\n  containers:\n  - command:\n    - ${name}\n    - ${flag}\n`);
    };
    flags('kube-controller-manager.yaml', '--cluster-cidr=10.1.0.0/16');
    flags('kube-apiserver.yaml', '--service-cluster-ip-range=10.2.0.0/16');
    writeFileSync(join(folder, '10-kmon.conflist'), '');
    const script = ((await shownScript('')) ?? '')
      .replaceAll('/etc/kubernetes/manifests', folder)
      .replaceAll(CONTAINERD.cniConf, folder);
    const { stdout } = spawnSync('sh', ['-e'], { input: script, encoding: 'utf8' });
    expect(await madeWith(parent(stdout))).toEqual({
      network: 'routes',
      podSubnet: '10.1.0.0/16',
      serviceSubnet: '10.2.0.0/16',
    });
  });

  it('is what kmon.yaml names, also where the parent cannot be asked: the run says what is the matter', async () => {
    const lost = {
      parent: () => Promise.reject(new KmonError('unreachable', 'no route to host')),
      lays: true,
    };
    expect(await decidedNetwork(config('vxlan'), lost)).toEqual({ network: 'vxlan' });
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
    expect(await asked('network flannel\n')).toMatchObject({ network: 'flannel' });
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
    const there = await decidedNetwork(config('auto'), { parent: async () => parent('network routes\n') });
    expect(networkNote('judged', there)).toMatch(/^the pod network is routes: it is what the cluster has/);
  });
});

/** The script by which the parent is asked. */
async function shownScript(stdout: string): Promise<string | undefined> {
  const journal: Given[] = [];
  await madeWith(new ScriptedRunner('pc-10', [asks('10-flannel.conflist', stdout)], { journal }));
  return journal[0]?.command.script;
}
