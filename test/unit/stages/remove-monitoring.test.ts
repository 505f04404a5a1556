import { describe, expect, it } from 'vitest';
import { DEFINITIONS } from '../../../src/addons/stack/names.js';
import { removeMonitoring } from '../../../src/stages/cluster/remove-monitoring.js';
import { PARENT } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { noExisting, noRelease, noStack } from './scenarios-monitoring.js';
import { plannedIn, play } from './stage-run.js';

const digest = `kmon sha256:${'1'.repeat(64)}`;
const release = (name: string, description = digest): Step =>
  asks(`history ${name} `, JSON.stringify([{ revision: 1, status: 'deployed', chart: 'a-1', description }]));
const noSecret = asks('/secrets/kmon-grafana-admin', { exitCode: 1 });
const noAddresses = asks('/secrets/kmon-alerts', { exitCode: 1 });
const definitions = (by: string): Step =>
  asks('get customresourcedefinitions', DEFINITIONS.map((name) => `${name} ${by} v`).join('\n'));
/** What `kmon watch-app` has left: nothing. */
const unwatched: readonly Step[] = [
  asks('get services --all-namespaces'),
  asks('get customresourcedefinitions servicemonitors.monitoring.coreos.com podmonitors'),
];
const none: readonly Step[] = [
  ...unwatched,
  ...[noRelease, noSecret, noAddresses, noStack, asks('get customresourcedefinitions')],
  ...[asks('--selector kmon/addon=stack'), noSecret, noAddresses, noExisting],
];
const setting = { machine: PARENT };

/** What is seen of the profile `stack` where all of it is there. */
const there = (owners: string, watched = unwatched, existing = noExisting): readonly Step[] => [
  ...watched,
  ...[noRelease, asks('/secrets/kmon-grafana-admin'), asks('/secrets/kmon-alerts')],
  ...[release('kmon-stack'), definitions('kmon')],
  asks(
    '--selector kmon/addon=stack',
    'configmap/kmon-room-dashboard\nscrapeconfig.monitoring.coreos.com/observed-mac\n',
  ),
  ...[asks('/secrets/kmon-grafana-admin'), asks('/secrets/kmon-alerts')],
  asks('--all-namespaces', owners),
  existing,
];
const objects = [
  'remove secret kmon-grafana-admin in monitoring',
  'remove secret kmon-alerts in monitoring',
  'remove configmap kmon-room-dashboard in monitoring',
  'remove scrapeconfig.monitoring.coreos.com observed-mac in monitoring',
];

