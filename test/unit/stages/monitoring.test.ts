import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { measured } from '../../../src/stages/cluster/measured.js';
import { stageOf } from './addon-stages.js';
import { Secret } from '../../../src/shell/secret.js';
import { PARENT, sampleBundle, sampleConfig } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import {
  asksBackOffs,
  asksMetrics,
  asksNodes,
  asksPulls,
  clusterAbsent,
  clusterReady,
  hindered,
  settling,
} from './answers.js';
import { LastDigest, noOther, noRelease, releaseIs, rollsOut } from './scenarios-monitoring.js';
import { noting, plannedIn, play } from './stage-run.js';
import type { Played, Setting } from './stage-run.js';

const monitoring = stageOf('monitoring');
const setting: Setting = { machine: PARENT, bundle: sampleBundle() };
const nodes = asksNodes({ name: 'pc-10', address: '192.0.2.10' });

const ROLLED_OUT = JSON.stringify({
  spec: { replicas: 1 },
  status: { readyReplicas: 1, updatedReplicas: 1 },
});

function intents({ journal }: Played): readonly string[] {
  return journal.flatMap((g) =>
    g.intent === undefined || g.intent.startsWith('note how') ? [] : [g.intent],
  );
}

interface Upgrading {
  /** What comes before the upgrade. */
  readonly between?: readonly Step[];
  readonly known?: Step;
  readonly more?: Setting;
}

/** The values that helm was given. */
function valuesIn(played: Played): Readonly<Record<string, unknown>> {
  const upgrade = played.journal.find((g) => g.intent === 'helm upgrade --install kmon');
  return JSON.parse(upgrade?.command.stdin as string) as Readonly<Record<string, unknown>>;
}

/** The answers of a room in which the upgrade works. */
function upgrading(
  release: Step,
  { between = [], known = nodes, more = {} }: Upgrading = {},
): Promise<Played> {
  const last = new LastDigest('none');
  return play(
    monitoring,
    {
      parent: [
        ...[...clusterReady, release, known, ...(release === noRelease ? noOther : [])],
        ...[...noting, ...between, last.upgrade, ...rollsOut(true)],
      ],
    },
    { ...setting, ...more },
  );
}

