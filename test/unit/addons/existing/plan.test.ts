import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { existing } from '../../../../src/addons/existing/existing.js';
import type { MonitoringConfig } from '../../../../src/config/config.js';
import { KmonError } from '../../../../src/errors/kmon-error.js';
import { onParent } from '../../../../src/engine/stage.js';
import { addonStage } from '../../../../src/stages/cluster/addon-stage.js';
import { initParent } from '../../../../src/stages/cluster/init-parent.js';
import { OF_RELEASE, OF_TEAM, PLAIN, TAKES_ALL } from '../../../support/others-cluster.js';
import type { OthersCluster, OthersPrometheus } from '../../../support/others-cluster.js';
import { AddonRoom } from '../addon-run.js';
import type { Ran, Way } from '../addon-run.js';
import { ModelCluster } from '../model-cluster.js';

const stage = addonStage(existing, onParent(initParent));
const room = (
  others: OthersCluster,
  way: Way = 'context',
  monitoring: Partial<MonitoringConfig> = {},
): AddonRoom =>
  new AddonRoom(
    way,
    'flannel',
    { profile: 'existing', grafana: false, ...monitoring },
    new ModelCluster(others),
  );

const EXPORTER = { namespace: 'obs', port: { name: 'http-metrics', containerPort: 9100 } };
const TOLD = { pools: ['prometheus', 'kmon-node-exporter'], groups: ['theirs', 'kmon.rules', 'kmon.alerts'] };
/** As some keep it: what is labelled so, in namespaces that are labelled so. */
const RESTRICTED: OthersPrometheus = {
  namespace: 'obs',
  name: 'strict',
  spec: Object.fromEntries(
    ['podMonitor', 'serviceMonitor', 'rule', 'scrapeConfig'].flatMap((kind): readonly [string, object][] => [
      [`${kind}Selector`, { matchExpressions: [{ key: 'prometheus', operator: 'In', values: ['strict'] }] }],
      [`${kind}NamespaceSelector`, { matchLabels: { monitored: 'yes' } }],
    ]),
  ),
};

const CLUSTERS: Readonly<Record<string, readonly [OthersCluster, Way?]>> = {
  'an operator that takes everything, no exporter': [{ operated: [TAKES_ALL] }],
  'an operator that takes everything, an exporter': [{ operated: [TAKES_ALL], exporters: [EXPORTER] }],
  'kube-prometheus-stack': [{ operated: [OF_RELEASE], exporters: [EXPORTER] }, 'online'],
  'kube-prometheus, its exporter behind a proxy': [
    { operated: [TAKES_ALL], exporters: [{ namespace: 'obs', proxy: true }] },
  ],
  'selectors of labels and namespaces': [
    { operated: [RESTRICTED], namespaces: { obs: { monitored: 'yes' }, monitoring: {} } },
  ],
  'monitors of Services alone, no exporter': [{ operated: [OF_TEAM] }],
  'no operator, told by hand': [{ services: [PLAIN], exporters: [EXPORTER], told: TOLD }],
  'no operator, told by hand, no exporter': [{ services: [PLAIN], told: TOLD }],
};