describe('taking the monitoring away', () => {
  it('removes the release, what came of it outside, what was applied, and last the definitions', async () => {
    const owners = 'monitoring kmon-prometheus kmon-stack <none>\nmonitoring observed-mac <none> stack\n';
    const intents = [
      'helm uninstall kmon-stack',
      'remove service kmon-kubelet in kube-system',
      'remove endpoints kmon-kubelet in kube-system',
      ...objects,
      ...DEFINITIONS.map((name) => `remove customresourcedefinition ${name}`),
    ];
    const played = await play(
      removeMonitoring,
      { parent: [...there(owners), asks('ledger.jsonl'), ...intents.map((intent) => does(intent)), ...none] },
      setting,
    );
    expect(played).toMatchObject({ outcome: 'changed', because: 'there is none of kmon' });
    expect(plannedIn(played)).toEqual(intents);
  });

  it('leaves the definitions where somebody else has an object of their kinds, and says so', async () => {
    const owners = 'monitoring kmon-prometheus kmon-stack <none>\nteam-red ours <none> <none>\n';
    const played = await play(removeMonitoring, { parent: there(owners) }, { ...setting, dryRun: true });
    expect(plannedIn(played)).toEqual([
      ...['helm uninstall kmon-stack', 'remove service kmon-kubelet in kube-system'],
      ...['remove endpoints kmon-kubelet in kube-system', ...objects],
    ]);
    expect(played.events.flatMap((e) => (e.type === 'note' ? [e.text] : []))).toEqual([
      "the kinds of object of Prometheus' operator stay: 1 of them are somebody else's, such as ours in team-red",
    ]);
  });

  it("takes its marks off somebody's Services, and its monitors of them away, before all else", async () => {
    const both = 'servicemonitors.monitoring.coreos.com kmon v\npodmonitors.monitoring.coreos.com kmon v\n';
    const watched = [
      asks('get services --all-namespaces --selector kmon/watch ', 'Service  red  shop\n'),
      asks('get customresourcedefinitions servicemonitors.monitoring.coreos.com podmonitors', both),
      asks('--selector kmon/watch=monitor', 'ServiceMonitor  red  kmon-watch-shop\n'),
    ];
    // Its monitors are no reason for the definitions to stay.
    const owners = 'red kmon-watch-shop <none> watch-app\n';
    const played = await play(
      removeMonitoring,
      { parent: there(owners, watched) },
      { ...setting, dryRun: true },
    );
    expect(plannedIn(played).slice(0, 3)).toEqual([
      'take the marks off the Service shop in red',
      'remove servicemonitor kmon-watch-shop in red',
      'helm uninstall kmon-stack',
    ]);
    expect(plannedIn(played)).toContain(
      'remove customresourcedefinition servicemonitors.monitoring.coreos.com',
    );
  });

  const failed = { revision: 2, status: 'failed', chart: 'a-1', description: 'Upgrade "x" failed: y' };
  const own = { revision: 1, status: 'deployed', chart: 'a-1', description: digest };
  const withStack = (...revisions: object[]): readonly Step[] => [
    ...unwatched,
    ...[noRelease, noSecret, noAddresses, asks('history kmon-stack ', JSON.stringify(revisions))],
    ...[asks('get customresourcedefinitions'), asks('--selector kmon/addon=stack'), noSecret, noAddresses],
    noExisting,
  ];

  it.each([
    ['the one before it was deployed by kmon', [own, failed]],
    ['several failed since', [own, failed, failed]],
    ['its first installation failed', [{ ...failed, chart: 'kube-prometheus-stack-88.5.3' }]],
    ["its first installation failed, of kmon's own chart", [{ ...failed, chart: 'kmon-lite-0.1.0' }]],
  ])('removes a release whose last revision failed: %s', async (_, revisions) => {
    const played = await play(
      removeMonitoring,
      { parent: withStack(...revisions) },
      { ...setting, dryRun: true },
    );
    expect(plannedIn(played)[0]).toBe('helm uninstall kmon-stack');
  });

  it.each([
    ['what was deployed before is theirs', [{ ...own, description: 'Install complete' }, failed]],
    [
      "it was kmon's once, and theirs since",
      [{ ...own, status: 'superseded' }, { ...own, description: 'Upgrade complete' }, failed],
    ],
    ["its chart is none of kmon's", [failed]],
    ['its chart only begins alike', [{ ...failed, chart: 'kmon-lite-of-others-1.0.0' }]],
  ])("leaves somebody else's release whose last revision failed: %s", async (_, revisions) => {
    const played = await play(removeMonitoring, { parent: withStack(...revisions) }, setting);
    expect(played).toMatchObject({ outcome: 'unchanged', because: 'there is none of kmon' });
  });

  it('leaves a chart of others under a name that anybody may give', async () => {
    const foreign = [{ ...failed, chart: 'kube-prometheus-stack-88.5.3' }];
    const steps = none.map((step) =>
      step === noRelease ? asks('history kmon ', JSON.stringify(foreign)) : step,
    );
    const played = await play(removeMonitoring, { parent: steps }, setting);
    expect(played).toMatchObject({ outcome: 'unchanged', because: 'there is none of kmon' });
  });

  it('touches nothing of somebody else: a release of that name, definitions that kmon has not brought', async () => {
    const played = await play(
      removeMonitoring,
      {
        parent: [
          ...unwatched,
          ...[
            release('kmon', 'Install complete'),
            noSecret,
            noAddresses,
            release('kmon-stack', 'Upgrade complete'),
          ],
          ...[definitions('Helm'), asks('--selector kmon/addon=stack'), noSecret, noAddresses],
          release('kmon-existing', 'by hand'),
        ],
      },
      setting,
    );
    expect(played).toMatchObject({ outcome: 'unchanged', because: 'there is none of kmon' });
  });
});
