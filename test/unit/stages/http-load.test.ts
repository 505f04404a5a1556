import { describe, expect, it } from 'vitest';
import { readLoadAddress } from '../../../src/apps/http-load/load-address.js';
import type { LoadAddress } from '../../../src/apps/http-load/load-address.js';
import { SeenByStage } from '../../../src/engine/results.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { httpLoad } from '../../../src/stages/cluster/http-load.js';
import type { HttpTarget } from '../../../src/stages/cluster/http-target.js';
import { assertShellSyntax } from '../tools/shell-syntax.js';
import { CHILD, PARENT } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { asksMetrics, asksSilentPrometheus } from './answers.js';
import { goldenText } from './golden.js';
import { plannedIn, play } from './stage-run.js';
import { looks } from './things.js';

function asked(url: string): LoadAddress {
  const read = readLoadAddress(url);
  if (typeof read === 'string') throw new Error(read);
  return read;
}

const parts = (url = 'http://web.red/', steps: readonly number[] = [10, 50], seconds = 6) =>
  httpLoad({ asked: asked(url), steps, seconds });
const onParent = { machine: PARENT };
const json = (items: readonly object[]): string => JSON.stringify({ items });

const web = {
  metadata: { name: 'web', namespace: 'red' },
  spec: { clusterIP: '10.96.0.9', selector: { app: 'web' }, ports: [{ port: 80, nodePort: 31_080 }] },
};
const services = asks('/api/v1/services', json([web]));
const endpoints = (...addresses: readonly string[]): Step =>
  asks('/namespaces/red/endpointslices', json([{ addressType: 'IPv4', endpoints: [{ addresses }] }]));
const podsOfRed = asks(
  '/namespaces/red/pods',
  json([{ metadata: { name: 'web-1', namespace: 'red' }, status: { podIP: '10.244.1.7' } }]),
);

describe('who would be loaded', () => {
  it('is a Service with its pods, asked by its address', async () => {
    const { target } = parts();
    const seen = new SeenByStage();
    const played = await play(
      target,
      { parent: [services, endpoints('10.244.1.7'), podsOfRed] },
      { ...onParent, seen },
    );
    expect(played).toMatchObject({
      outcome: 'unchanged',
      because: 'the Service red/web would be asked for http://10.96.0.9/',
    });
    expect(seen.of(target).get('pc-10')).toMatchObject({ url: 'http://10.96.0.9/', host: 'web.red' });
  });

  it('is the Service behind a port of the machines, asked by a child', async () => {
    const { target } = parts('http://pc-11:31080/');
    const { because } = await play(target, { parent: [services, endpoints('10.244.1.7'), podsOfRed] });
    expect(because).toBe(
      'the Service red/web, by its port of pc-11, would be asked for http://192.0.2.11:31080/',
    );
  });

  it('is a pod that the cluster knows', async () => {
    const pod = asks(
      'status.podIP%3D10.244.1.7',
      json([{ metadata: { name: 'web-1', namespace: 'red' }, status: { podIP: '10.244.1.7' } }]),
    );
    const { because } = await play(
      parts('http://10.244.1.7:8080/').target,
      { parent: [services, pod] },
      onParent,
    );
    expect(because).toBe('the pod red/web-1 would be asked for http://10.244.1.7:8080/');
  });

  it('has its name looked up by the machine that asks, and has to be in the room', async () => {
    const lookUp = (address: string): Step =>
      asks('timeout 10 getent ahostsv4 shop.test', `${address}  STREAM shop.test\n${address}  DGRAM  \n`);
    const { target } = parts('http://shop.test:31080/');
    const behind = [endpoints('10.244.1.7'), podsOfRed];
    const inside = await play(target, { parent: [services, lookUp('192.0.2.11'), ...behind] }, onParent);
    expect(inside.because).toContain('by its port of pc-11, would be asked for http://192.0.2.11:31080/');
    const nobody = asks('status.podIP%3D203.0.113.1', json([]));
    const { error } = await play(target, { parent: [services, lookUp('203.0.113.1'), nobody] }, onParent);
    expect(error).toMatchObject({
      code: 'precondition',
      message:
        '203.0.113.1 is no machine of the room, no Service and no pod of the cluster: a load stays inside the room',
    });
  });

  it.each([
    [
      'http://web.blue/',
      [services, asks('getent ahostsv4 web.blue', { exitCode: 2 })],
      'web.blue is no machine of the room and no Service of the cluster (did you mean web.red?)',
    ],
    [
      'http://10.244.9.9/',
      [services, asks('status.podIP%3D10.244.9.9', json([]))],
      '10.244.9.9 is no machine of the room, no Service and no pod of the cluster: a load stays inside the room',
    ],
    [
      'http://10.244.0.2:9153/',
      [
        services,
        asks(
          'status.podIP%3D10.244.0.2',
          json([{ metadata: { name: 'coredns-1', namespace: 'kube-system' } }]),
        ),
      ],
      "the pod kube-system/coredns-1 is Kubernetes' own: a load there would hit the class and no application",
    ],
    [
      'http://web.red/',
      [services, endpoints('10.244.1.7', '203.0.113.1'), podsOfRed],
      'the Service red/web leads to 203.0.113.1, which is neither a pod nor a machine of the room: a load stays inside the room',
    ],
    ['http://web.red/', [services, endpoints(), podsOfRed], 'no pod is behind the Service red/web'],
    ['http://web.red:81/', [services], 'the Service red/web has no port 81'],
  ])('is refused: %s %#', async (url, parent, message) => {
    const { error } = await play(parts(url).target, { parent }, onParent);
    expect(error).toMatchObject({ code: 'precondition', message });
  });
});

