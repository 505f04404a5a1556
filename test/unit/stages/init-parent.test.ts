import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { initParent } from '../../../src/stages/cluster/init-parent.js';
import { forgetCluster } from '../../../src/stages/cluster/cluster-files.js';
import { keepKubeconfig } from '../../../src/stages/cluster/kubeconfig.js';
import { PARENT, sampleBundle } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { clusterAbsent, clusterHalfSilent, clusterReady, clusterSilent } from './answers.js';
import { noting, play } from './stage-run.js';
import type { Played } from './stage-run.js';
import { looks } from './things.js';

const kubernetes = { ...DEFAULTS.kubernetes, version: '1.20' };
const setting = { machine: PARENT, bundle: sampleBundle(), config: { kubernetes } };

const begun = (count: number): Step => asks('ls -d /etc/kubernetes/manifests', `${count}\n`);
const undoing = [
  asks('cd /etc/kubernetes', 'trace /etc/kubernetes/admin.conf\n'),
  does('undo a half-done init'),
];
const version = asks('kubeadm version', 'v1.20.2\n');
const writing = [
  looks('bare'),
  does('note how file /etc/kmon/kubeadm-init.yaml was before'),
  asks('p=/etc/kmon/kubeadm-init.yaml', 'type absent\n'),
  does('write /etc/kmon/kubeadm-init.yaml'),
];
const initing = [version, ...writing, does('kubeadm init'), ...clusterReady];

function scriptOf(played: Played, intent: string): string {
  return played.journal.find((g) => g.intent === intent)?.command.script ?? '';
}

describe('init-parent', () => {
  it('undoes an init that broke off, and begins again', async () => {
    const part = {
      parent: [...clusterAbsent, ...noting, begun(7), ...undoing, ...initing],
    };
    const played = await play(initParent, part, setting);
    expect(played).toMatchObject({ outcome: 'changed', because: 'the API server is ready' });
    expect(scriptOf(played, 'undo a half-done init')).toContain(
      'kubeadm reset --force --cri-socket /run/kmon-containerd',
    );
  });

  it('waits for a control plane that was there before, and does not init again', async () => {
    const complete = [asks('kube-apiserver.yaml', '2\n'), asks('/var/lib/kubelet/config.yaml', 'yes\n')];
    const part = { parent: [...clusterSilent, ...noting, ...complete, ...clusterSilent, ...clusterReady] };
    const played = await play(initParent, part, setting);
    expect(played.outcome).toBe('changed');
    expect(scriptOf(played, 'kubeadm init')).toBe('');
  });

  it.each([
    [
      'without its manifests',
      [asks('kube-apiserver.yaml', '1\n'), asks('/var/lib/kubelet/config.yaml', 'yes\n')],
    ],
    ['without its kubelet', [asks('kube-apiserver.yaml', '2\n'), asks('/var/lib/kubelet/config.yaml', '')]],
  ])('does not wait for one that cannot come back, %s', async (_, steps) => {
    const part = {
      parent: [...clusterHalfSilent, ...noting, ...steps, begun(3), ...undoing, ...initing],
    };
    expect((await play(initParent, part, setting)).outcome).toBe('changed');
  });

  it('begins again when a control plane that never came to its end does not answer in a minute', async () => {
    const complete = [asks('kube-apiserver.yaml', '2\n'), asks('/var/lib/kubelet/config.yaml', 'yes\n')];
    const minute = Array.from({ length: 30 }, () => clusterHalfSilent).flat();
    const again = [begun(3), ...undoing, version, ...writing, does('kubeadm init'), ...clusterReady];
    const part = { parent: [...clusterHalfSilent, ...noting, ...complete, ...minute, ...again] };
    expect((await play(initParent, part, setting)).outcome).toBe('changed');
  });

  it('throws no cluster away that has worked, however slow it is today', async () => {
    const complete = [asks('kube-apiserver.yaml', '2\n'), asks('/var/lib/kubelet/config.yaml', 'yes\n')];
    const minute = Array.from({ length: 30 }, () => clusterSilent).flat();
    const { error } = await play(
      initParent,
      { parent: [...clusterSilent, ...noting, ...complete, ...minute] },
      setting,
    );
    expect(error).toMatchObject({
      code: 'not-verified',
      message: 'the control plane on this machine does not answer, and its init had come to its end',
      hint: expect.stringContaining('kmon teardown') as string,
    });
  });

  it('takes a cluster without the mark for ended when all its parts are there, and notes it', async () => {
    const unmarked = [
      asks('[ -e /etc/kubernetes/admin.conf ]', 'yes\n'),
      asks(/get --raw '\/readyz\?verbose'/, 'readyz check passed'),
      asks('configmaps/kubeadm-config', ''),
    ];
    const part = {
      parent: [...unmarked, ...noting, does('note that kubeadm init has come to its end'), ...clusterReady],
    };
    expect((await play(initParent, part, setting)).outcome).toBe('changed');
  });

  it.each([
    ['is missing', 'missing kube-proxy\n', /^an init that broke off: kube-proxy missing$/],
    [
      'may not even be asked for',
      'missing kubeadm-config\n',
      /^an init that broke off: kubeadm-config missing$/,
    ],
    ['is not known', 'unknown kube-proxy\n', /^the API server does not answer$/],
  ])('takes no cluster for ended of which something %s', async (_, said, because) => {
    const parent = [
      asks('[ -e /etc/kubernetes/admin.conf ]', 'yes\n'),
      asks(/get --raw '\/readyz\?verbose'/, 'readyz check passed'),
      asks('configmaps/kubeadm-config', said),
    ];
    expect((await play(initParent, { parent }, { ...setting, dryRun: true })).because).toMatch(because);
  });

  it.each([
    ['leaves CoreDNS out where the bundle has no image of it', sampleBundle(), '--skip-phases addon/coredns'],
    ['takes CoreDNS where images are pulled', undefined, '--skip-token-print '],
  ])('%s', async (_, bundle, end) => {
    const part = { parent: [...clusterAbsent, ...noting, begun(0), ...initing] };
    const played = await play(initParent, part, {
      machine: PARENT,
      config: { kubernetes },
      ...(bundle === undefined ? {} : { bundle }),
    });
    expect(scriptOf(played, 'kubeadm init').split(' && ')[0]?.endsWith(end)).toBe(true);
  });

  it('follows the kernel in its control groups', async () => {
    const part = { parent: [...clusterAbsent, ...noting, begun(0), ...initing] };
    const played = await play(initParent, part, { ...setting, facts: { cgroup: 1 } });
    expect(scriptOf(played, 'write /etc/kmon/kubeadm-init.yaml')).toContain('cgroupDriver: "cgroupfs"');
  });

  it('says where to look when the API server does not get ready', async () => {
    const waiting = Array.from({ length: 120 }, () => clusterSilent).flat();
    const part = {
      parent: [...clusterAbsent, ...noting, begun(0), version, ...writing, does('kubeadm init'), ...waiting],
    };
    const { error } = await play(initParent, part, setting);
    expect(error).toMatchObject({
      code: 'not-verified',
      message: 'the API server does not answer',
      hint: expect.stringContaining('kmon init-parent') as string,
    });
  });
});

