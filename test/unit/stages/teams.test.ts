import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { teamKubeconfig } from '../../../src/cluster/teams/kubeconfig.js';
import { trialsOf } from '../../../src/cluster/teams/proofs.js';
import { teamsRemoval } from '../../../src/stages/cluster/remove-teams.js';
import { teamKeys } from '../../../src/stages/cluster/team-keys.js';
import { makeTeams } from '../../../src/stages/cluster/teams.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { PARENT } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { tokenOf } from '../../support/team-token.js';
import { asksNodes } from './answers.js';
import { asksSizes, asksStanding, FROM_HERE, NOTHING, RED, RED_ALONE } from './scenarios-teams.js';
import type { SampleNamespace } from './scenarios-teams.js';
import { carriedOutIn, plannedIn, play } from './stage-run.js';

const parent = FROM_HERE;

describe('making the teams', () => {
  const refusedBy = async (namespaces: readonly SampleNamespace[], role?: string) => {
    const played = await play(makeTeams, { parent: asksStanding(namespaces, role) }, parent);
    expect(played.outcome).toBe('failed');
    expect(carriedOutIn(played)).toEqual([]);
    return played.error;
  };

  it('takes over no namespace that somebody else has made', async () => {
    const error = await refusedBy([...NOTHING, { name: 'red' }, { name: 'kmon-teams', by: 'Helm' }]);
    expect(error).toMatchObject({
      code: 'precondition',
      message: 'there is a namespace red, kmon-teams already, and kmon did not make them',
    });
    expect(error?.hint).toContain('nothing was changed');
    // Nor one of kmon's own for something else.
    expect((await refusedBy([...NOTHING, { name: 'red', by: 'kmon' }]))?.message).toContain(
      'did not make it',
    );
    expect((await refusedBy([...NOTHING, { name: 'red', by: 'kmon', team: 'blue' }]))?.message).toContain(
      'did not make it',
    );
  });

  it("takes over no cluster role of somebody else's", async () => {
    expect((await refusedBy(RED, 'Helm'))?.message).toContain('there is a cluster role kmon-team already');
  });

  it("takes over no admission policy of somebody else's", async () => {
    const played = await play(makeTeams, { parent: asksStanding(RED, 'kmon', undefined, 'Helm') }, parent);
    expect(carriedOutIn(played)).toEqual([]);
    expect(played.error?.message).toBe(
      'there is an admission policy kmon-team already, and kmon did not make it',
    );
  });

  it('waits for no namespace that is being removed', async () => {
    const error = await refusedBy([...NOTHING, { name: 'red', by: 'kmon', team: 'red', ending: true }]);
    expect(error?.message).toBe('the namespace red is still being removed');
  });

  it('wants machines that take pods', async () => {
    const none = asks('get --raw /api/v1/nodes', '{"items":[]}');
    const played = await play(makeTeams, { parent: [...asksStanding(NOTHING), none] }, parent);
    expect(played.error).toMatchObject({ code: 'precondition' });
    expect(played.error?.hint).toContain('kmon join-child');
  });

  it('does not ask a room for what enforces network policies: none of its networks does', async () => {
    const played = await play(
      makeTeams,
      { parent: [...asksStanding(RED, 'kmon'), asksSizes, asks(' diff ')] },
      parent,
    );
    const [diff] = played.journal.filter((g) => g.command.script.includes(' diff '));
    expect(diff?.command.stdin).toEqual(expect.stringContaining('kind: ResourceQuota'));
    expect(diff?.command.stdin).not.toEqual(expect.stringContaining('kind: NetworkPolicy'));
  });
});