describe('what makes the load', () => {
  it('is hey, of the distribution, and noted so that teardown takes it away', async () => {
    const part = {
      child: [
        looks('bare'),
        asks('ledger.jsonl'),
        does('note how packages hey was before'),
        does('install hey'),
        looks('done'),
      ],
    };
    expect(await play(parts().tools, part)).toMatchObject({ outcome: 'changed' });
    expect(await play(parts().tools, { child: [looks('done')] })).toMatchObject({ outcome: 'unchanged' });
  });
});

const report = (connections: number, more: readonly string[] = ['status 200 300']): string =>
  [
    ...[
      'exit 0',
      'seconds 6',
      'requests 300',
      'kept 300',
      'percentile 50 0.004',
      `percentile 95 0.0${connections}`,
    ],
    ...['percentile 99 0.2', ...more, ''],
  ].join('\n');
const once = (text = 'exit 0\nseconds 0.1\nrequests 1\nkept 1\nstatus 200 1\n'): Step =>
  asks('hey -n 1 -c 1', text);
const state = (text = ''): Step =>
  asks('systemctl show kmon-load', `ActiveState=active\nCPUUsageNSec=3000000000\n${text}`);
const scales = (ready: number, wanted: number): Step => {
  const items = [
    {
      metadata: { name: 'web' },
      spec: { replicas: wanted, template: { metadata: { labels: { app: 'web' } } } },
      status: { readyReplicas: ready },
    },
  ];
  return asks('@@kmon %s', `@@kmon deployments\n${json(items)}\n`);
};
/** Of the pods, by the kubelets; nothing where Prometheus has nothing of them yet. */
const cores = (value?: string): Step => {
  const result = value === undefined ? [] : [{ metric: {}, value: [1, value] }];
  const answer = { status: 'success', data: { resultType: 'vector', result } };
  return asks(/container_cpu_usage_seconds_total/, `${JSON.stringify(answer)}\n@@kmon 0\n`);
};
const cpu = (percent: number): Step => asksMetrics({ 'pc-11': percent, 'pc-10': 3 });

const PAGE: HttpTarget = { url: 'http://10.96.0.9/', host: 'web.red', called: 'the Service red/web' };
const SERVICE = {
  ...{ namespace: 'red', name: 'web', address: '10.96.0.9', selector: { app: 'web' } },
  ports: [{ port: 80 }],
};

/** What the stage before has seen. */
function known(
  stage: ReturnType<typeof parts>,
  target: HttpTarget = { ...PAGE, service: SERVICE },
): SeenByStage {
  const seen = new SeenByStage();
  for (const name of ['pc-10', 'pc-11']) seen.keep(stage.target, name, target);
  return seen;
}

