import { execFileSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notAsItWas, snapshotsOf } from '../support/as-it-was.js';
import type { Snapshots } from '../support/as-it-was.js';
import { kmon } from '../support/kmon.js';
import type { Ended } from '../support/kmon.js';
import { makeLab } from '../support/lab.js';
import type { TestLab } from '../support/lab.js';

/**
 * The profile `stack` on a real cluster of parent and child, by a bundle that has its chart: `scripts/try-stack` makes one of a copy of the real
 * one. In the order of a lesson; each test stands on the ones before it.
 */
const BUNDLE = process.env['KMON_STACK_BUNDLE'];
const ROUNDS = Number(process.env['KMON_ROUNDS'] ?? 1);

/** Kinds of object that a cluster has one set of: what is left of them is left for everybody. */
const SHARED = [
  'customresourcedefinitions',
  'clusterroles',
  'clusterrolebindings',
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
];

interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
}

describe.runIf(BUNDLE !== undefined)('kube-prometheus-stack', () => {
  const bundle = BUNDLE ?? '';
  let lab: TestLab;
  let before: Snapshots;
  let bare: string;
  const run = (...args: readonly string[]): Promise<Ended> =>
    kmon([...args, '--plain'], { cwd: lab.dir, timeoutMs: 900_000 });
  /** This computer's own, with the room's kubeconfig: as somebody's who has a cluster and no room. */
  const environment = (): NodeJS.ProcessEnv => ({
    ...process.env,
    PATH: `${join(lab.dir, 'bin')}:${process.env['PATH'] ?? ''}`,
    KUBECONFIG: join(lab.dir, '.kmon/kubeconfig'),
  });
  const kubectl = (...args: readonly string[]): string =>
    execFileSync('kubectl', args, { encoding: 'utf8', env: environment() }).trim();
  const ask = (path: string): { readonly data: Readonly<Record<string, unknown>> } =>
    JSON.parse(
      kubectl(
        ...[
          'get',
          '--raw',
          `/api/v1/namespaces/monitoring/services/kmon-prometheus:http/proxy/api/v1/${path}`,
        ],
      ),
    ) as { readonly data: Readonly<Record<string, unknown>> };
  /** What a cluster has of those kinds, and of Services where the control plane is. */
  const sharedThings = (): string =>
    [
      ...SHARED.map((kind) => kubectl('get', kind, '-o', 'name')),
      kubectl('get', 'services,endpoints', '--namespace', 'kube-system', '-o', 'name'),
    ].join('\n');

  beforeAll(async () => {
    lab = await makeLab({ children: 1, bundle });
    const file = join(lab.dir, 'kmon.yaml');
    writeFileSync(join(lab.dir, 'stack.yaml'), `prometheus: { prometheusSpec: { retention: 12h } }\n`);
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(
        /^monitoring: .*$/m,
        'monitoring: { profile: stack, values: stack.yaml }',
      ),
    );
    mkdirSync(join(lab.dir, 'bin'));
    for (const name of ['kubectl', 'helm']) {
      const packed = join(bundle, 'bin', `${name}.gz`);
      const program = existsSync(packed)
        ? gunzipSync(readFileSync(packed))
        : readFileSync(join(bundle, 'bin', name));
      writeFileSync(join(lab.dir, 'bin', name), program);
      chmodSync(join(lab.dir, 'bin', name), 0o755);
    }
    before = await snapshotsOf(lab.machines);
  });
  afterAll(async () => {
    await lab.down();
  });

  it('refuses values that the chart does not know before anything is touched', async () => {
    const file = join(lab.dir, 'stack.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('retention', 'retentoin'));
    const refused = await run('up');
    expect(refused.exitCode, refused.stderr).toBe(3);
    expect(refused.stderr).toContain('did you mean prometheus.prometheusSpec.retention?');
    writeFileSync(file, text);
    expect(notAsItWas(before, await snapshotsOf(lab.machines))).toEqual([]);
  });

  it('comes up with the room, and has every machine measured', async () => {
    const init = await run('init-parent');
    expect(init.exitCode, init.stderr.slice(-3000)).toBe(0);
    bare = sharedThings();
    const started = Date.now();
    const up = await run('up');
    expect(up.exitCode, up.stderr.slice(-4000)).toBe(0);
    expect(up.stderr).toContain('targets up 2/2');
    process.stderr.write(
      `try-stack: kmon up behind init-parent, with the child's join: ${Math.round((Date.now() - started) / 1000)} s\n`,
    );
  });

  it('has every target up, the control plane among them', async () => {
    await expect
      .poll(
        () =>
          (ask('targets?state=active').data['activeTargets'] as readonly Target[]).filter(
            (t) => t.health !== 'up',
          ),
        {
          timeout: 90_000,
          interval: 3000,
        },
      )
      .toEqual([]);
    const targets = ask('targets?state=active').data['activeTargets'] as readonly Target[];
    const jobs = [...new Set(targets.map((t) => t.labels['job'] ?? ''))].toSorted();
    process.stderr.write(`try-stack: ${targets.length} targets up, of the jobs ${jobs.join(', ')}\n`);
    for (const job of [
      'kube-controller-manager',
      'kube-etcd',
      'kube-proxy',
      'kube-scheduler',
      'kubelet',
      'node-exporter',
    ])
      expect(jobs).toContain(job);
    const exporters = targets.filter((t) => t.labels['job'] === 'node-exporter').map((t) => t.labels);
    expect(exporters.map(({ node, instance, role }) => [node, instance, role]).toSorted()).toEqual(
      lab.machines.map(({ name }) => [name, name, name === 'parent' ? 'parent' : 'child']).toSorted(),
    );
  });

  it("has kmon's rules, and nothing fires but what always does", () => {
    const recorded = ask('query?query=kmon:node_cpu_usage:percent').data['result'] as readonly unknown[];
    expect(recorded).toHaveLength(2);
    const firing = ask('query?query=ALERTS%7Balertstate%3D%22firing%22%7D').data['result'] as readonly {
      readonly metric: Readonly<Record<string, string>>;
    }[];
    const names = [...new Set(firing.map((f) => f.metric['alertname'] ?? ''))].toSorted();
    process.stderr.write(`try-stack: firing: ${names.join(', ') || 'nothing yet'}\n`);
    expect(names.filter((name) => name === 'TargetDown')).toEqual([]);
  });

  it('has nothing to change a second time', async () => {
    const again = await run('deploy-monitoring');
    expect(again.exitCode, again.stderr).toBe(0);
    expect(again.stdout).toContain('nothing to change');
  });

  it.each(Array.from({ length: ROUNDS }, (_, i) => i + 1))(
    'goes from the cluster as it came, and comes again: round %i',
    async () => {
      const context = kubectl('config', 'current-context');
      const gone = await kmon(['teardown', '--yes', '--context', context, '--plain'], {
        cwd: lab.dir,
        env: environment(),
        timeoutMs: 300_000,
      });
      expect(gone.exitCode, gone.stderr.slice(-3000)).toBe(0);
      await expect.poll(() => sharedThings(), { timeout: 30_000, interval: 2000 }).toBe(bare);
      await expect
        .poll(() => kubectl('get', 'all,secrets', '--namespace', 'monitoring', '-o', 'name'), {
          timeout: 60_000,
          interval: 2000,
        })
        .toBe('');
      const back = await run('deploy-monitoring');
      expect(back.exitCode, back.stderr.slice(-3000)).toBe(0);
      expect(back.stderr).toContain('targets up 2/2');
    },
  );

  it('gives every machine back as it was found', async () => {
    const teardown = await run('teardown', '--yes', '--room', lab.name);
    expect(teardown.exitCode, teardown.stderr.slice(-3000)).toBe(0);
    expect(teardown.stdout).toContain('machines as found: 2/2');
    expect(notAsItWas(before, await snapshotsOf(lab.machines))).toEqual([]);
  });
});