describe('monitoring', () => {
  it('removes a release that was interrupted before it installs it again', async () => {
    const played = await upgrading(releaseIs('pending-upgrade'), {
      between: [does('remove a release that an earlier run left half done')],
    });
    expect(played.outcome).toBe('changed');
    expect(intents(played)).toEqual([
      'remove a release that an earlier run left half done',
      'helm upgrade --install kmon',
    ]);
    expect(plannedIn(played)).toEqual(intents(played));
  });

  it.each([
    ['of another chart or with other values', releaseIs('deployed', () => `sha256:${'0'.repeat(64)}`)],
    ['that somebody else installed', releaseIs('deployed')],
  ])('upgrades a release %s', async (_, release) => {
    const played = await upgrading(release);
    expect(played).toMatchObject({ outcome: 'changed', because: 'installed' });
    expect(intents(played)).toEqual(['helm upgrade --install kmon']);
  });

  it('waits for Prometheus to run when the release is the right one, and gives helm nothing to do', async () => {
    const golden = new LastDigest('monitoring');
    const there = releaseIs('deployed', golden.read);
    const room: Setting = { ...setting, config: { kubernetes: sampleConfig().kubernetes } };
    const known = asksNodes(
      ...['pc-10', 'pc-11', 'pc-12'].map((name, i) => ({ name, address: `192.0.2.1${i}` })),
    );
    const played = await play(
      monitoring,
      {
        parent: [
          ...clusterReady,
          there,
          known,
          ...rollsOut(false),
          ...clusterReady,
          there,
          known,
          ...rollsOut(false),
          ...clusterReady,
          there,
          known,
          ...rollsOut(true),
        ],
      },
      room,
    );
    expect(played.outcome).toBe('unchanged');
    expect(played.journal.filter((g) => g.verb === 'mutate')).toEqual([]);
  });

  it('brings the secrets of where alerts go before the chart that wants them, and shows them nowhere', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kmon-alerts-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const file = join(folder, 'webhook.txt');
    const room = (): Setting => ({
      ...setting,
      config: { monitoring: { ...sampleConfig().monitoring, alerts: { webhook: { file } } } },
    });
    const run = async (address: string): Promise<Played> => {
      writeFileSync(file, `${address}\n`, { mode: 0o600 });
      const last = new LastDigest('none');
      const runsToo = asks('deployments/kmon-alertmanager', ROLLED_OUT);
      const brings = does('bring the secrets of where alerts go');
      const before = [...clusterReady, noRelease, nodes, ...noOther, ...noting, brings];
      return play(monitoring, { parent: [...before, last.upgrade, ...rollsOut(true), runsToo] }, room());
    };
    const played = await run('https://hooks.example/s3cret');
    expect(intents(played)).toEqual(['bring the secrets of where alerts go', 'helm upgrade --install kmon']);
    const brought = played.journal.find((g) => g.intent?.startsWith('bring') === true)?.command.stdin;
    expect(brought).toBeInstanceOf(Secret);
    expect(JSON.parse((brought as Secret).reveal())).toMatchObject({
      items: [
        { kind: 'Namespace' },
        { kind: 'Secret', stringData: { webhook: 'https://hooks.example/s3cret' } },
      ],
    });
    expect(JSON.stringify([played.events, valuesIn(played)])).not.toContain('s3cret');
    expect(valuesIn(played)).toMatchObject({
      alertmanager: {
        config: {
          receivers: [{ name: 'room', webhook_configs: [{ url_file: '/etc/kmon-alerts/webhook' }] }, {}],
        },
        secrets: 'kmon-alerts',
      },
    });
    // Another address is another release: Alertmanager starts anew with it.
    expect(valuesIn(await run('https://hooks.example/other'))['alertmanager']).not.toEqual(
      valuesIn(played)['alertmanager'],
    );
  });

  it('refuses an address that is none before anything is changed', async () => {
    process.env['KMON_TEST_WEBHOOK'] = 'hooks.example/s3cret';
    onTestFinished(() => {
      delete process.env['KMON_TEST_WEBHOOK'];
    });
    const alerts = { webhook: { variable: 'KMON_TEST_WEBHOOK' } };
    const { error } = await play(
      monitoring,
      { parent: [...clusterReady, noRelease, nodes] },
      { ...setting, config: { monitoring: { ...sampleConfig().monitoring, alerts } } },
    );
    expect(error).toMatchObject({
      code: 'config',
      message: 'the address of the webhook is none that begins with https:// or http://',
    });
  });

  it('scrapes by the address that the node says it has, and by that of kmon.yaml until it is there', async () => {
    const known = asksNodes({ name: 'pc-12', address: '198.51.100.1' });
    const machines = valuesIn(await upgrading(noRelease, { known }))['machines'] as readonly {
      readonly address: string;
    }[];
    expect(machines.map((m) => m.address)).toEqual(['192.0.2.10', '192.0.2.11', '198.51.100.1']);
  });

  it('says that Grafana is left out where the bundle has no image of it, and only where it is wanted', async () => {
    const played = await upgrading(noRelease);
    expect(played.events).toContainEqual({
      type: 'note',
      machine: 'pc-10',
      text: 'Grafana is left out: the bundle has no image of it',
    });
  });

  it("makes Grafana's password once, beside kmon.yaml and in the cluster, and nowhere else", async () => {
    const stateDir = join(mkdtempSync(join(tmpdir(), 'kmon-test-')), '.kmon');
    onTestFinished(() => {
      rmSync(join(stateDir, '..'), { recursive: true });
    });
    const last = new LastDigest('none');
    const secret = asks('/secrets/kmon-grafana-admin', { exitCode: 1 });
    const after = [
      last.upgrade,
      ...rollsOut(true),
      asks('deployments/kmon-grafana', JSON.stringify({ status: { readyReplicas: 1, updatedReplicas: 1 } })),
    ];
    const part = (there: Step, make: readonly Step[]): readonly Step[] => [
      ...clusterReady,
      noRelease,
      nodes,
      ...noOther,
      there,
      ...noting,
      does('copy the chart'),
      ...make,
      ...after,
    ];
    const room: Setting = { machine: PARENT, config: { stateDir } };
    const played = await play(monitoring, { parent: part(secret, [does("make Grafana's password")]) }, room);
    const file = join(stateDir, 'grafana-password');
    const password = readFileSync(file, 'utf8').trim();
    expect(password).toMatch(/^[\w-]{16}$/);
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    expect((statSync(stateDir).mode & 0o777).toString(8)).toBe('700');
    const made = played.journal.find((g) => g.intent === "make Grafana's password")?.command.stdin;
    expect(made instanceof Secret && made.reveal()).toContain(`"admin-password":"${password}"`);
    expect(made instanceof Secret && made.maskIn(`bad: ${password}`)).toBe('bad: ***');
    const told = JSON.stringify([played.events, played.journal.map((g) => g.command)]);
    expect(told).not.toContain(password);
    expect(played.events).toContainEqual({
      type: 'note',
      machine: 'pc-10',
      text: `Grafana's admin password is in ${file}`,
    });

    const again = await play(monitoring, { parent: part(asks('/secrets/kmon-grafana-admin'), []) }, room);
    expect(intents(again)).not.toContain("make Grafana's password");
    expect(readFileSync(file, 'utf8').trim()).toBe(password);
  });

  it('needs a cluster', async () => {
    const { error } = await play(monitoring, { parent: clusterAbsent }, setting);
    expect(error).toMatchObject({ code: 'precondition', hint: 'run `kmon init-parent` first' });
  });

  it.each([
    [
      'a pod whose image does not come yet',
      { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x": ErrImagePull: 503' } },
      {
        message: 'pc-10 gets no image quay.io/x:v1: quay.io does not give it now',
        evidence: '503',
      },
    ],
    [
      'a pod that has trouble',
      { waiting: { reason: 'CreateContainerConfigError', message: 'secret "x" not found' } },
      { message: 'kmon-prometheus-0 on pc-10: CreateContainerConfigError', evidence: 'secret "x" not found' },
    ],
    [
      'what keeps a pod from being made',
      { waiting: { reason: 'ContainerCreating' } },
      {
        message: 'kmon-prometheus-0 on pc-10: FailedCreatePodSandBox',
        evidence: 'failed to find plugin "loopback" in path [/opt/cni/bin]',
      },
    ],
    ['what is not ready', { running: {} }, { message: 'kmon-prometheus: 0 of 1 ready', evidence: undefined }],
  ])('names %s when the time is over', async (_, state: object, expected) => {
    const last = new LastDigest('none');
    const pod = {
      metadata: { name: 'kmon-prometheus-0', namespace: 'monitoring' },
      spec: { nodeName: 'pc-10' },
      status: {
        phase: 'running' in state ? 'Running' : 'Pending',
        containerStatuses: [{ name: 'prometheus', image: 'quay.io/x:v1', state }],
      },
    };
    // While it waits it asks for the pods that have not begun, and for what begins again.
    const played = await play(
      monitoring,
      {
        parent: [
          ...clusterReady,
          noRelease,
          nodes,
          ...noOther,
          ...noting,
          last.upgrade,
          ...settling(180, rollsOut(false)),
          asks('/namespaces/monitoring/pods', JSON.stringify({ items: [pod] })),
          ...(JSON.stringify(state).includes('Creating')
            ? [asks('/namespaces/monitoring/events', WARNED)]
            : []),
        ],
      },
      setting,
    );
    expect(played.error).toMatchObject({ code: 'not-verified', ...expected });
    expect(played.error?.hint).toContain('run `kmon deploy-monitoring` again');
  });
});