describe('the keys of the teams', () => {
  const SERVER = 'https://kmon-parent:6443';
  const entry = asks('config view --raw --minify --flatten', JSON.stringify({ server: SERVER }));
  // The clock of a play begins there.
  const now = Date.UTC(2026, 0, 1) / 1000;
  const fresh = tokenOf(now - 3600, now + 8 * 3600);
  const old = tokenOf(now - 8 * 3600, now + 600);
  const served = asks('/validatingadmissionpolicies/kmon-team', '{}');
  const looked = [asksNodes({ name: 'pc-11' }), served];
  const trials = trialsOf('red', { node: 'pc-11', other: undefined, fenced: true });
  const ANSWERS = {
    allowed: '0',
    refused: '1 Error from server (Forbidden): User "u" cannot get resource "x"',
    unsafe:
      "1 Error from server (Forbidden): violates PodSecurity, and ValidatingAdmissionPolicy 'kmon-team' denied request",
  } as const;
  const tried = (otherwise: Readonly<Record<string, string>> = {}): Step =>
    asks('mktemp -d', trials.map(({ must, what }) => `${otherwise[what] ?? ANSWERS[must]}\n`).join(''));
  const token = (text = fresh): Step =>
    asks('create token red --namespace kmon-teams --duration 8h', `${text}\n`);

  function here(): { readonly machine: typeof PARENT; readonly config: { readonly stateDir: string } } {
    const folder = mkdtempSync(join(tmpdir(), 'kmon-test-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    return { machine: PARENT, config: { stateDir: join(folder, '.kmon') } };
  }

  const first = [entry, asks('ledger.jsonl'), token(), entry, ...looked, tried()];

  it('are asked for, kept for their owner alone, and proven by that very file', async () => {
    const room = here();
    const played = await play(teamKeys, { parent: first }, room);
    const file = teamKubeconfig(room.config, 'red');
    expect(played.error).toBeUndefined();
    expect(played).toMatchObject({ outcome: 'changed', because: 'what each may and may not is proven: red' });
    expect(plannedIn(played)).toEqual([
      'ask for a key of team red, good for 8 h',
      `write ${file} on this computer`,
    ]);
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(fresh);
    expect(text).toContain('https://192.0.2.10:6443');
    const told = JSON.stringify([played.events, played.journal.map(({ command }) => command.script)]);
    for (const part of fresh.split('.')) expect(told).not.toContain(part);
  });

  it('are not asked for a second time, and proven all the same', async () => {
    const room = here();
    await play(teamKeys, { parent: first }, room);
    const again = await play(teamKeys, { parent: [entry, ...looked, tried()] }, room);
    expect(again.outcome).toBe('unchanged');
  });

  it('are not written in a dry run', async () => {
    const room = here();
    const dry = await play(teamKeys, { parent: [entry] }, { ...room, dryRun: true });
    expect(dry.outcome).toBe('planned');
    expect(() => statSync(room.config.stateDir)).toThrow('ENOENT');
  });

  it('are others when they are over soon, or the cluster does not take them', async () => {
    const room = here();
    await play(
      teamKeys,
      { parent: [entry, asks('ledger.jsonl'), token(old), ...Array<Step[]>(6).fill([entry]).flat()] },
      room,
    );
    const renewed = await play(teamKeys, { parent: first }, room);
    expect(renewed.outcome).toBe('changed');
    const notTaken = asks('mktemp -d', '1 error: You must be logged in to the server (Unauthorized)\n');
    const after = await play(
      teamKeys,
      { parent: [entry, ...looked, notTaken, asks('ledger.jsonl'), token(), entry, ...looked, tried()] },
      room,
    );
    expect(after.outcome).toBe('changed');
  });

  it('are seen not to be taken before anything is made, also where another team has none yet', async () => {
    const room = here();
    await play(teamKeys, { parent: first }, room);
    const both = { ...room, config: { ...room.config, teams: { ...DEFAULTS.teams, names: ['blue'] } } };
    const notTaken = asks('mktemp -d', '1 error: You must be logged in to the server (Unauthorized)\n');
    const of = (team: string): Step => asks(`create token ${team} --namespace kmon-teams`, `${fresh}\n`);
    const played = await play(
      teamKeys,
      {
        parent: [
          ...[entry, ...looked, notTaken, asks('ledger.jsonl'), of('red'), of('blue')],
          ...[entry, ...looked, tried(), tried()],
        ],
      },
      both,
    );
    expect(played.error).toBeUndefined();
    expect(played.because).toBe('what each may and may not is proven: red, blue');
  });

  it('fail their proof by the name of the team and the verb', async () => {
    const room = here();
    await play(teamKeys, { parent: first }, room);
    const wrong = { 'list the secrets of kube-system': '0' };
    // It is looked at until its time is over, and the nodes are asked once a second at most.
    const looks = Array.from({ length: 7 }, () => [entry, ...looked, tried(wrong)]).flat();
    const played = await play(teamKeys, { parent: looks }, room);
    expect(played.error).toMatchObject({
      code: 'not-verified',
      message: 'team red may list the secrets of kube-system, which must be refused',
    });
    expect(played.error?.hint).toContain('run `kmon teams` again');
  });

  it('go with the teams, and alone with one of them', async () => {
    const room = here();
    mkdirSync(join(room.config.stateDir, 'teams'), { recursive: true });
    for (const team of ['red', 'blue']) writeFileSync(teamKubeconfig(room.config, team), '');
    const [, one] = teamsRemoval('red');
    await play(one, { parent: [asks('ledger.jsonl')] }, room);
    expect(() => statSync(teamKubeconfig(room.config, 'red'))).toThrow('ENOENT');
    expect(statSync(teamKubeconfig(room.config, 'blue')).isFile()).toBe(true);
    const [, all] = teamsRemoval();
    expect(plannedIn(await play(all, { parent: [asks('ledger.jsonl')] }, room))).toEqual([
      `remove ${teamKubeconfig(room.config, 'blue')} from this computer`,
    ]);
    expect((await play(all, {}, room)).outcome).toBe('unchanged');
  });
});

const BLUE: SampleNamespace = { name: 'blue', team: 'blue', by: 'kmon' };

describe('removing one team', () => {
  it('touches no other, and takes its account first', async () => {
    const two = [...RED, BLUE];
    const [accounts, , namespaces] = teamsRemoval('red');
    const first = await play(
      accounts,
      {
        parent: [
          ...asksStanding(two, 'kmon'),
          asks('ledger.jsonl'),
          does('remove serviceaccount red in kmon-teams'),
          ...asksStanding(two, 'kmon', [BLUE]),
        ],
      },
      parent,
    );
    expect(first).toMatchObject({ outcome: 'changed', because: 'team red has no account' });
    const then = await play(
      namespaces,
      {
        parent: [
          ...asksStanding(two, 'kmon', [BLUE]),
          asks('ledger.jsonl'),
          does('remove namespace red with all that is in it'),
          ...asksStanding([...RED.filter(({ name }) => name !== 'red'), BLUE], 'kmon', [BLUE]),
        ],
      },
      parent,
    );
    expect(then).toMatchObject({ outcome: 'changed', because: 'there is no team red of kmon' });
  });

  it('takes its account also where its namespace was removed by hand', async () => {
    const gone = RED.filter(({ name }) => name !== 'red');
    const red: SampleNamespace = { name: 'red', team: 'red', by: 'kmon' };
    const played = await play(
      teamsRemoval('red')[0],
      {
        parent: [
          ...asksStanding(gone, 'kmon', [red]),
          asks('ledger.jsonl'),
          does('remove serviceaccount red in kmon-teams'),
          ...asksStanding(gone, 'kmon'),
        ],
      },
      parent,
    );
    expect(played.outcome).toBe('changed');
  });

  it("removes nothing that somebody else has made under kmon's names", async () => {
    const others = [...NOTHING, { name: 'red' }, { name: 'kmon-teams', by: 'Helm' }];
    const [accounts, , namespaces] = teamsRemoval();
    for (const stage of [accounts, namespaces]) {
      const played = await play(stage, { parent: asksStanding(others, 'Helm') }, parent);
      expect(played.outcome).toBe('unchanged');
    }
  });
});

describe('teams that kmon made from another computer', () => {
  const theirs = { ...BLUE, owner: 'another-room' };
  const both = [...RED, theirs];

  it('are left alone, with what all share, and named', async () => {
    const [accounts, , namespaces] = teamsRemoval();
    const first = await play(
      accounts,
      {
        parent: [
          ...asksStanding(both, 'kmon'),
          asks('ledger.jsonl'),
          does('remove serviceaccount red in kmon-teams'),
          ...asksStanding(both, 'kmon', [theirs]),
        ],
      },
      parent,
    );
    expect(carriedOutIn(first)).toEqual(['remove serviceaccount red in kmon-teams']);
    const left = [...RED.filter(({ name }) => name !== 'red'), theirs];
    const then = await play(namespaces, { parent: asksStanding(left, 'kmon', [theirs]) }, parent);
    expect(then.outcome).toBe('unchanged');
    expect(then.because).toContain(
      'none of kmon from here; made from another computer or folder: team blue (kmon/owner: another-room)',
    );
  });

  it('are not taken over, by their namespace or by their account alone', async () => {
    const red: SampleNamespace = { name: 'red', team: 'red', by: 'kmon', owner: 'another-room' };
    const keys = RED.filter(({ name }) => name !== 'red');
    for (const there of [asksStanding([...keys, red]), asksStanding(keys, 'kmon', [red])]) {
      const played = await play(makeTeams, { parent: there }, parent);
      expect(carriedOutIn(played)).toEqual([]);
      expect(played.error).toMatchObject({
        code: 'precondition',
        message: 'made from another computer or folder: team red (kmon/owner: another-room)',
      });
    }
  });
});

describe('a namespace that waits for a computer that was closed', () => {
  const ending = RED_ALONE.map((n): SampleNamespace => (n.name === 'red' ? { ...n, ending: true } : n));
  const pod = (name: string, node: string): object => ({
    metadata: { name, namespace: 'red', deletionTimestamp: '2026-11-30T10:00:00Z' },
    spec: { nodeName: node },
    status: { phase: 'Running' },
  });
  const pods = (...items: readonly object[]): Step => asks('/namespaces/red/pods', JSON.stringify({ items }));
  const nodes = asksNodes({ name: 'pc-11' }, { name: 'pc-12', ready: 'unknown' });

  it('is not waited for in vain: what holds it is named, and what to do', async () => {
    const look = asksStanding(ending);
    const held = [...look, pods(pod('web-1', 'pc-12')), nodes];
    // A look a second, and what holds it every three.
    const three = [...look, ...look, ...look];
    const played = await play(
      teamsRemoval('red')[2],
      { parent: [...look, ...look, ...three, ...held, ...three, ...held] },
      parent,
    );
    expect(played.error).toMatchObject({
      code: 'not-verified',
      message: 'red cannot go: pc-12 does not answer, and still has red/web-1 on pc-12',
    });
    expect(played.error?.hint).toBe(
      'start pc-12 again, or take it out of the cluster (kmon teardown --only pc-12); then run `kmon teams remove red` again',
    );
  });
});