describe('what is brought to a Prometheus that is there', () => {
  it.each(Object.entries(CLUSTERS))('is taken by it: %s', async (name, [others, way]) => {
    const here = room(others, way);
    const { outcome } = await here.run(stage);
    expect(outcome).toBe('changed');
    const upgrade = here.model.changes.find(
      ({ intent }) => intent === 'helm upgrade --install kmon-existing',
    );
    const values = JSON.parse(upgrade?.command.stdin as string) as { readonly objects: readonly object[] };
    const file = `__golden__/${name.replaceAll(/[^a-z]+/gi, '-')}.yaml`;
    await expect(stringify(withoutRules(values))).toMatchFileSnapshot(file);
    expect(await here.run(stage)).toMatchObject({ outcome: 'unchanged', planned: [] });
  });

  const ruleGroups = (here: AddonRoom): readonly string[] =>
    here.model
      .objectsOf('kmon-existing')
      .filter(({ kind }) => kind === 'PrometheusRule')
      .flatMap(({ spec }) => spec?.groups ?? [])
      .flatMap(({ name, rules }) => rules.map((rule) => `${name} ${'alert' in rule ? 'alert' : 'record'}`));
  const notes = ({ events }: Ran): readonly string[] =>
    events.flatMap((event) => (event.type === 'note' ? [event.text] : []));

  it('has alerts where kmon.yaml names the profile, and says before where they go', async () => {
    const here = room({ operated: [TAKES_ALL] });
    const dry = await here.run(stage, { dryRun: true });
    expect(notes(dry).join()).toMatch(/kmon's alerts go where that Prometheus sends its own/);
    expect(notes(await here.run(stage)).join()).toMatch(/go where that Prometheus/);
    expect(new Set(ruleGroups(here))).toEqual(new Set(['kmon.rules record', 'kmon.alerts alert']));
    expect(notes(await here.run(stage))).toEqual([]);
  });

  it('has no alerts where the profile was chosen for it, says so, and has them once it is named', async () => {
    const here = room({ operated: [TAKES_ALL] }, 'context', { profileIsOpen: true });
    const first = await here.run(stage);
    expect(first.outcome).toBe('changed');
    expect(notes(first).join()).toMatch(
      /kmon's alerts are left out: .* write `profile: existing` .* to have them/,
    );
    expect(new Set(ruleGroups(here))).toEqual(new Set(['kmon.rules record']));
    expect(await here.run(stage)).toMatchObject({ outcome: 'unchanged', planned: [] });
    const named = new AddonRoom('context', 'flannel', { profile: 'existing', grafana: false }, here.model);
    expect((await named.run(stage)).outcome).toBe('changed');
    expect(new Set(ruleGroups(here))).toEqual(new Set(['kmon.rules record', 'kmon.alerts alert']));
  });

  it.each([
    ['none', {}, {}, "there is no Prometheus of somebody else's"],
    ['two', { operated: [TAKES_ALL, OF_RELEASE] }, {}, 'there are 2 Prometheus'],
    [
      'no monitors',
      { operated: [{ ...TAKES_ALL, spec: { ruleSelector: {} } }] },
      {},
      'takes no PodMonitor: it has no spec.podMonitorSelector',
    ],
    [
      'no rules',
      { operated: [{ ...TAKES_ALL, spec: { ...TAKES_ALL.spec, ruleSelector: undefined } }] },
      {},
      'takes no PrometheusRule',
    ],
    [
      'labels that nothing can have',
      {
        operated: [
          {
            ...TAKES_ALL,
            spec: {
              ...TAKES_ALL.spec,
              podMonitorSelector: { matchLabels: { 'app.kubernetes.io/managed-by': 'argocd' } },
              serviceMonitorSelector: undefined,
            },
          },
        ],
      },
      {},
      "takes no PodMonitor of kmon's: no labels do what spec.podMonitorSelector wants",
    ],
    [
      'namespaces that there are none of',
      { operated: [RESTRICTED], namespaces: { obs: {}, apps: { monitored: 'yes' } } },
      {},
      'looks for no PodMonitor in monitoring nor in obs',
    ],
    [
      'lines that are missing',
      { services: [PLAIN], told: { pools: ['prometheus'], groups: [] } },
      {},
      'has not been told of the machines: no job kmon-node-exporter, no rules kmon.rules and kmon.alerts',
    ],
    [
      'rules that are missing',
      { services: [PLAIN], told: { ...TOLD, groups: ['kmon.rules'] } },
      {},
      'has not been told of the machines: no rules kmon.alerts',
    ],
    [
      'a stack of kmon',
      {
        operated: [{ ...TAKES_ALL, namespace: 'monitoring' }],
        exporters: [{ ...EXPORTER, namespace: 'monitoring', release: 'kmon-stack' }],
      },
      {},
      "kmon's own kube-prometheus-stack is in this cluster",
    ],
    [
      'another name in kmon.yaml',
      { operated: [TAKES_ALL] },
      { existing: { namespace: 'obs', service: 'prometheus' } },
      'there is no Service prometheus in the namespace obs',
    ],
  ] as const)('is refused, and nothing is touched: %s', async (_, others, monitoring, says) => {
    const here = room(others, 'context', monitoring);
    const error: unknown = await here.run(stage).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(KmonError);
    const { code, message, hint } = error as KmonError;
    expect(message).toContain(says);
    expect(code).toBe('precondition');
    expect(hint).toMatch(/\w/);
    expect(here.model.changes).toEqual([]);
  });
});

/** Two thirds of the text are rules, which are the same in each. */
function withoutRules({ objects, ...rest }: { readonly objects: readonly object[] }): object {
  const short = objects.map((object) =>
    'kind' in object && object.kind === 'PrometheusRule' ? { ...object, spec: '(rules)' } : object,
  );
  return { ...rest, objects: short };
}
