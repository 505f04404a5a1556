import { teamsRemoval } from '../../../src/stages/cluster/remove-teams.js';
import { makeTeams } from '../../../src/stages/cluster/teams.js';
import { PARENT } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Answer, Step } from '../../support/scripted-runner.js';
import type { Scenario } from './scenario.js';

export interface SampleNamespace {
  readonly name: string;
  readonly team?: string;
  readonly by?: string;
  readonly ending?: true;
  /** From where it was made; absent: from here. */
  readonly owner?: string;
}

/** What a room is that has made teams. */
export const FROM_HERE = { machine: PARENT, config: { roomId: 'the-room' } };

const absent: Answer = { exitCode: 1, stderr: 'Error from server (NotFound): it is not there' };

const objectBy = (by: string | undefined): Answer =>
  by === undefined
    ? absent
    : JSON.stringify({ metadata: { labels: { 'app.kubernetes.io/managed-by': by } } });

/** A look at what there is of teams in a cluster; `role`: who made the cluster role and, where it is not said, the policy. `accounts`: of each team when absent. */
export function asksStanding(
  namespaces: readonly SampleNamespace[],
  role?: string,
  accounts: readonly SampleNamespace[] = namespaces.filter(({ team }) => team !== undefined),
  fence = role,
): readonly Step[] {
  const items = namespaces.map(({ name, team, by, ending, owner = 'the-room' }) => ({
    metadata: {
      name,
      labels: {
        ...(by === undefined ? {} : { 'app.kubernetes.io/managed-by': by }),
        ...(team === undefined ? {} : { 'kmon/team': team, 'kmon/owner': owner }),
      },
      ...(ending === undefined ? {} : { deletionTimestamp: '2026-11-30T10:00:00Z' }),
    },
  }));
  return [
    asks(/get --raw \/api\/v1\/namespaces$/, JSON.stringify({ items })),
    ...(namespaces.some(({ name, by }) => name === 'kmon-teams' && by === 'kmon')
      ? [asksAccounts(accounts)]
      : []),
    asks('/clusterroles/kmon-team', objectBy(role)),
    asks('/clusterrolebindings/kmon-team', objectBy(role)),
    asks('/validatingadmissionpolicies/kmon-team', objectBy(fence)),
    asks('/validatingadmissionpolicybindings/kmon-team', objectBy(fence)),
  ];
}

function asksAccounts(accounts: readonly SampleNamespace[]): Step {
  const items = accounts.map(({ name, owner = 'the-room' }) => ({
    metadata: { name, labels: { 'kmon/team': name, 'kmon/owner': owner } },
  }));
  return asks('/namespaces/kmon-teams/serviceaccounts?', JSON.stringify({ items }));
}

/** The parent, which takes no ordinary pods, and a child of each kind. */
export const asksSizes = asks(
  'get --raw /api/v1/nodes',
  JSON.stringify({
    items: [
      ['pc-10', undefined],
      ['pc-11', 'red'],
      ['pc-12', undefined],
    ].map(([name, team]) => ({
      metadata: { name, labels: team === undefined ? {} : { 'kmon/team': team } },
      spec: name === 'pc-10' ? { taints: [{ key: 'x', effect: 'NoSchedule' }] } : {},
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        allocatable: { cpu: '4', memory: '8Gi' },
      },
    })),
  }),
);

export const NOTHING: readonly SampleNamespace[] = [{ name: 'default' }, { name: 'kube-system' }];
export const RED: readonly SampleNamespace[] = [
  ...NOTHING,
  { name: 'kmon-teams', by: 'kmon' },
  { name: 'red', team: 'red', by: 'kmon' },
];

/** Its accounts are gone. */
export const RED_ALONE = RED.filter(({ name }) => name !== 'kmon-teams');
const differs = asks(' diff ', { exitCode: 1, stdout: '+ a difference' });
const same = asks(' diff ', '');
const wanted = (
  namespaces: readonly SampleNamespace[],
  role: string | undefined,
  diff: Step,
): readonly Step[] => [...asksStanding(namespaces, role), asksSizes, diff];
const ending = RED.map((n): SampleNamespace => (n.by === undefined ? n : { ...n, ending: true }));

/** The teams in the cluster, and out of it. */
export const TEAMS: readonly Scenario[] = [
  {
    name: 'teams',
    stage: () => makeTeams,
    setting: FROM_HERE,
    bare: { parent: wanted(NOTHING, undefined, differs) },
    inferred: { parent: wanted(NOTHING, undefined, differs) },
    work: {
      parent: [
        asks('ledger.jsonl'),
        does('apply the teams red (3.2 CPU, 6553Mi, 20 pods)'),
        ...wanted(RED, 'kmon', same),
      ],
    },
    done: { parent: wanted(RED, 'kmon', same) },
  },
  {
    name: 'remove-team-accounts',
    stage: () => teamsRemoval()[0],
    setting: FROM_HERE,
    bare: { parent: asksStanding(RED, 'kmon') },
    inferred: { parent: asksStanding(RED, 'kmon') },
    work: {
      parent: [
        asks('ledger.jsonl'),
        does('remove namespace kmon-teams with all that is in it'),
        does('remove clusterrolebinding kmon-team'),
        does('remove clusterrole kmon-team'),
        ...asksStanding(ending),
        ...asksStanding(RED_ALONE),
      ],
    },
    done: { parent: asksStanding(RED_ALONE) },
  },
  {
    name: 'remove-teams',
    stage: () => teamsRemoval()[2],
    setting: FROM_HERE,
    bare: { parent: asksStanding(RED_ALONE, undefined, undefined, 'kmon') },
    inferred: { parent: asksStanding(RED_ALONE, undefined, undefined, 'kmon') },
    work: {
      parent: [
        asks('ledger.jsonl'),
        does('remove namespace red with all that is in it'),
        does('remove validatingadmissionpolicybinding kmon-team'),
        does('remove validatingadmissionpolicy kmon-team'),
        ...asksStanding(
          RED_ALONE.map((n): SampleNamespace => (n.by === undefined ? n : { ...n, ending: true })),
        ),
        ...asksStanding(NOTHING),
      ],
    },
    done: { parent: asksStanding(NOTHING) },
  },
];
