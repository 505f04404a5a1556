import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runProgram } from '../../../src/cli/program.js';
import {
  OF_RELEASE,
  PLAIN,
  TAKES_ALL,
  exporters,
  prometheuses,
  services,
  servicesOf,
} from '../../support/others-cluster.js';
import { HELM, KUBECTL, NAMES, metrics, node } from './cluster-programs.js';
import { FakeIo } from './fake-io.js';

/** Of a room, of which the cluster is none. */
const ROOM = 'room: a-room\nparent: 192.0.2.10\nchildren: [192.0.2.11]\n';
const LITE = `${ROOM}monitoring: { profile: lite }\n`;

interface Desk {
  readonly cwd: string;
  readonly state: string;
  calls(): readonly string[];
  run(...more: readonly string[]): Promise<{ readonly exitCode: number; readonly out: string }>;
}

function desk(): Desk {
  const folder = mkdtempSync(join(tmpdir(), 'kmon-test-'));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  const [bin, state, cwd] = ['bin', 'state', 'work'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const made of [bin, state, cwd]) mkdirSync(made);
  for (const [name, text] of [
    ['kubectl', KUBECTL],
    ['helm', HELM],
  ] as const) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  writeFileSync(join(state, 'nodes.json'), JSON.stringify({ kind: 'NodeList', items: NAMES.map(node) }));
  const data = (answer: object): string => JSON.stringify({ status: 'success', data: answer });
  for (const [name, text] of [
    ['prometheuses', prometheuses([OF_RELEASE])],
    ['services', services(servicesOf(OF_RELEASE))],
    ['daemonsets', exporters([{ namespace: 'obs', port: { name: 'http-metrics', containerPort: 9100 } }])],
    ['pools', data({ scrapePools: ['podMonitor/monitoring/kmon-machines/0'] })],
    ['rules', data({ groups: [{ name: 'kmon.rules' }, { name: 'kmon.alerts' }] })],
  ] as const)
    writeFileSync(join(state, `${name}.json`), text);
  writeFileSync(join(state, 'metrics.json'), JSON.stringify(metrics()));
  vi.stubEnv('PATH', `${bin}${delimiter}${process.env['PATH'] ?? ''}`);
  vi.stubEnv('STATE', state);
  const calls = join(state, 'calls');
  return {
    cwd,
    state,
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []),
    run: async (...more) => {
      const io = new FakeIo(cwd);
      const exitCode = await runProgram(['deploy-monitoring', '--context', 'class', '--plain', ...more], io);
      return { exitCode, out: `${io.out.raw}\n${io.err.raw}` };
    },
  };
}

