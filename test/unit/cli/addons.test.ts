import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runProgram } from '../../../src/cli/program.js';
import { FakeIo } from './fake-io.js';

/** kubectl of somebody who has a cluster of two nodes: it knows whether something was applied, and takes it away. */
const KUBECTL = `#!/bin/sh
echo "kubectl $*" >>"$STATE/calls"
there() { [ -e "$STATE/applied" ]; }
case "$*" in
  *readyz*) echo ok ;;
  *'/api/v1/nodes') cat "$STATE/nodes.json" ;;
  *'/api/v1/pods?'*|*'/api/v1/events?'*) echo '{"items":[]}' ;;
  *' diff '*) cat >/dev/null; there && [ ! -e "$STATE/differs" ] ;;
  *' get -f - '*) cat >/dev/null; cat "$STATE/others" 2>/dev/null; exit 0 ;;
  *' apply '*) cat >"$STATE/applied" ;;
  *' delete '*) echo 1 >>"$STATE/deleted"; [ "$(wc -l <"$STATE/deleted")" -lt 3 ] || rm -f "$STATE/applied" ;;
  *custom-columns=OF:*) there && grep -o 'kmon/owner: [0-9a-z-]*' "$STATE/applied" | sed 's/.* //'; exit 0 ;;
  *' get apiservices,'*) there && echo apiservice.apiregistration.k8s.io/v1beta1.metrics.k8s.io; exit 0 ;;
  *' get deployments,'*' kmon/addon=metrics-server '*) there && printf 'deployment.apps/metrics-server\\nservice/metrics-server\\n'; exit 0 ;;
  *' get '*' --selector kmon/addon='*) exit 0 ;;
  *'/services/kmon-prometheus'*) [ -e "$STATE/own-prometheus" ] && { echo '{}'; exit 0; }; echo 'Error from server (NotFound): not found' >&2; exit 1 ;;
  *classes/*) echo 'Error from server (NotFound): not found' >&2; exit 1 ;;
  *apiservices/v1beta1*)
    [ -e "$STATE/somebodys" ] && { echo '{"metadata":{"labels":{}}}'; exit 0; }
    there && { echo '{"metadata":{"labels":{"kmon/addon":"metrics-server"}}}'; exit 0; }
    echo 'Error from server (NotFound): not found' >&2; exit 1 ;;
  *'/deployments/'*) echo '{"spec":{"replicas":1},"status":{"readyReplicas":1,"updatedReplicas":1}}' ;;
  *'/metrics.k8s.io/'*) cat "$STATE/values.json" ;;
  *) echo "unexpected: $*" >&2; exit 9 ;;
esac
`;

/** The cluster has kmon's small monitoring. */
const HELM = `#!/bin/sh
echo "helm $*" >>"$STATE/calls"
case "$*" in
  *' history kmon '*) echo '[{"revision":1,"status":"deployed","chart":"kmon-lite-0.1.0","description":"kmon"}]' ;;
  *) echo 'Error: release: not found' >&2; exit 1 ;;
esac
`;

interface Desk {
  calls(): readonly string[];
  set(name: string, text?: string): void;
  applied(): string;
  /** What is kept of who this folder is to the cluster. */
  id(): string;
  /** metrics-server is there, brought from the folder with this id; absent: from here. */
  brought(by?: string): void;
  run(...words: readonly string[]): Promise<{
    readonly code: number;
    readonly out: string;
    readonly err: string;
  }>;
}

const node = (name: string): object => ({
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});
const values = (...names: readonly string[]): string =>
  JSON.stringify({
    items: names.map((name) => ({ metadata: { name }, usage: { cpu: '1n', memory: '1Ki' } })),
  });

