import { execFileSync } from 'node:child_process';
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
import { parseTranscript } from '../../../src/lesson/told-run.js';
import { runProgram } from '../../../src/cli/program.js';
import { tokenOf } from '../../support/team-token.js';
import { FakeIo } from './fake-io.js';

const SERVER = 'https://192.0.2.77:6443';
const now = Math.floor(Date.now() / 1000);
const TOKEN = tokenOf(now, now + 8 * 3600);

/** kubectl of somebody who has a cluster: it knows whether the teams were applied, and refuses by paths what a team has no right to. */
const KUBECTL = `#!/bin/sh
echo "$*" >>"$STATE/calls"
absent() { echo 'Error from server (NotFound): not there' >&2; exit 1; }
forbidden() { echo 'Error from server (Forbidden): User "u" cannot get resource "x"' >&2; exit 1; }
there() { [ -e "$STATE/applied" ]; }
mine() { printf '{"metadata":{"name":"%s","labels":{"app.kubernetes.io/managed-by":"kmon"%s}}}' "$1" "$2"; }
owner() { sed -n 's/.*kmon.owner: "\\(.*\\)"/\\1/p' "$STATE/applied" | head -n 1; }
team() { printf ',"kmon/team":"%s","kmon/owner":"%s"' "$1" "$(owner)"; }
if [ "$1 $2" = '--kubeconfig kubeconfig' ]; then
  grep -q 'namespace: "red"' kubeconfig && own=red other=blue || { own=blue other=red; }
  case "$*" in
    *' replace '*|*kube-system*|*proxy*|*rolebindings*|*kmon-teams*|*"namespaces/$other/"*|*'/v1/pods'|*'/v1/namespaces?'*) forbidden ;;
    *create*"/namespaces/$own/pods"*|*create*"/namespaces/$own/services"*) echo "Error from server (Forbidden): violates PodSecurity; ValidatingAdmissionPolicy 'kmon-team' denied request" >&2; exit 1 ;;
  esac
  exit 0
fi
case "$*" in
  *readyz*) echo ok ;;
  *'config view'*) echo '{"server":"${SERVER}","certificate-authority-data":"QUJD"}' ;;
  *'/api/v1/namespaces')
    printf '{"items":[{"metadata":{"name":"default"}}'
    [ ! -e "$STATE/taken" ] || printf ',{"metadata":{"name":"blue"}}'
    if there; then for t in red blue; do printf ,; mine $t "$(team $t)"; done; printf ,; mine kmon-teams; fi
    echo ']}' ;;
  *'/validatingadmissionpolic'*)
    [ ! -e "$STATE/old" ] || { echo 'Error from server (NotFound): the server could not find the requested resource' >&2; exit 1; }
    there && mine kmon-team || absent ;;
  *'/namespaces/kmon-teams/serviceaccounts?'*)
    printf '{"items":['; mine red "$(team red)"; printf ,; mine blue "$(team blue)"; echo ']}' ;;
  *'/namespaces/red/pods'|*'/namespaces/blue/pods') echo '{"items":[]}' ;;
  *'/clusterroles/'*|*'/clusterrolebindings/'*) there && mine kmon-team || absent ;;
  *'/api/v1/nodes') echo '{"items":[{"metadata":{"name":"w-1"},"status":{"conditions":[{"type":"Ready","status":"True"}],"allocatable":{"cpu":"4","memory":"8Gi"}}}]}' ;;
  *'/daemonsets') cat "$STATE/daemonsets" 2>/dev/null || echo '{"items":[]}' ;;
  *'/resourcequotas?'*) echo '{"items":[{"metadata":{"namespace":"red"},"spec":{"hard":{"pods":"10"}},"status":{"used":{"pods":"3"}}}]}' ;;
  *'/services') echo '{"items":[]}' ;;
  *' diff '*) cat >"$STATE/wanted"; there ;;
  *' apply '*) cat >"$STATE/applied" ;;
  *'create token'*) printf %s "$TOKEN" ;;
  *' delete '*) rm -f "$STATE/applied" ;;
  *) echo "unexpected: $*" >&2; exit 9 ;;
esac
`;

interface Desk {
  readonly cwd: string;
  readonly state: string;
  readonly folder: string;
  calls(): readonly string[];
  set(name: string, text?: string): void;
  run(
    ...words: readonly string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
}

function desk(teams = '{ names: [red, blue] }'): Desk {
  const folder = mkdtempSync(join(tmpdir(), 'kmon-test-'));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  const [bin, state, cwd] = [join(folder, 'bin'), join(folder, 'state'), join(folder, 'work')] as const;
  for (const made of [bin, state, cwd]) mkdirSync(made);
  writeFileSync(join(bin, 'kubectl'), KUBECTL);
  chmodSync(join(bin, 'kubectl'), 0o755);
  writeFileSync(join(cwd, 'kmon.yaml'), `room: r\nparent: 192.0.2.10\nteams: ${teams}\n`);
  vi.stubEnv('PATH', `${bin}${delimiter}${process.env['PATH'] ?? ''}`);
  vi.stubEnv('STATE', state);
  vi.stubEnv('TOKEN', TOKEN);
  const calls = join(state, 'calls');
  return {
    cwd,
    state,
    folder: join(cwd, '.kmon/contexts/class/teams'),
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []),
    set: (name, text = '') => {
      writeFileSync(join(state, name), text);
    },
    run: async (...words) => {
      const io = new FakeIo(cwd);
      const code = await runProgram(['teams', ...words, '--context', 'class', '--plain'], io);
      return { code, out: io.out.raw, err: io.err.raw };
    },
  };
}