describe('the kubeconfig', () => {
  const ADMIN = 'apiVersion: v1\nclusters:\n- cluster:\n    server: https://kmon-parent:6443\n';

  function stateDir(): string {
    const folder = mkdtempSync(join(tmpdir(), 'kmon-test-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    return join(folder, '.kmon');
  }
  const admin = asks('cat /etc/kubernetes/admin.conf', ADMIN);

  it('is kept beside kmon.yaml, for its owner alone, with an address that works from here', async () => {
    const here = { machine: PARENT, config: { stateDir: stateDir() } };
    const first = await play(keepKubeconfig, { parent: [admin, asks('ledger.jsonl'), admin, admin] }, here);
    expect(first).toMatchObject({ outcome: 'changed', because: join(here.config.stateDir, 'kubeconfig') });
    const file = join(here.config.stateDir, 'kubeconfig');
    expect(readFileSync(file, 'utf8')).toBe(ADMIN.replace('kmon-parent', '192.0.2.10'));
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    expect((await play(keepKubeconfig, { parent: [admin] }, here)).outcome).toBe('unchanged');
    expect(JSON.stringify(first.events)).not.toContain('clusters');
  });

  it('is not written in a dry run', async () => {
    const here = { machine: PARENT, config: { stateDir: stateDir() }, dryRun: true };
    expect((await play(keepKubeconfig, { parent: [admin] }, here)).outcome).toBe('planned');
    expect(() => statSync(here.config.stateDir)).toThrow('ENOENT');
  });

  it('goes with its cluster, as the password of Grafana does, and is not missed', async () => {
    const here = { machine: PARENT, config: { stateDir: stateDir() } };
    await play(keepKubeconfig, { parent: [admin, asks('ledger.jsonl'), admin, admin] }, here);
    writeFileSync(join(here.config.stateDir, 'grafana-password'), 'x\n');
    expect((await play(forgetCluster, { parent: [] }, { ...here, dryRun: true })).outcome).toBe('planned');
    expect((await play(forgetCluster, { parent: [asks('ledger.jsonl')] }, here)).outcome).toBe('changed');
    expect(readdirSync(here.config.stateDir)).toEqual([]);
    expect((await play(forgetCluster, {}, here)).outcome).toBe('unchanged');
  });
});