function desk(kmonYaml?: string): Desk {
  const folder = mkdtempSync(join(tmpdir(), 'kmon-test-'));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  const [bin, state, cwd] = [join(folder, 'bin'), join(folder, 'state'), join(folder, 'work')] as const;
  for (const made of [bin, state, cwd]) mkdirSync(made);
  writeFileSync(join(bin, 'kubectl'), KUBECTL);
  writeFileSync(join(bin, 'helm'), HELM);
  for (const name of ['kubectl', 'helm']) chmodSync(join(bin, name), 0o755);
  if (kmonYaml !== undefined) writeFileSync(join(cwd, 'kmon.yaml'), kmonYaml);
  const items = ['cp-1', 'w-1'].map(node);
  writeFileSync(join(state, 'nodes.json'), JSON.stringify({ kind: 'NodeList', items }));
  writeFileSync(join(state, 'values.json'), values('cp-1', 'w-1'));
  vi.stubEnv('PATH', `${bin}${delimiter}${process.env['PATH'] ?? ''}`);
  vi.stubEnv('STATE', state);
  const read = (name: string): string =>
    existsSync(join(state, name)) ? readFileSync(join(state, name), 'utf8') : '';
  return {
    calls: () => read('calls').trim().split('\n'),
    applied: () => read('applied'),
    id: () => readFileSync(join(cwd, '.kmon/contexts/class/room-id'), 'utf8'),
    brought: (by = 'this-folder') => {
      const own = join(cwd, '.kmon/contexts/class');
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, 'room-id'), 'this-folder\n');
      writeFileSync(join(state, 'applied'), `kmon/owner: ${by}\n`);
    },
    set: (name, text = '') => {
      writeFileSync(join(state, name), text);
    },
    run: async (...words) => {
      const io = new FakeIo(cwd);
      const code = await runProgram(['addon', ...words, '--plain'], io);
      return { code, out: io.out.raw, err: io.err.raw };
    },
  };
}

const ON = ['--context', 'class'] as const;
const changing = (calls: readonly string[]): readonly string[] =>
  calls.filter((call) => / (?:apply|delete|patch|create) /.test(call));