describe('monitoring whose image does not come', () => {
  const pull = {
    name: 'kmon-prometheus-0',
    namespace: 'monitoring',
    node: 'pc-10',
    image: 'quay.io/prometheus/prometheus:v3.14.0',
  };
  const absent = 'failed to resolve image: quay.io/prometheus/prometheus:v3.14.0: not found';
  const waitsFor = (
    seconds: number,
    hindrance: readonly Step[],
    end: readonly Step[] = [],
  ): Promise<Played> => {
    const { upgrade } = new LastDigest('none');
    const begun = [...clusterReady, noRelease, nodes, ...noOther, ...noting, upgrade];
    return play(
      monitoring,
      { parent: [...begun, ...settling(seconds, rollsOut(false), hindrance), ...end] },
      setting,
    );
  };

  it('gives up within seconds where the registry refuses it for good', async () => {
    const { error } = await waitsFor(6, hindered({ ...pull, said: absent }));
    expect(error).toMatchObject({
      code: 'not-verified',
      message: 'pc-10 gets no image quay.io/prometheus/prometheus:v3.14.0: quay.io has no such image',
      evidence: 'quay.io/prometheus/prometheus:v3.14.0: not found',
    });
    expect(error?.hint).toMatch(/a mirror or a filter .* then run `kmon deploy-monitoring` again/);
  });

  it('does not give up over what is said once only, as by a pod that is just being replaced', async () => {
    const refused = hindered({ ...pull, said: absent });
    const three = Array.from({ length: 3 }, () => rollsOut(false)).flat();
    const rest = [...three, ...hindered(), ...three, ...refused, ...rollsOut(true)];
    expect((await waitsFor(3, refused, rest)).outcome).toBe('changed');
  });

  it('goes on waiting for what may come yet, and says so', async () => {
    const busy = 'unexpected status from HEAD request to https://quay.io/v2/x: 503 Service Unavailable';
    const played = await waitsFor(9, hindered({ ...pull, said: busy }), rollsOut(true));
    expect(played.outcome).toBe('changed');
    const said = played.events.filter((e) => e.type === 'progress' && JSON.stringify(e).includes('503'));
    expect(said).toHaveLength(1);
  });

  it('does not give up because one child lacks what every machine has', async () => {
    const onChild = {
      ...pull,
      name: 'kmon-node-exporter-x',
      node: 'pc-12',
      madeBy: 'DaemonSet',
      said: absent,
    };
    const played = await waitsFor(9, hindered(onChild), rollsOut(true));
    expect(played.outcome).toBe('changed');
  });
});