const changing = (calls: readonly string[]): readonly string[] =>
  calls.filter((call) => / (?:apply|delete|create token) /.test(call));

describe('the transcript of a command about teams', () => {
  it.each([
    ['teams', [], 0],
    ['teams list', ['list'], 0],
    ['teams remove', ['remove', 'nobody', '--yes'], 2],
  ])('has the name of it, and its exit code: %s', async (command, words, exitCode) => {
    const d = desk();
    expect((await d.run(...words)).code).toBe(exitCode);
    const folder = join(d.cwd, '.kmon/contexts/class/transcripts');
    const [name = ''] = readdirSync(folder);
    expect(name).toMatch(new RegExp(`Z-${command.replace(' ', '-')}\\.jsonl$`));
    expect(parseTranscript(name, readFileSync(join(folder, name), 'utf8'))).toMatchObject({
      command,
      exitCode,
    });
  });
});

describe('the cards of the teams', () => {
  it('are written to no pipe', async () => {
    const d = desk();
    expect((await d.run()).code).toBe(0);
    execFileSync('mkfifo', [join(d.cwd, 'pipe')]);
    const refused = await d.run('card', '--out', 'pipe');
    expect(refused.code).toBe(22);
    expect(refused.err).toContain('pipe is there already, and is no page of cards that kmon wrote');
  });
});

describe('kmon teams --context', () => {
  it('makes the teams, proves them, and says what the network does not do', async () => {
    const d = desk();
    const made = await d.run();
    expect(made.err).toContain('what each may and may not is proven: red, blue');
    expect(made.code).toBe(0);
    expect(made.out).toMatch(/^red +- +- +- +3 of 10 +\.kmon\/contexts\/class\/teams\/red\.kubeconfig +20/m);
    expect(made.out).toContain(
      'network policies: none, since nothing in this cluster is known to enforce any',
    );
    expect((statSync(join(d.folder, 'red.kubeconfig')).mode & 0o777).toString(8)).toBe('600');
    expect([made.out, made.err, ...d.calls()].join()).not.toContain(TOKEN.slice(0, 20));
    const before = changing(d.calls()).length;
    const again = await d.run();
    expect(again.code).toBe(0);
    expect(again.out).toContain('nothing to change');
    expect(changing(d.calls())).toHaveLength(before);
  });

  it('writes a network policy where something is there that enforces it', async () => {
    const d = desk();
    d.set('daemonsets', '{"items":[{"metadata":{"name":"calico-node"}}]}');
    const made = await d.run();
    expect(made.out).toContain('that calico-node enforces it was not tried');
    expect(readFileSync(join(d.state, 'applied'), 'utf8')).toContain('kind: NetworkPolicy');
  });

  it('says what no rule holds where the API is too old for it, and makes none', async () => {
    const d = desk();
    d.set('old');
    const made = await d.run();
    expect(made.code).toBe(0);
    expect(made.out).toContain('older than Kubernetes 1.30: a team can put pods on a control plane');
    const kinds = (text: string): string => text.match(/^kind: .*/gm)?.join() ?? '';
    expect(kinds(readFileSync(join(d.state, 'applied'), 'utf8'))).not.toContain('Admission');
    const newer = desk();
    expect((await newer.run()).out).not.toContain('1.30');
    expect(kinds(readFileSync(join(newer.state, 'applied'), 'utf8'))).toContain('ValidatingAdmissionPolicy');
  });

  it('changes nothing in a dry run, and says what each would get', async () => {
    const d = desk();
    const dry = await d.run('--dry-run');
    expect(dry.code).toBe(0);
    expect(dry.out).toContain(
      'apply the teams red (1.6 CPU, 3276Mi, 10 pods), blue (1.6 CPU, 3276Mi, 10 pods)',
    );
    expect(dry.out).toContain('ask for a key of team red, good for 8 h');
    expect(changing(d.calls())).toEqual([]);
    expect(existsSync(d.folder)).toBe(false);
  });

  it('touches nothing where a name is no name of a namespace, or is taken', async () => {
    const d = desk('{ names: [red, default] }');
    const wrong = await d.run();
    expect(wrong.code).toBe(3);
    expect(wrong.err).toContain('team "default" cannot be a namespace');
    expect(d.calls()).toEqual([]);
    const taken = desk();
    taken.set('taken');
    const refused = await taken.run();
    expect(refused.code).toBe(22);
    expect(refused.err).toContain('there is a namespace blue already, and kmon did not make it');
    expect(changing(taken.calls())).toEqual([]);
  });
});