describe('kmon addon --context', () => {
  it('installs, proves and says how it is used; a second run changes nothing', async () => {
    const d = desk();
    const added = await d.run('add', 'metrics-server', ...ON);
    expect(added.code, added.err).toBe(0);
    expect(added.out).toContain('try: kubectl --context class top nodes');
    expect(added.out).toContain('it stays until `kmon addon remove metrics-server`');
    // Nobody can read a kubelet's certificate there: the cluster's own authority has to have signed it.
    expect(d.applied()).toContain('--kubelet-certificate-authority=/var/run/secrets/');
    expect(d.applied()).not.toContain('insecure-tls');
    const again = await d.run('add', 'metrics-server', ...ON);
    expect(again.code, again.err).toBe(0);
    expect(again.out).toContain('nothing to change');
    expect(changing(d.calls())).toHaveLength(1);
  });

  it('lists what there is, for people and as data', async () => {
    const d = desk('room: r\nparent: 192.0.2.10\naddons: [metrics-server]\n');
    const data = await d.run('list', '--json', ...ON);
    expect(data.code).toBe(0);
    expect(data.out).toContain('"name":"metrics-server"');
    expect(data.out).toContain('"listed":true,"state":"absent","shows":null');
    expect((await d.run('list', ...ON)).out).toMatch(/^metrics-server +no +yes +what answers kubectl top/m);
    d.brought();
    expect((await d.run('list', ...ON)).out).toMatch(
      /^metrics-server +yes +yes +what .* kubectl --context class top nodes$/m,
    );
    expect(changing(d.calls())).toEqual([]);
  });

  it('takes away what it has brought, and has nothing to do the second time', async () => {
    const d = desk();
    d.brought();
    const removed = await d.run('remove', 'metrics-server', ...ON);
    expect(removed.code, removed.err).toBe(0);
    expect(changing(d.calls()).map((call) => call.replace(/^.* delete /, '').replace(/ +-.*/, ''))).toEqual([
      'apiservice.apiregistration.k8s.io v1beta1.metrics.k8s.io',
      'deployment.apps metrics-server',
      'service metrics-server',
    ]);
    const again = await d.run('remove', 'metrics-server', ...ON);
    expect(again.code).toBe(0);
    expect(again.out).toContain('nothing to change');
  });

  it('changes nothing of what somebody else has brought, and names it', async () => {
    const d = desk();
    d.set('somebodys');
    d.set('others', 'APIService   <none>   v1beta1.metrics.k8s.io   <none>\n');
    expect((await d.run('list', ...ON)).out).toMatch(/^metrics-server +somebody else's/m);
    const added = await d.run('add', 'metrics-server', ...ON);
    expect(added.code).toBe(22);
    expect(added.err).toContain('not of kmon: apiservice v1beta1.metrics.k8s.io');
    const removed = await d.run('remove', 'metrics-server', ...ON);
    expect(removed.code).toBe(22);
    expect(removed.err).toContain("metrics-server on this cluster is somebody else's, and stays");
    expect(removed.err).toContain('by the means of whoever has installed it');
    const verified = await d.run('verify', 'metrics-server', ...ON);
    expect(verified.code).toBe(22);
    expect(verified.err).toContain("metrics-server on this cluster is somebody else's");
    expect(changing(d.calls())).toEqual([]);
  });

  it('bears the id of the folder it comes from, which is kept there, and goes from there alone', async () => {
    const d = desk();
    expect((await d.run('add', 'metrics-server', ...ON)).code).toBe(0);
    const owners = new Set(d.applied().match(/kmon\/owner: \S+/g));
    expect(owners.size).toBe(1);
    expect((await d.run('list', ...ON)).out).toMatch(/^metrics-server +yes +no /m);
    // From here on another folder is at work, whose kubectl leads to the same cluster.
    d.brought('ada-s-folder');
    expect((await d.run('list', ...ON)).out).toMatch(
      /^metrics-server +somebody else's \(kmon\/owner: ada-s-folder\) +no /m,
    );
    expect((await d.run('list', '--json', ...ON)).out).toContain('"owner":"kmon/owner: ada-s-folder"');
    const before = changing(d.calls()).length;
    const removed = await d.run('remove', 'metrics-server', ...ON);
    expect(removed.code).toBe(22);
    expect(removed.err).toContain(
      "metrics-server (kmon/owner: ada-s-folder) on this cluster is somebody else's, and stays",
    );
    expect(removed.err).toContain('kmon addon remove metrics-server --adopt ada-s-folder --context class');
    const one = await d.run('verify', 'metrics-server', ...ON);
    expect(one.code).toBe(22);
    expect(one.err).toContain("metrics-server (kmon/owner: ada-s-folder) on this cluster is somebody else's");
    const all = await d.run('verify', ...ON);
    expect(all.out).toContain(
      "no add-on from here; somebody else's: metrics-server (kmon/owner: ada-s-folder)",
    );
    d.set('differs');
    d.set('others', 'APIService   <none>   v1beta1.metrics.k8s.io   metrics-server   ada-s-folder\n');
    const added = await d.run('add', 'metrics-server', ...ON);
    expect(added.code).toBe(22);
    expect(added.err).toContain('made from another computer or folder (kmon/owner: ada-s-folder)');
    expect(added.err).toContain('kmon addon add metrics-server --adopt ada-s-folder --context class');
    expect(changing(d.calls())).toHaveLength(before);
    // All else that this folder has made keeps its owner.
    const kept = d.id();
    const adopted = await d.run('remove', 'metrics-server', '--adopt', 'ada-s-folder', ...ON);
    expect(adopted.code, adopted.err).toBe(0);
    expect(d.applied()).toBe('');
    expect(d.id()).toBe(kept);
  });

  it('makes one its own that is adopted, by the id that it has or by none', async () => {
    const d = desk();
    d.brought('ada-s-folder');
    d.set('differs');
    d.set('others', 'APIService   <none>   v1beta1.metrics.k8s.io   metrics-server   ada-s-folder\n');
    const added = await d.run('add', 'metrics-server', '--adopt', 'ada-s-folder', '--dry-run', ...ON);
    expect(added.code, added.err).toBe(0);
    expect(added.out + added.err).toContain('apply metrics-server');
    d.set('others', 'APIService   <none>   v1beta1.metrics.k8s.io   metrics-server   <none>\n');
    const refused = await d.run('add', 'metrics-server', '--dry-run', ...ON);
    expect(refused.code).toBe(22);
    expect(refused.err).toContain('kmon addon add metrics-server --adopt none --context class');
    expect((await d.run('add', 'metrics-server', '--adopt', 'none', '--dry-run', ...ON)).code).toBe(0);
    expect(d.id()).toBe('this-folder\n');
  });

  it.each(['', 'no', 'two words', '../../etc/passwd', 'kmon/owner'])('adopts no such id: %j', async (id) => {
    const d = desk();
    const wrong = await d.run('remove', 'metrics-server', '--adopt', id, ...ON);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('or none where there is no such label');
    expect(d.calls()).toEqual(['']);
  });

  it('changes nothing in a dry run, and says what it would', async () => {
    const d = desk();
    expect((await d.run('add', 'metrics-server', '--dry-run', ...ON)).out).toContain('apply metrics-server');
    d.brought();
    const plan = await d.run('remove', 'metrics-server', '--dry-run', ...ON);
    expect(plan.out + plan.err).toContain('remove service metrics-server in kube-system');
    expect(changing(d.calls())).toEqual([]);
  });

  it.each(['pushgateway', 'blackbox'])('asks which monitoring there is, for %s', async (addon) => {
    const d = desk();
    d.set('own-prometheus');
    const { err } = await d.run('add', addon, '--dry-run', ...ON);
    expect(err).not.toContain('unexpected');
    expect(d.calls().filter((call) => call.includes(' history kmon '))).not.toEqual([]);
    const verified = d.calls().length;
    await d.run('verify', addon, ...ON);
    expect(
      d
        .calls()
        .slice(verified)
        .filter((call) => call.includes(' history kmon ')),
    ).not.toEqual([]);
  });

  it('asks for no monitoring where it is no matter', async () => {
    const d = desk();
    await d.run('add', 'metrics-server', ...ON);
    await d.run('list', ...ON);
    expect(d.calls().filter((call) => call.startsWith('helm'))).toEqual([]);
  });

  it('proves nothing where there is nothing, and says so of the one that was named', async () => {
    const d = desk();
    const all = await d.run('verify', ...ON);
    expect(all.code).toBe(0);
    expect(all.out).toContain('the cluster has no add-on that kmon has brought');
    const one = await d.run('verify', 'metrics-server', ...ON);
    expect(one.code).toBe(22);
    expect(one.err).toContain('run `kmon addon add metrics-server --context class` first');
  });
});

describe('kmon addon', () => {
  it('explains to students without asking anybody, and without a kmon.yaml', async () => {
    const d = desk();
    const { code, out } = await d.run('list', '--explain');
    expect(code).toBe(0);
    expect(out).toMatch(/^metrics-server\n {2}en: .+\.\n {2}fr: .+\.$/m);
    expect(d.calls()).toEqual(['']);
  });

  it('is refused by a bundle that has no image of it, before anybody is asked', async () => {
    const d = desk('room: r\nparent: 192.0.2.10\nbundle: ./bundle\n');
    const { code, err } = await d.run('add', 'metrics-server');
    expect(code).not.toBe(0);
    expect(err).toContain('bundle');
  });

  it.each([
    ['add', 'metric-server', 'did you mean metrics-server?'],
    ['remove', 'METRICS', 'did you mean metrics-server?'],
    ['verify', 'dashbord', 'choose among: metrics-server'],
    ['add', '../metrics-server', 'there is no such add-on'],
    ['add', "metrics-server'; reboot", 'there is no such add-on'],
    ['remove', '', 'add-on'],
  ])('%s %s', async (command, name, told) => {
    const d = desk();
    const { code, err } = await d.run(command, name, ...ON);
    expect(code).toBe(2);
    expect(err).toContain(told);
    expect(d.calls()).toEqual(['']);
  });
});
