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
import { FakeIo } from './fake-io.js';

/** kubectl and helm of somebody who has a cluster: they keep what they were told in a folder, one line a call. */
const KUBECTL = `#!/bin/sh
echo "kubectl $*" >>"$STATE/calls"
case "$*" in
  *readyz*) [ -e "$STATE/gone" ] && { echo 'error: context "class" does not exist' >&2; exit 1; }; echo ok ;;
  *'/api/v1/nodes') cat "$STATE/nodes.json" ;;
  *'/api/v1/pods?'*) echo '{"items":[]}' ;;
  *'/secrets/'*) [ -e "$STATE/secret" ] ;;
  */prometheuses) echo '{"items":[{"metadata":{"namespace":"obs","name":"k8s"}}]}' ;;
  *' apply '*) cat >"$STATE/secret" ;;
  *'/deployments/'*|*'/daemonsets/'*) echo '{"spec":{"replicas":1},"status":{"readyReplicas":1,"updatedReplicas":1}}' ;;
  *'/query?'*) cat "$STATE/metrics.json" ;;
  *'/targets?'*) echo '{"status":"success","data":{"activeTargets":[]}}' ;;
  *) echo "unexpected: $*" >&2; exit 9 ;;
esac
`;
const HELM = `#!/bin/sh
echo "helm $*" >>"$STATE/calls"
case "$*" in
  *' history kmon-stack '*) echo 'Error: release: not found' >&2; exit 1 ;;
  *' history '*)
    [ -e "$STATE/release" ] || { echo 'Error: release: not found' >&2; exit 1; }
    printf '[{"revision":1,"status":"deployed","chart":"kmon-lite-0.1.0","description":"%s"}]' "$(cat "$STATE/release")" ;;
  *' upgrade --install '*)
    cat >"$STATE/values.json"
    while [ "$1" != --description ]; do shift; done
    printf %s "$2" >"$STATE/release" ;;
  *) echo "unexpected: $*" >&2; exit 9 ;;
esac
`;

const NAMES = ['cp-1', 'w-1'];

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

function node(name: string, i: number): object {
  const labels = i === 0 ? { 'node-role.kubernetes.io/control-plane': '' } : {};
  return {
    metadata: { name, labels },
    spec: {},
    status: {
      addresses: [{ type: 'InternalIP', address: `192.0.2.${i + 1}` }],
      conditions: [{ type: 'Ready', status: 'True', message: '' }],
    },
  };
}

function metrics(): object {
  const values = { up: 1, cpuRead: 5, memoryRead: 40, load1Read: 0.5 };
  const result = NAMES.flatMap((name) =>
    Object.entries(values).map(([query, value]) => ({
      metric: { kmon_query: query, node: name },
      value: [1767225600, String(value)],
    })),
  );
  return { status: 'success', data: { resultType: 'vector', result } };
}

describe('deploy-monitoring --context', () => {
  it('measures the nodes of a cluster that is there, without a kmon.yaml, and changes nothing a second time', async () => {
    const here = desk();
    const first = await here.run();
    expect(first.out).toContain('targets up 2/2');
    expect(first.exitCode).toBe(0);
    expect(first.out).toContain(
      "the monitoring has the profile lite: kmon.yaml names none, and the cluster has an operator of somebody else's already, with obs/k8s",
    );
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
    expect(second.out).toContain('it is what is installed');
    expect(
      here
        .calls()
        .slice(before)
        .filter((call) => / (upgrade|apply) /.test(call)),
    ).toEqual([]);
  });

  it('is asked for by watch-app, where kmon.yaml leaves open which it is', async () => {
    const here = desk();
    await here.run();
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
    await here.run();
    for (const call of here.calls())
      expect(call).toMatch(/^(kubectl --context class|helm --kube-context class) /);
    expect(readdirSync(here.cwd)).toEqual(['.kmon']);
    expect(readdirSync(join(here.cwd, '.kmon'))).toEqual(['contexts']);
    const kept = join(here.cwd, '.kmon/contexts/class');
    expect(readdirSync(kept).toSorted()).toEqual(['grafana-password', 'transcripts']);
    expect((statSync(join(kept, 'grafana-password')).mode & 0o777).toString(8)).toBe('600');
  });

  it('changes nothing in a dry run, and says what it would', async () => {
    const here = desk();
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