describe('monitoring whose pods do not run', () => {
  const prometheus = { namespace: 'monitoring', name: 'kmon-prometheus-0' };
  const begun = (): readonly Step[] => {
    const { upgrade } = new LastDigest('none');
    return [...clusterReady, noRelease, nodes, ...noOther, ...noting, upgrade];
  };
  const waits = (seconds: number, hindrance: readonly Step[], end: readonly Step[] = []): Promise<Played> =>
    play(
      monitoring,
      { parent: [...begun(), ...settling(seconds, rollsOut(false), hindrance), ...end] },
      setting,
    );
  const told = (played: Played): readonly string[] =>
    played.events.flatMap((e) => (e.type === 'progress' ? [JSON.stringify(e)] : []));

  /** What is asked when a program ends again and again: its last line is the reason. */
  const ends = (restartCount: number): readonly Step[] => {
    const status = {
      name: 'prometheus',
      restartCount,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting' } },
      lastState: { terminated: { reason: 'Error', exitCode: 2 } },
    };
    const pod = {
      metadata: { ...prometheus, ownerReferences: [{ kind: 'ReplicaSet' }] },
      spec: { nodeName: 'pc-10' },
      status: { phase: 'Running', containerStatuses: [status] },
    };
    return [
      asksPulls(),
      asksBackOffs(prometheus),
      asks('/namespaces/monitoring/pods', JSON.stringify({ items: [pod] })),
      asks(/kmon-prometheus-0\/log\?container=prometheus/, 'starting\nno space left on device\n'),
    ];
  };

  it('gives up when one has ended several times, with its last words', async () => {
    const { error } = await waits(6, ends(3));
    expect(error).toMatchObject({
      code: 'not-verified',
      message: 'kmon-prometheus-0 on pc-10: prometheus ends again and again (exit code 2)',
      evidence: 'no space left on device',
    });
    expect(error?.hint).toMatch(/-n monitoring logs kmon-prometheus-0 -c prometheus --previous\); then run/);
  });

  it('only tells of one that may come up yet', async () => {
    const played = await waits(9, ends(1), rollsOut(true));
    expect(played.outcome).toBe('changed');
    expect(told(played).filter((line) => line.includes('it is started again'))).toHaveLength(1);
  });

  const unplaced = (said: string, bound: boolean): readonly Step[] => {
    const matchFields = [{ key: 'metadata.name', operator: 'In', values: ['pc-10'] }];
    const pod = {
      metadata: { ...prometheus, ownerReferences: [{ kind: 'ReplicaSet' }] },
      spec: bound
        ? {
            affinity: {
              nodeAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] },
              },
            },
          }
        : {},
      status: {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: said }],
      },
    };
    return [asks('status.phase%3DPending', JSON.stringify({ items: [pod] })), asksBackOffs()];
  };
  const FULL =
    "0/2 nodes are available: 1 Insufficient memory, 1 node(s) didn't satisfy plugin(s) [NodeAffinity]. preemption: 0/2 nodes are available.";

  it('gives up where the one machine that it is for has no room for it', async () => {
    const { error } = await waits(6, unplaced(FULL, true));
    expect(error).toMatchObject({ message: 'no machine takes kmon-prometheus-0', evidence: FULL });
    expect(error?.hint).toMatch(/describe nodes\), free some of it; then run `kmon deploy-monitoring` again/);
  });

  it('says how a machine that somebody set aside takes pods again', async () => {
    const said =
      "0/2 nodes are available: 1 node(s) didn't satisfy plugin(s) [NodeAffinity], 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.";
    const { error } = await waits(6, unplaced(said, true));
    expect(error?.hint).toMatch(/^have the machine take pods again \(kubectl \S+ \S+ uncordon NODE\); then/);
  });

  it.each([
    [FULL, false],
    ['0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.', true],
    ['0/1 nodes are available: 1 node(s) had untolerated taint(s).', true],
    ['no nodes available to schedule pods', true],
  ])('only tells of one that a machine may take yet: %s', async (said, bound) => {
    const played = await waits(9, unplaced(said, bound), rollsOut(true));
    expect(played.outcome).toBe('changed');
    expect(told(played).filter((line) => line.includes('no machine takes'))).toHaveLength(1);
  });
});