describe('kmon teams remove', () => {
  it('wants to be confirmed, and says how', async () => {
    const d = desk();
    const asked = await d.run('remove');
    expect(asked.code).toBe(2);
    expect(asked.err).toContain('kmon teams remove --yes --context class');
    expect(asked.err).toContain(
      'with all that is in no namespace, since there is none from here, needs to be confirmed',
    );
    expect(changing(d.calls())).toEqual([]);
    await d.run();
    const before = changing(d.calls()).length;
    expect((await d.run('remove')).err).toContain(
      'with all that is in the namespaces red, blue, needs to be',
    );
    expect(changing(d.calls())).toHaveLength(before);
  });

  it('takes no path for a team, and no team that nobody knows', async () => {
    const d = desk();
    writeFileSync(join(d.cwd, 'prod.kubeconfig'), 'mine');
    const path = await d.run('remove', '../../../../prod', '--yes');
    expect(path.code).toBe(2);
    expect(existsSync(join(d.cwd, 'prod.kubeconfig'))).toBe(true);
    expect((await d.run('card', '../red')).code).toBe(2);
    expect(d.calls()).toEqual([]);
    const unknown = await d.run('remove', 'rad', '--yes');
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('there is no team rad in kmon.yaml, in the cluster, or among the keys');
    expect(unknown.err).toContain('did you mean red? choose among: red, blue');
    expect(changing(d.calls())).toEqual([]);
  });

  it('leaves alone what another folder has made, until that is asked for by its id', async () => {
    const d = desk();
    await d.run();
    const id = readFileSync(join(d.folder, '../room-id'), 'utf8').trim();
    expect(readFileSync(join(d.state, 'applied'), 'utf8')).toContain(`kmon/owner: "${id}"`);
    rmSync(join(d.cwd, '.kmon'), { recursive: true });
    const before = changing(d.calls()).length;
    const refused = await d.run();
    expect(refused.code).toBe(22);
    expect(refused.err).toContain(
      `another computer or folder: team red (kmon/owner: ${id}), blue (kmon/owner: ${id})`,
    );
    expect(refused.err).toContain('kmon teams --context class --adopt ID');
    expect((await d.run('remove', '--yes')).err).toContain(id);
    expect((await d.run('list')).out).toContain(
      `made from another computer or folder: team red (kmon/owner: ${id})`,
    );
    expect(changing(d.calls())).toHaveLength(before);
    expect((await d.run('--adopt', id)).code).toBe(0);
    expect((await d.run('remove', '--yes')).code).toBe(0);
    expect(existsSync(join(d.state, 'applied'))).toBe(false);
  });

  it('takes teams and keys away, and has nothing to do the second time', async () => {
    const d = desk();
    await d.run();
    expect((await d.run('remove', '--yes')).code).toBe(0);
    expect(existsSync(join(d.folder, 'red.kubeconfig'))).toBe(false);
    expect((await d.run('list')).out).toContain('red: not made yet: run `kmon teams`');
    const again = await d.run('remove', '--yes');
    expect(again.out).toContain('nothing to change');
  });
});

describe('kmon teardown --context that nobody has confirmed', () => {
  it('names the namespaces of the teams that go', async () => {
    const d = desk();
    await d.run();
    const before = changing(d.calls()).length;
    const io = new FakeIo(d.cwd);
    expect(await runProgram(['teardown', '--context', 'class', '--plain'], io)).toBe(2);
    expect(io.err.raw).toContain(
      'the teams with all that is in the namespaces red, blue, off class needs to',
    );
    expect(changing(d.calls())).toHaveLength(before);
  });
});

describe('kmon teams card', () => {
  it('writes a page without a secret, again and again, and over nobody', async () => {
    const d = desk();
    await d.run();
    for (const _ of [1, 2]) expect((await d.run('card')).code).toBe(0);
    const page = readFileSync(join(d.cwd, 'team-cards.html'), 'utf8');
    expect(page).toContain(SERVER);
    expect(page).not.toContain(TOKEN);
    writeFileSync(join(d.cwd, 'mine.html'), 'mine');
    const refused = await d.run('card', '--out', 'mine.html');
    expect(refused.code).toBe(22);
    expect(readFileSync(join(d.cwd, 'mine.html'), 'utf8')).toBe('mine');
  });

  it('has the key of one team where that is asked for, for its owner alone', async () => {
    const d = desk();
    await d.run();
    expect((await d.run('card', '--with-key')).err).toContain('a page with the keys of all would open all');
    expect((await d.run('card', 'green')).err).toContain('there is no team green in kmon.yaml');
    const one = await d.run('card', 'blue', '--with-key', '--out', 'blue.html');
    expect(one.out).toContain('it holds the key of the team');
    const file = join(d.cwd, 'blue.html');
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    const [, data = ''] = /base64,([^"]+)"/.exec(readFileSync(file, 'utf8')) ?? [];
    expect(Buffer.from(data, 'base64').toString()).toContain(TOKEN);
  });

  it('wants a key to be there', async () => {
    const d = desk();
    expect((await d.run('card')).err).toContain('team red has no key on this computer');
  });
});
