import { nameOf } from '../../addons/existing/choose.js';
import { existingPrometheus } from '../../addons/existing/look.js';
import { hasAlerts, rulesLacking } from '../../addons/existing/rules.js';
import { typedFor } from '../../cluster/cluster-runner.js';
import type { Context } from '../../engine/stage.js';
import { JOB_AMONG_OTHERS, OBSERVED_JOB } from '../../observe/exporter-job.js';
import type { HealthCheck } from '../../observe/prometheus-health.js';
import {
  activeTargets,
  alertmanagers,
  askPrometheus,
  parseAnswers,
  ruleGroups,
} from '../../tools/prometheus.js';
import type { Target } from '../../tools/prometheus.js';

/** What is seen of the Prometheus of a room. */
export interface PrometheusSeen {
  readonly answers: boolean;
  /** All that it asks, the others' too. */
  readonly targets: readonly Target[];
  readonly health: readonly HealthCheck[];
  readonly notes: readonly string[];
}

/** Of one of somebody else's: whether it does what kmon wants of it. How it fares itself is its keeper's matter. */
export async function lookAtExisting(c: Context): Promise<PrometheusSeen> {
  const prometheus = await existingPrometheus(c);
  const questions = [activeTargets, ruleGroups, alertmanagers];
  const asked = askPrometheus(c.cluster.kubectl, prometheus.at, questions);
  const [listed, rules, told] = parseAnswers(await c.cluster.query(asked), questions.length);
  const what = `Prometheus (${nameOf(prometheus)})`;
  if (listed?.kind !== 'targets' || rules?.kind !== 'rules') {
    const silent = [listed, rules].find((answer) => answer?.kind === 'error');
    const because = `it does not answer: ${silent?.kind === 'error' ? silent.message : 'an unexpected answer'}`;
    const remedy = `look at its pods (kubectl -n ${prometheus.at.namespace} get pods), or ask whoever keeps it`;
    return { answers: false, targets: [], health: [{ what, good: false, because, remedy }], notes: [] };
  }
  const lacking = await rulesLacking(rules.groups, c.config.monitoring);
  return {
    answers: true,
    targets: listed.targets,
    health: [
      { what, good: true, because: "it answers; how it fares itself is its keeper's matter" },
      lacking.length === 0
        ? {
            what: "kmon's rules",
            good: true,
            because: hasAlerts(c.config.monitoring)
              ? 'it has all of them'
              : 'it has all of them but the alerts, which come when kmon.yaml says `profile: existing`',
          }
        : {
            what: "kmon's rules",
            good: false,
            because: `it lacks ${lacking.join(' and ')}`,
            remedy: `run \`${typedFor(c.cluster, 'kmon deploy-monitoring')}\`: it brings them, or says which lines to write`,
          },
    ],
    notes: [
      ...(told?.kind === 'alertmanagers' ? [alertsText(told.urls)] : []),
      ...othersDown(listed.targets),
      ...(c.config.monitoring.grafana
        ? [
            `the dashboards are ConfigMaps in ${c.config.monitoring.namespace} with the label grafana_dashboard=1: whether a Grafana takes them cannot be seen from here`,
          ]
        : []),
    ],
  };
}

/** Whether it is asked for what kmon wants to know. */
export function isOfRoom({ labels }: Target): boolean {
  return labels['job'] === JOB_AMONG_OTHERS || labels['job'] === OBSERVED_JOB;
}

/** Where a Prometheus of somebody else's tells its alerts. */
export function alertsText(urls: readonly string[]): string {
  const places = [...new Set(urls.flatMap((url) => (URL.canParse(url) ? [new URL(url).host] : [])))];
  return places.length === 0
    ? 'no Alertmanager is told of alerts: what fires is shown by `kmon alerts`, and sent to nobody'
    : `alerts are told to somebody else's Alertmanager (${places.toSorted().join(', ')}), which decides who hears of them`;
}

function othersDown(targets: readonly Target[]): readonly string[] {
  const others = targets.filter((target) => !isOfRoom(target));
  const down = others.filter(({ health }) => health === 'down').length;
  return down === 0 ? [] : [`of the ${others.length} targets of others ${down} are down`];
}
