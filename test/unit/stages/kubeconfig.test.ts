import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { forgetCluster } from '../../../src/stages/cluster/cluster-files.js';
import { keepKubeconfig } from '../../../src/stages/cluster/kubeconfig.js';
import { PARENT } from '../../support/sample-room.js';
import { asks } from '../../support/scripted-runner.js';
import { play } from './stage-run.js';

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
    const first = await play(keepKubeconfig, { parent: [admin, asks('ledger.jsonl'), admin] }, here);
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
    await play(keepKubeconfig, { parent: [admin, asks('ledger.jsonl'), admin] }, here);
    writeFileSync(join(here.config.stateDir, 'grafana-password'), 'x\n');
    expect((await play(forgetCluster, { parent: [] }, { ...here, dryRun: true })).outcome).toBe('planned');
    expect((await play(forgetCluster, { parent: [asks('ledger.jsonl')] }, here)).outcome).toBe('changed');
    expect(readdirSync(here.config.stateDir)).toEqual([]);
    expect((await play(forgetCluster, {}, here)).outcome).toBe('unchanged');
  });
});