const WARNED = JSON.stringify({
  items: [
    {
      involvedObject: { name: 'kmon-prometheus-0' },
      reason: 'FailedCreatePodSandBox',
      message: 'failed to find plugin "loopback" in path [/opt/cni/bin]',
    },
  ],
});

/** A room that also watches a Mac and a Windows computer. */
const watching = {
  room: {
    ...sampleConfig().room,
    observed: [
      { name: 'teacher-mac', address: '192.0.2.20', exporterPort: 9100 },
      { name: 'pc-win', address: '192.0.2.21', exporterPort: 9182, team: 'red' },
    ],
  },
};

describe('observed computers', () => {
  it('are given to the chart, apart from the machines', async () => {
    const values = valuesIn(await upgrading(noRelease, { more: { config: watching } }));
    expect(values['machines']).toHaveLength(3);
    expect(values['observed']).toEqual([
      { name: 'teacher-mac', address: '192.0.2.20', port: 9100 },
      { name: 'pc-win', address: '192.0.2.21', port: 9182, team: 'red' },
    ]);
  });

  it('are counted, and one that does not answer fails nothing', async () => {
    const metrics = asksMetrics({ 'pc-10': 5 }, { 'teacher-mac': 'up', 'pc-win': 'down' });
    const played = await play(measured, { parent: [nodes, metrics] }, { ...setting, config: watching });
    expect(played).toMatchObject({
      outcome: 'unchanged',
      because: 'targets up 1/1; observed 1/2; no temperature sensor: pc-10',
    });
    expect(played.journal[1]?.command.script).toContain('observedCpu');
    expect(played.events.flatMap((e) => (e.type === 'note' ? [e.text] : []))).toEqual([
      'pc-win (192.0.2.21:9182) is not measured: its exporter does not answer; start the exporter on it and open port 9182 there (`kmon check` shows the commands)',
    ]);
  });
});
