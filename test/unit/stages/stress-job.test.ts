import { describe, expect, it } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { asks, does } from '../../support/scripted-runner.js';
import { assertShellSyntax } from '../tools/shell-syntax.js';
import { asksMetrics, asksNodes } from './answers.js';
import { goldenText } from './golden.js';
import {
  asksJob,
  asksPod,
  asksTeam,
  running,
  STRESS_JOB,
  teamLoad,
  withStress,
} from './scenarios-stress-job.js';
import { forStress } from '../../../src/stages/machine/for-addons.js';
import { parts, plannedIn, play } from './stage-run.js';

const stage = teamLoad(80, 6);
const { setting, bare, work } = STRESS_JOB;
const begun = [asksMetrics({ 'pc-11': 5 }), does('make a Job in red: 80 % CPU for 6 s')];
const ledger = [asks('ledger.jsonl')];

const events = (...items: readonly object[]) => asks('/namespaces/red/events', JSON.stringify({ items }));
const refused = (uid: string) => ({
  involvedObject: { kind: 'Job', name: 'kmon-stress-pc-11', namespace: 'red', uid },
  reason: 'FailedCreate',
  message:
    'Error creating: pods "kmon-stress-pc-11-x1" is forbidden: exceeded quota: kmon-team, requested: requests.cpu=3200m, used: requests.cpu=0, limited: requests.cpu=1600m',
});

describe('a load as the pod of a team', () => {
  it('types what is written down', async () => {
    const played = await play(stage, parts(bare, work), setting);
    expect(played).toMatchObject({ outcome: 'changed', because: 'the load is over' });
    await expect(goldenText(played)).toMatchFileSnapshot('__golden__/stress-job.txt');
    for (const { command } of played.journal) assertShellSyntax(command);
  });

  it('only says so in a dry run', async () => {
    const played = await play(stage, bare, { ...setting, dryRun: true });
    expect(played).toMatchObject({ outcome: 'planned' });
    expect(played.journal.filter(({ verb }) => verb !== 'query')).toEqual([]);
    expect(plannedIn(played)).toEqual([
      'see how it is without a load',
      'make a Job in red: 80 % CPU for 6 s',
      'wait until its pod runs',
      'watch the load for 6 s',
      'take the Job away',
      'see how it calms down',
    ]);
  });

  it('takes away first what an earlier run has left', async () => {
    const played = await play(
      stage,
      { parent: [asksTeam('kmon'), asksJob('kmon')] },
      { ...setting, dryRun: true },
    );
    expect(plannedIn(played)).toContain('take away the Job of an earlier load');
  });

  it('tells at once that the quota refuses it, in the words of the API, and leaves no Job', async () => {
    const played = await play(
      stage,
      parts(bare, {
        parent: [
          ...begun,
          asksPod(),
          asksJob('kmon'),
          // Of a Job of the same name, an hour ago.
          events(refused('another')),
          asksPod(),
          asksJob('kmon'),
          events(refused('another'), refused('the-uid')),
          does('take the Job away'),
        ],
        child: ledger,
      }),
      setting,
    );
    expect(played.error).toMatchObject({
      code: 'precondition',
      message:
        'there is no pod for it: exceeded quota: kmon-team, requested: requests.cpu=3200m, used: requests.cpu=0, limited: requests.cpu=1600m',
    });
    expect(played.error?.hint).toContain('-n red describe quota');
  });

  it('tells that no machine takes it', async () => {
    const status = {
      phase: 'Pending',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          message:
            "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector. no new claims",
        },
      ],
    };
    const affinity = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['pc-11'] }] }],
        },
      },
    };
    const pod = { metadata: { name: 'kmon-stress-pc-11-x1', namespace: 'red' }, spec: { affinity }, status };
    const pending = asks('status.phase%3DPending', JSON.stringify({ items: [pod] }));
    const backOffs = asks('reason%3DBackOff', JSON.stringify({ items: [] }));
    const waits = asksPod({ spec: { affinity }, status });
    const played = await play(
      stage,
      parts(bare, {
        parent: [
          ...begun,
          ...[waits, pending, backOffs, waits],
          ...[waits, pending, backOffs, waits],
          does('take the Job away'),
        ],
        child: ledger,
      }),
      setting,
    );
    expect(played.error).toMatchObject({
      code: 'not-verified',
      message: 'no machine takes kmon-stress-pc-11-x1',
    });
    expect(played.error?.evidence).toContain('1 Insufficient cpu');
  });

  it('names a pod that did not last, with how it ended', async () => {
    const killed = asksPod({
      status: {
        phase: 'Failed',
        containerStatuses: [
          { name: 'load', image: 'x', state: { terminated: { reason: 'OOMKilled', exitCode: 137 } } },
        ],
      },
    });
    const long = teamLoad(80, 60);
    const played = await play(
      long,
      parts(bare, {
        parent: [
          asksMetrics({ 'pc-11': 5 }),
          does('make a Job in red: 80 % CPU for 60 s'),
          running,
          asksMetrics({ 'pc-11': 80 }),
          killed,
          killed,
          does('take the Job away'),
          does('take the Job away'),
        ],
        child: ledger,
      }),
      setting,
    );
    expect(played.error).toMatchObject({ code: 'command', message: 'stress-ng ended 58 s too early' });
    expect(played.error?.evidence).toBe('OOMKilled, exit code 137');
  });

  it('takes the Job away on Ctrl-C, also while it waits for the pod', async () => {
    const interrupt = new AbortController();
    const played = await play(
      stage,
      parts(bare, {
        parent: [
          ...begun,
          asks('/namespaces/red/pods', () => {
            interrupt.abort(new KmonError('interrupted', 'stopped by Ctrl-C'));
            return JSON.stringify({ items: [] });
          }),
          asksJob('kmon'),
          events(),
          does('take the Job away'),
        ],
        child: ledger,
      }),
      { ...setting, signal: interrupt.signal },
    );
    expect(played.error).toMatchObject({ code: 'interrupted' });
  });

  it.each([
    ['no namespace', [asksTeam()], 'the team red has no namespace in the cluster yet'],
    ["somebody else's namespace", [asksTeam(null)], "the namespace red is somebody else's"],
    [
      "somebody else's Job",
      [asksTeam('kmon'), asksJob('Helm')],
      "the Job kmon-stress-pc-11 of the team red is not kmon's",
    ],
  ])('touches nothing where there is %s', async (_, parent, message) => {
    const played = await play(stage, { parent }, setting);
    expect(played.error).toMatchObject({ code: 'precondition', message });
  });

  it('says that the bundle has no image of it', async () => {
    const { error } = await play(
      stage,
      {},
      { ...setting, bundle: { ...withStress, parts: withStress.parts.slice(0, -1) } },
    );
    expect(error?.message).toMatch(/^the bundle .*has no image of stress-ng, which the pods run$/);
  });

  it('sends nothing to a child that is not in the cluster', async () => {
    const played = await play(forStress, { parent: [asksNodes({ name: 'pc-10' })] }, { bundle: withStress });
    expect(played.outcome).toBe('unchanged');
  });
});
