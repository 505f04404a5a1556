import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runProgram } from '../../../src/cli/program.js';
import { HELM, KUBECTL, NAMES, metrics, node } from './cluster-programs.js';
import { FakeIo } from './fake-io.js';
import { KIND, MINIKUBE } from './local-tools.js';

const PROGRAMS = {
  kind: KIND,
  minikube: MINIKUBE,
  kubectl: KUBECTL,
  helm: HELM,
  docker: '#!/bin/sh\nexit 9\n',
};
type Program = keyof typeof PROGRAMS;
const ALL: readonly Program[] = ['kind', 'minikube', 'kubectl', 'helm', 'docker'];

interface Desk {
  readonly cwd: string;
  readonly state: string;
  /** What is kept of the cluster that kind makes. */
  readonly kept: string;
  calls(): readonly string[];
  changes(): readonly string[];
  is(name: string, text?: string): void;
  run(...more: readonly string[]): Promise<{ readonly exitCode: number; readonly out: string }>;
}

function desk(programs: readonly Program[] = ALL): Desk {
  const folder = mkdtempSync(join(tmpdir(), "kmon-it's-"));
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
  for (const name of programs) {
    writeFileSync(join(bin, name), PROGRAMS[name]);
    chmodSync(join(bin, name), 0o755);
  }
  writeFileSync(join(state, 'nodes.json'), JSON.stringify({ kind: 'NodeList', items: NAMES.map(node) }));
  writeFileSync(join(state, 'metrics.json'), JSON.stringify(metrics()));
  writeFileSync(join(state, 'services.json'), JSON.stringify({ items: [SERVICE] }));
  vi.stubEnv('PATH', `${bin}${delimiter}${process.env['PATH'] ?? ''}`);
  vi.stubEnv('STATE', state);
  vi.stubEnv('KUBECONFIG', undefined);
  const calls = (): readonly string[] => {
    const file = join(state, 'calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  };
  return {
    cwd,
    state,
    kept: join(cwd, '.kmon/contexts/kind-kmon-solo'),
    calls,
    changes: () =>
      calls().filter((call) =>
        /^(kind (create|delete|export)|minikube (start|delete))|^helm .* upgrade| apply /.test(call),
      ),
    is: (name, text = '') => {
      writeFileSync(join(state, name), text);
    },
    run: async (...more) => {
      const io = Object.assign(new FakeIo(cwd), { env: { PATH: bin } });
      const exitCode = await runProgram(['solo', '--plain', ...more], io);
      return { exitCode, out: `${io.out.raw}\n${io.err.raw}` };
    },
  };
}

const SERVICE = {
  metadata: { namespace: 'monitoring', name: 'kmon-prometheus', labels: {} },
  spec: { clusterIP: '10.96.0.9', ports: [{ name: 'http', port: 9090 }] },
};

/** Of a program that has ended. */
const DEAD = 2 ** 22 + 1;
const record = (more: object = {}): string =>
  JSON.stringify({ tool: 'kind', id: 'an-id-of-it', profile: 'lite', pid: DEAD, made: false, ...more });

function halfMade(here: Desk, more: object = {}): void {
  mkdirSync(here.kept, { recursive: true });
  writeFileSync(join(here.kept, 'solo.json'), record(more));
  here.is('kind-clusters', 'kmon-solo\n');
}

describe('kmon solo', () => {
  it('makes a cluster, measures it, says how it is opened, and changes nothing a second time', async () => {
    const here = desk();
    const first = await here.run();
    expect(first.out).toContain('targets up 2/2');
    expect(first.exitCode, first.out).toBe(0);
    const { kept } = here;
    const quoted = `'${join(kept, 'kubeconfig').replaceAll("'", `'\\''`)}'`;
    expect(first.out).toContain(
      `prometheus: kubectl --kubeconfig ${quoted} -n monitoring port-forward service/kmon-prometheus 9090:9090, then open http://127.0.0.1:9090/`,
    );
    expect(first.out).toContain(
      `export KUBECONFIG=${quoted}, then kubectl, or kmon with --context kind-kmon-solo`,
    );
    expect(here.calls().filter((call) => call.startsWith('kind create'))).toEqual([
      `kind create cluster --name kmon-solo --config ${kept}/kind.yaml --kubeconfig ${kept}/kubeconfig --wait 5m`,
    ]);
    expect(readFileSync(join(here.state, 'description'), 'utf8')).toContain('role: worker');
    const made = here.changes().length;
    const second = await here.run();
    expect(second.exitCode, second.out).toBe(0);
    expect(here.changes().slice(made)).toEqual([]);
    expect(second.out).toContain('kmon-solo is there, and measured');
  });

  it("leads everything to its own kubeconfig, and leaves the owner's alone", async () => {
    const here = desk();
    await here.run();
    for (const call of here.calls().filter((c) => /^(kubectl|helm) /.test(c)))
      expect(call).toMatch(
        /^(kubectl|helm) --kubeconfig \S+\/contexts\/kind-kmon-solo\/kubeconfig --(kube-)?context kind-kmon-solo /,
      );
    expect(readdirSync(here.cwd)).toEqual(['.kmon']);
    expect(readdirSync(here.kept).toSorted()).toEqual(
      ['grafana-password', 'kind.yaml', 'kubeconfig', 'solo.json', 'transcripts'].toSorted(),
    );
    expect((statSync(join(here.kept, 'solo.json')).mode & 0o777).toString(8)).toBe('600');
  });

  it('gives it back, proves it, and has nothing to do a second time', async () => {
    const here = desk();
    await here.run();
    const { exitCode, out } = await here.run('--remove');
    expect(exitCode, out).toBe(0);
    expect(out).toContain('kind has no cluster kmon-solo');
    expect(existsSync(join(here.state, 'kind-clusters'))).toBe(false);
    expect(readdirSync(here.kept)).toEqual(['transcripts']);
    const before = here.changes().length;
    const again = await here.run('--remove');
    expect(again.exitCode).toBe(0);
    expect(again.out).toContain('there is no cluster that kmon solo has made from this folder');
    expect(here.changes().slice(before)).toEqual([]);
  });

  it('says in a dry run what it would do, and does none of it', async () => {
    const here = desk();
    const { exitCode, out } = await here.run('--dry-run');
    expect(exitCode, out).toBe(0);
    for (const line of ['make the cluster kmon-solo with kind', 'note in ', 'helm upgrade --install kmon'])
      expect(out).toContain(line);
    expect(here.changes()).toEqual([]);
    expect(existsSync(join(here.kept, 'solo.json'))).toBe(false);
    await here.run();
    const removal = await here.run('--remove', '--dry-run');
    expect(removal.out).toContain('delete the cluster kmon-solo with kind, and all that is on it');
    expect(existsSync(join(here.state, 'kind-clusters'))).toBe(true);
  });

  it('does the same with minikube, which goes on with one that was stopped', async () => {
    const here = desk(['minikube', 'kubectl', 'helm']);
    const { exitCode, out } = await here.run();
    expect(exitCode, out).toBe(0);
    const kept = join(here.cwd, '.kmon/contexts/kmon-solo');
    const starts = (): readonly string[] => here.calls().filter((call) => call.startsWith('minikube start'));
    expect(starts()).toEqual([
      expect.stringMatching(
        /^minikube start --profile kmon-solo --nodes 2 --wait all --embed-certs --interactive=false --extra-config kubelet.node-labels=kmon\/solo=[0-9a-f-]{36}$/,
      ),
    ]);
    expect(new Set(readFileSync(join(here.state, 'environment'), 'utf8').trim().split('\n'))).toEqual(
      new Set([`KUBECONFIG=${kept}/kubeconfig`]),
    );
    here.is('gone');
    const again = await here.run();
    expect(again.exitCode, again.out).toBe(0);
    expect(starts()[1]).toBe(starts()[0]);
    const removed = await here.run('--remove');
    expect(removed.exitCode, removed.out).toBe(0);
    expect(readdirSync(kept)).toEqual(['transcripts']);
  });

  describe('what is not its own', () => {
    it.each([
      [
        'that nothing here knows of',
        async (here: Desk) => {
          here.is('kind-clusters', 'kmon-solo\n');
        },
      ],
      [
        'that was made anew by hand under the same name',
        async (here: Desk) => {
          await here.run();
          here.is('authority', 'T1RIRVI=');
        },
      ],
    ])('is neither used nor deleted: one %s', async (_, plant) => {
      const here = desk();
      await plant(here);
      const before = here.changes().length;
      for (const args of [[], ['--remove']]) {
        const { exitCode, out } = await here.run(...args);
        if (args.length === 1 && out.includes('there is no cluster that kmon solo has made')) continue;
        expect(exitCode).toBe(22);
        expect(out).toContain('kind has a cluster kmon-solo that was not made from this folder');
        expect(out).toContain('kind delete cluster --name kmon-solo');
      }
      expect(here.changes().slice(before)).toEqual([]);
    });

    it('is a profile of minikube with another id, or none', async () => {
      for (const label of ['kmon/solo=somebody', 'a=b']) {
        const here = desk(['minikube', 'kubectl', 'helm']);
        await here.run();
        here.is('profile', label);
        const before = here.changes().length;
        for (const args of [[], ['--remove']]) {
          const { exitCode, out } = await here.run(...args);
          expect(out).toContain('minikube has a cluster kmon-solo that was not made from this folder');
          expect(exitCode).toBe(22);
        }
        expect(here.changes().slice(before)).toEqual([]);
      }
    });
  });

  it('makes anew what a killed run has left half made, and removes it', async () => {
    const here = desk();
    halfMade(here);
    const { exitCode, out } = await here.run();
    expect(exitCode, out).toBe(0);
    expect(here.changes().slice(0, 2)).toEqual([
      expect.stringMatching(/^kind delete cluster /),
      expect.stringMatching(/^kind create cluster /),
    ]);
    const other = desk();
    halfMade(other);
    const removed = await other.run('--remove');
    expect(removed.exitCode, removed.out).toBe(0);
    expect(readdirSync(other.kept)).toEqual(['transcripts']);
  });

  it('leaves alone what another kmon is making', async () => {
    const here = desk();
    halfMade(here, { pid: process.ppid });
    for (const args of [[], ['--remove']]) {
      const { exitCode, out } = await here.run(...args);
      expect(exitCode).toBe(22);
      expect(out).toContain(`another kmon (pid ${process.ppid}) is making kmon-solo`);
    }
    expect(here.changes()).toEqual([]);
  });

  it('writes a lost kubeconfig again, and deletes nothing for it', async () => {
    const here = desk();
    await here.run();
    rmSync(join(here.kept, 'kubeconfig'));
    const before = here.changes().length;
    const { exitCode, out } = await here.run();
    expect(exitCode, out).toBe(0);
    expect(here.changes().slice(before)).toEqual([
      `kind export kubeconfig --name kmon-solo --kubeconfig ${here.kept}/kubeconfig`,
    ]);
  });

  it('says how a stopped cluster of kind is started', async () => {
    const here = desk();
    await here.run();
    here.is('gone');
    here.is('stopped');
    const { exitCode, out } = await here.run();
    expect(exitCode).toBe(22);
    expect(out).toContain('the cluster kmon-solo is there and does not answer');
    expect(out).toContain('docker start kmon-solo-control-plane kmon-solo-worker');
    expect((await here.run('--remove')).exitCode).toBe(0);
  });

  it.each(['kind get clusters', 'kind create', 'kind delete', 'kind get kubeconfig'])(
    'goes on, and gives back, after `%s` failed once',
    async (words) => {
      const here = desk();
      here.is('fail', words);
      const first = await here.run();
      if (words === 'kind get clusters' || words === 'kind create') {
        expect(first.exitCode).toBe(words === 'kind create' ? 20 : 22);
        expect(first.out).toContain('ERROR: the test wants it so');
        // Nothing is left that would take a cluster of somebody's for kmon's.
        expect(existsSync(join(here.kept, 'solo.json'))).toBe(false);
      }
      const second = await here.run();
      expect(second.exitCode, second.out).toBe(0);
      await here.run('--remove');
      const removed = await here.run('--remove');
      expect(removed.exitCode, removed.out).toBe(0);
      expect(readdirSync(here.kept)).toEqual(['transcripts']);
      expect(existsSync(join(here.state, 'kind-clusters'))).toBe(false);
    },
  );

  it('tells in its own words why kind cannot be asked', async () => {
    const here = desk();
    here.is('down');
    const { exitCode, out } = await here.run();
    expect(exitCode).toBe(22);
    expect(out).toContain('kind cannot say which clusters there are');
    expect(out).toContain('Is the docker daemon running?');
    expect(out).toContain('export KIND_EXPERIMENTAL_PROVIDER=podman');
  });

  it.each([
    [
      ['kubectl', 'helm'],
      [],
      'there is neither kind nor minikube on this computer',
      '`kmon lab up` makes a whole room',
    ],
    [
      ['kind', 'kubectl', 'helm'],
      [],
      'kind is here, and none of docker, podman, nerdctl',
      'install Docker or podman',
    ],
    [['kind', 'docker'], [], 'there is no kubectl and no helm on this computer', 'install kubectl and helm'],
    [['minikube', 'kubectl', 'helm'], ['--with', 'kind'], 'there is no kind on this computer', 'install it'],
  ] as const)('says what is missing with %j %j', async (programs, args, says, remedy) => {
    const here = desk(programs);
    const { exitCode, out } = await here.run(...args);
    expect(exitCode).toBe(22);
    expect(out).toContain(says);
    expect(out).toContain(remedy);
    expect(here.changes()).toEqual([]);
    expect(readdirSync(here.cwd)).toEqual([]);
  });

  it('takes minikube where kind has nothing to make nodes in, and stays with what it has made', async () => {
    const here = desk(['kind', 'minikube', 'kubectl', 'helm']);
    const { exitCode, out } = await here.run();
    expect(exitCode, out).toBe(0);
    expect(here.calls().some((call) => call.startsWith('kind create'))).toBe(false);
    const other = await here.run('--with', 'kind');
    expect(other.exitCode).toBe(22);
    expect(other.out).toContain('the cluster of this folder was made with minikube');
  });

  it.each([
    [['--with', 'k3d'], "option '--with <tool>' argument 'k3d' is invalid"],
    [['--profile', 'existing'], 'give one of lite, stack'],
    [['--remove', '--profile', 'lite'], '--remove'],
  ])('refuses %j', async (args, says) => {
    const here = desk();
    const { exitCode, out } = await here.run(...args);
    expect(exitCode).toBe(2);
    expect(out).toContain(says);
    expect(here.calls()).toEqual([]);
  });

  it('gives data with --json', async () => {
    const here = desk();
    const { out } = await here.run('--json');
    const lines = out
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(lines.filter(({ type }) => type === 'result')).toHaveLength(1);
    expect(JSON.stringify(lines)).toContain('"context":"kind-kmon-solo"');
    expect(lines.filter(({ type }) => type === 'end' || type === 'exit').length).toBeLessThanOrEqual(1);
  });
});