describe('deploy-monitoring --context', () => {
  it('uses the Prometheus that somebody has there, without a kmon.yaml, and changes nothing a second time', async () => {
    const here = desk();
    const first = await here.run();
    expect(first.out).toContain('targets up 2/2');
    expect(first.exitCode).toBe(0);
    expect(first.out).toContain(
      "the monitoring has the profile existing: kmon.yaml names none, and the cluster has an operator of somebody else's already, with obs/kps",
    );
    const values = JSON.parse(readFileSync(join(here.state, 'values.json'), 'utf8')) as {
      readonly objects: readonly { readonly kind: string; readonly metadata: object }[];
    };
    expect(values).toMatchObject({
      parent: 'cp-1',
      prometheus: { enabled: false },
      nodeExporter: { enabled: false },
    });
    expect(values.objects.slice(0, 2)).toMatchObject(
      ['PodMonitor', 'PrometheusRule'].map((kind) => ({
        kind,
        metadata: { namespace: 'monitoring', labels: { release: 'kps' } },
      })),
    );
    const before = here.calls().length;
    const second = await here.run();
    expect(second.exitCode, second.out).toBe(0);
    expect(second.out).toContain('the profile existing: kmon.yaml names none, and it is what is installed');
    expect(
      here
        .calls()
        .slice(before)
        .filter((call) => / (upgrade|apply) /.test(call)),
    ).toEqual([]);
  });

  it.each([
    ['there is none', { prometheuses: [] }, "there is no Prometheus of somebody else's"],
    [
      'there are two',
      { prometheuses: [OF_RELEASE, { ...TAKES_ALL, namespace: 'team' }] },
      'there are 2 Prometheus in this cluster',
    ],
    [
      'it takes nothing',
      { prometheuses: [{ ...OF_RELEASE, spec: {} }] },
      'the Prometheus obs/kps takes no PodMonitor: it has no spec.podMonitorSelector',
    ],
  ] as const)('changes nothing where kmon.yaml wants to use one, and %s', async (_, has, says) => {
    const here = desk();
    writeFileSync(join(here.state, 'prometheuses.json'), prometheuses(has.prometheuses));
    const all = has.prometheuses.flatMap(servicesOf);
    writeFileSync(join(here.state, 'services.json'), services(all));
    writeFileSync(join(here.cwd, 'kmon.yaml'), `${ROOM}monitoring: { profile: existing }\n`);
    const { exitCode, out } = await here.run();
    expect(out).toContain(says);
    expect(exitCode).toBe(22);
    expect(here.calls().filter((call) => / (upgrade|apply) /.test(call))).toEqual([]);
  });

  const OWN_STACK = { ...TAKES_ALL, namespace: 'monitoring', name: 'kmon-prometheus', release: 'kmon-stack' };
  const OWN_SERVICE = { ...PLAIN, namespace: 'monitoring', name: 'kmon-prometheus' };

  it.each([
    ['the stack, and none is named', [OWN_STACK], 'kmon-stack', ''],
    ['the small one, and none is named', [], 'kmon', ''],
    ['the stack, and existing is named', [OWN_STACK], 'kmon-stack', ', profile: existing'],
    ['the small one, and existing is named', [], 'kmon', ', profile: existing'],
  ])("refuses where kmon's own is in another namespace: %s", async (_, operated, release, named) => {
    const here = desk();
    writeFileSync(join(here.state, 'prometheuses.json'), prometheuses(operated));
    writeFileSync(join(here.state, 'services.json'), services([{ ...OWN_SERVICE, release }]));
    writeFileSync(join(here.cwd, 'kmon.yaml'), `${ROOM}monitoring: { namespace: obs${named} }\n`);
    const { exitCode, out } = await here.run();
    expect(out).toContain(
      "kmon's own monitoring is in the namespace monitoring of this cluster, and kmon.yaml wants it in obs",
    );
    expect(out).toContain('monitoring.namespace: monitoring');
    expect(exitCode).toBe(22);
    expect(here.calls().filter((call) => / (upgrade|apply) /.test(call))).toEqual([]);
  });

  it("uses one of somebody else's that is only called so", async () => {
    const here = desk();
    const theirs = { ...OF_RELEASE, name: 'kmon-prometheus', release: 'kps' };
    writeFileSync(join(here.state, 'prometheuses.json'), prometheuses([theirs]));
    writeFileSync(join(here.state, 'services.json'), services(servicesOf(theirs)));
    const { out } = await here.run('--dry-run');
    expect(out).toContain("an operator of somebody else's already, with obs/kmon-prometheus");
  });

  it('measures the nodes of a cluster that is there, and changes nothing a second time', async () => {
    const here = desk();
    writeFileSync(join(here.cwd, 'kmon.yaml'), LITE);
    const first = await here.run();
    expect(first.out).toContain('targets up 2/2');
    expect(first.exitCode).toBe(0);
    const values = JSON.parse(readFileSync(join(here.state, 'values.json'), 'utf8')) as object;
    expect(values).toMatchObject({
      parent: 'cp-1',
      machines: [
        { name: 'cp-1', address: '192.0.2.1', role: 'parent' },
        { name: 'w-1', address: '192.0.2.2', role: 'child' },
      ],
    });
    const before = here.calls().length;
    const second = await here.run();
    expect(second.exitCode).toBe(0);
    expect(second.out).toContain('nothing to change');
    expect(
      here
        .calls()
        .slice(before)
        .filter((call) => / (upgrade|apply) /.test(call)),
    ).toEqual([]);
  });

  it('is asked for by watch-app, where kmon.yaml leaves open which it is', async () => {
    const here = desk();
    writeFileSync(join(here.cwd, 'kmon.yaml'), LITE);
    await here.run();
    writeFileSync(join(here.cwd, 'kmon.yaml'), ROOM);
    const before = here.calls().length;
    const io = new FakeIo(here.cwd);
    await runProgram(['watch-app', 'shop', '--port', 'metrics', '--context', 'class', '--plain'], io);
    const asked = here.calls().slice(before);
    expect(asked.some((call) => call.includes(' history '))).toBe(true);
    // The kinds of an operator are no matter of the small monitoring.
    expect(asked.filter((call) => call.includes('customresourcedefinitions'))).toEqual([]);
  });

  it('names the context in every call, as the user, and leaves the folder of a room alone', async () => {
    const here = desk();
    writeFileSync(join(here.cwd, 'kmon.yaml'), LITE);
    await here.run();
    for (const call of here.calls())
      expect(call).toMatch(/^(kubectl --context class|helm --kube-context class) /);
    expect(readdirSync(here.cwd).toSorted()).toEqual(['.kmon', 'kmon.yaml']);
    expect(readdirSync(join(here.cwd, '.kmon'))).toEqual(['contexts']);
    const kept = join(here.cwd, '.kmon/contexts/class');
    expect(readdirSync(kept).toSorted()).toEqual(['grafana-password', 'transcripts']);
    expect((statSync(join(kept, 'grafana-password')).mode & 0o777).toString(8)).toBe('600');
  });

  it('changes nothing in a dry run, and says what it would', async () => {
    const here = desk();
    writeFileSync(join(here.cwd, 'kmon.yaml'), LITE);
    const { exitCode, out } = await here.run('--dry-run');
    expect(exitCode).toBe(0);
    expect(out).toContain('helm upgrade --install kmon');
    expect(here.calls().filter((call) => / (upgrade|apply) /.test(call))).toEqual([]);
    expect(existsSync(join(here.cwd, '.kmon/contexts/class/grafana-password'))).toBe(false);
  });

  it('says what is wrong with a context that leads nowhere', async () => {
    const here = desk();
    writeFileSync(join(here.state, 'gone'), '');
    const { exitCode, out } = await here.run();
    expect(exitCode).toBe(22);
    expect(out).toContain('the cluster of context class does not answer');
    expect(out).toContain('context "class" does not exist');
    expect(out).toContain('kubectl config get-contexts');
  });

  it('is about no machine of a room', async () => {
    for (const option of [['--only', 'pc-11'], ['--break-lock']]) {
      const { exitCode, out } = await desk().run(...option);
      expect(exitCode).toBe(2);
      expect(out).toContain('--context');
    }
  });
});
