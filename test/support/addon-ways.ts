import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { changesIn } from './kmon.js';
import type { Ended } from './kmon.js';
import type { TestLab } from './lab.js';

interface Room {
  readonly lab: TestLab;
  readonly run: (...args: readonly string[]) => Promise<Ended>;
}

/** What is on the cluster of an add-on, besides what somebody has made there by hand. */
const EVERYTHING =
  'apiservices,clusterroles,clusterrolebindings,deployments,replicasets,pods,services,endpointslices,serviceaccounts,roles,rolebindings,configmaps,secrets';

/**
 * In a room that is up: an add-on of the catalogue comes by hand, stays in kmon.yaml, and goes without leftovers.
 *
 * @param meanwhile what else is tried while it is there
 */
export function hasAddons(room: () => Room, meanwhile: () => void): void {
  const kubectl = (what: string): string =>
    room()
      .lab.machine('parent')
      .sh(`HOME=/proc/no-home /opt/kmon/bin/kubectl --kubeconfig /etc/kubernetes/admin.conf ${what}`);
  const names = (): readonly string[] =>
    kubectl(`get ${EVERYTHING} -A -l kmon/addon -o name`)
      .split('\n')
      .filter((line) => line !== '');

  it('has an add-on that every machine has a value by, proves it, and is no other by the next kmon up', async () => {
    const { lab, run } = room();
    const wrong = await run('addon', 'add', 'metric-server');
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('did you mean metrics-server?');
    expect((await run('addon', 'list')).stdout).toMatch(/^metrics-server +no +no +what answers kubectl top/m);
    const plan = await run('addon', 'add', 'metrics-server', '--dry-run');
    expect(plan.stdout + plan.stderr).toMatch(/load 1 image: metrics-server-parent-images/);
    const added = await run('addon', 'add', 'metrics-server');
    expect(added.exitCode, added.stderr.slice(-3000)).toBe(0);
    expect(added.stdout).toContain('`addons: [metrics-server]` in kmon.yaml');
    // By certificates that were read on the machines, and by no others.
    expect(kubectl('-n kube-system get deployment metrics-server -o yaml')).not.toContain('insecure');
    expect(kubectl('top nodes').match(/^(?:parent|child-1) .*%/gm)).toHaveLength(2);
    const file = join(lab.dir, 'kmon.yaml');
    writeFileSync(file, `${readFileSync(file, 'utf8')}addons: [metrics-server]\n`);
    const up = await run('up');
    expect(up.exitCode, up.stderr.slice(-3000)).toBe(0);
    expect(up.stdout, changesIn(up.stderr)).toContain('nothing to change');
    const verified = await run('addon', 'verify');
    expect(verified.exitCode, verified.stderr).toBe(0);
    expect((await run('addon', 'list')).stdout).toMatch(/^metrics-server +yes +yes .* top nodes$/m);
  });

  meanwhile();

  it('takes the add-on away, and leaves what somebody else has made', async () => {
    const { lab, run } = room();
    kubectl('-n kube-system create configmap metrics-server-notes --from-literal by=ada');
    const removed = await run('addon', 'remove', 'metrics-server');
    expect(removed.exitCode, removed.stderr).toBe(0);
    expect(removed.stdout + removed.stderr).toContain('the next `kmon up` brings it back');
    expect((await run('addon', 'remove', 'metrics-server')).stdout).toContain('nothing to change');
    expect(names()).toEqual([]);
    expect(kubectl('-n kube-system get configmap metrics-server-notes -o name')).toContain(
      'metrics-server-notes',
    );
    kubectl('-n kube-system delete configmap metrics-server-notes');
    const file = join(lab.dir, 'kmon.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^addons: .*\n/m, ''));
  });
}