describe('a load', () => {
  it('types what is written down, step by step, and sees how replicas follow', async () => {
    const stage = parts();
    const seen = known(stage);
    const part = {
      child: [
        asks('ledger.jsonl'),
        once(),
        does('start a load of 10 connections for 6 s'),
        ...[state(), state(), state(), state(), state(), state(), state(report(10))],
        does('start a load of 50 connections for 6 s'),
        ...[
          state(),
          state(report(50, ['status 200 200', 'status 503 90', 'error 10 Get "http://10.96.0.9/": EOF'])),
        ],
        does('stop the load'),
        does('stop the load'),
      ],
      parent: [
        ...[scales(1, 1), cpu(5), cores(), scales(1, 2), cpu(60), cores(), scales(2, 2), cpu(70), cores()],
        ...[scales(2, 2), cores(), scales(2, 2), cores(), scales(2, 3), cpu(90), cores()],
      ],
    };
    const played = await play(stage.loading, part, { seen });
    expect(played.error).toBeUndefined();
    expect(played.outcome).toBe('changed');
    await expect(goldenText(played)).toMatchFileSnapshot('__golden__/http-load.txt');
    for (const { command } of played.journal) assertShellSyntax(command);
    const { steps = [] } = seen.of(stage.loading).get(CHILD.name) ?? {};
    expect(steps).toMatchObject([
      {
        ...{ connections: 10, seconds: 6 },
        report: { p95Ms: 10, answered: 300 },
        samples: [{ replicas: { ready: 1, wanted: 1 } }, { replicas: { ready: 1, wanted: 2 } }, {}, {}],
      },
      { connections: 50, report: { p95Ms: 50, answered: 290, statuses: { 503: 90 } } },
    ]);
    const said = played.events.flatMap((e) => (e.type === 'progress' ? [e.text] : []));
    expect(said).toContain('10 connections, 3 s left, 1 of 2 replicas ready, pc-11 at 60 %');
  });

  it('asks the monitoring what the pods use, where nobody else says it', async () => {
    const stage = parts('http://web.red/', [1], 5);
    const seen = known(stage);
    const part = {
      child: [
        ...[asks('ledger.jsonl'), once(), does('start a load of 1 connection for 5 s')],
        ...[state(report(10)), does('stop the load')],
      ],
      parent: [scales(1, 1), cpu(5), cores('0.25'), scales(1, 1), cores('NaN')],
    };
    const played = await play(stage.loading, part, { seen });
    expect(played.error).toBeUndefined();
    const asked = played.journal.find(({ command }) => command.script.includes('container_cpu'));
    const [, query] = /\?(query=[^ '&]*)/.exec(asked?.command.script ?? '') ?? [];
    expect(new URLSearchParams(query).get('query')).toContain(
      'container="",image="",pod!="",namespace="red",pod=~"web-[a-z0-9]+-[a-z0-9]+"}[48s]',
    );
    const [step] = seen.of(stage.loading).get(CHILD.name)?.steps ?? [];
    expect(step?.samples.map((s) => s.podsCores)).toEqual([0.25, undefined]);
  });

  it('only says so in a dry run', async () => {
    const stage = parts('http://web.red/', [0, 1, 50]);
    const played = await play(stage.loading, {}, { seen: known(stage), dryRun: true });
    expect(played).toMatchObject({ outcome: 'planned', journal: [] });
    expect(plannedIn(played)).toEqual([
      'see whether it answers at all',
      'watch for 6 s without a load',
      'start a load of 1 connection for 6 s',
      'watch the load of 1 connection',
      'start a load of 50 connections for 6 s',
      'watch the load of 50 connections',
    ]);
  });

  it('is stopped when it is interrupted', async () => {
    const interrupt = new AbortController();
    const stage = parts('http://web.red/', [10]);
    const part = {
      child: [
        ...[asks('ledger.jsonl'), once(), does('start a load of 10 connections for 6 s')],
        asks('systemctl show kmon-load', () => {
          interrupt.abort(new KmonError('interrupted', 'stopped by Ctrl-C'));
          return 'ActiveState=active\n';
        }),
        does('stop the load'),
      ],
      parent: [scales(1, 1), cpu(5), cores()],
    };
    const played = await play(stage.loading, part, { seen: known(stage), signal: interrupt.signal });
    expect(played.error).toMatchObject({ code: 'interrupted' });
  });

  it('goes on although the cluster does not say how it is, and is only watched where nothing is asked for', async () => {
    const stage = parts('http://web.red/', [0, 10], 5);
    const seen = known(stage);
    const silent = asks('@@kmon %s', { exitCode: 1, stderr: 'no connection' });
    const part = {
      child: [
        ...[asks('ledger.jsonl'), once(), does('start a load of 10 connections for 5 s'), state(report(10))],
        does('stop the load'),
      ],
      parent: [
        ...[silent, asksSilentPrometheus, silent, asksSilentPrometheus, silent, asksSilentPrometheus],
        ...[silent, silent],
      ],
    };
    const played = await play(stage.loading, part, { seen });
    expect(played.error).toBeUndefined();
    expect(seen.of(stage.loading).get(CHILD.name)?.steps).toMatchObject([
      { connections: 0, samples: [{ cpuPercent: {} }, { cpuPercent: {} }, { cpuPercent: {} }] },
      { connections: 10, report: { answered: 300 } },
    ]);
  });

  it.each([
    [
      'exit 0\nseconds 0.1\nrequests 1\nkept 0\nerror 1 Get "http://10.96.0.9/": dial tcp 10.96.0.9:80: connect: connection refused\n',
      {
        code: 'precondition',
        message: 'the Service red/web does not answer http://10.96.0.9/: connection refused',
      },
    ],
    [
      'exit 0\nseconds 0.1\nrequests 1\nkept 1\nstatus 404 1\n',
      { code: 'precondition', message: 'the Service red/web answers http://10.96.0.9/ with the error 404' },
    ],
    ['exit 124\n', { code: 'command', message: 'hey, which makes the load, gave no report' }],
    ['exit 127\nsh: hey: not found\n', { code: 'command', evidence: 'sh: hey: not found' }],
  ])('does not begin where one request says enough: %j', async (text, wanted) => {
    const stage = parts();
    const part = { child: [asks('ledger.jsonl'), once(text)] };
    expect((await play(stage.loading, part, { seen: known(stage) })).error).toMatchObject(wanted);
  });

  it('tells of a redirect, which is loaded and not followed', async () => {
    const stage = parts('http://web.red/', [1], 5);
    const part = {
      child: [
        asks('ledger.jsonl'),
        once('exit 0\nseconds 0.1\nrequests 1\nkept 1\nstatus 302 1\n'),
        does('start a load of 1 connection for 5 s'),
        ...[state(report(10, ['status 302 300'])), does('stop the load')],
      ],
      parent: [cpu(5)],
    };
    const played = await play(stage.loading, part, { seen: known(stage, PAGE) });
    expect(played.error).toBeUndefined();
    expect(JSON.stringify(played.events)).toContain('it answers with a redirect (status 302)');
  });

  it.each([
    ['ends without a report', 'ActiveState=inactive\n', ''],
    [
      'says why it gives none',
      'ActiveState=active\nexit 1\nsaid too many open files\n',
      'too many open files',
    ],
  ])('that %s is named, and what came before is kept', async (_, text, evidence) => {
    const stage = parts();
    const seen = known(stage);
    const part = {
      child: [
        ...[asks('ledger.jsonl'), once(), does('start a load of 10 connections for 6 s'), state(report(10))],
        ...[does('start a load of 50 connections for 6 s'), asks('systemctl show kmon-load', text)],
        ...[does('stop the load'), does('stop the load')],
      ],
      parent: [scales(1, 1), cpu(5), cores(), scales(1, 1), cores(), scales(1, 1), cores()],
    };
    const { error } = await play(stage.loading, part, { seen });
    expect(error).toMatchObject({ code: 'command', message: 'hey, which makes the load, gave no report' });
    expect(error?.evidence ?? '').toBe(evidence);
    expect(seen.of(stage.loading).get(CHILD.name)?.steps).toMatchObject([{ connections: 10 }]);
  });
});
