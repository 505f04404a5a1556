import { z } from 'zod';
import { choice, matching, nodePort, optional, path, whole } from '../kinds.js';
import { LABEL } from '../names.js';
import { expandPath } from '../paths.js';
import type { PathBase } from '../paths.js';
import { present } from '../optional-key.js';
import { alerts, alertsOf } from './alerts.js';
import type { AlertsConfig } from './alerts.js';

/** `lite`: kmon's own small chart. `stack`: kube-prometheus-stack, as others run it. `existing`: the Prometheus that somebody has in the cluster. */
export type MonitoringProfile = 'stack' | 'lite' | 'existing';

/** Where somebody's Prometheus is, for kmon.yaml that says so: a Service of the cluster. */
export interface ExistingConfig {
  readonly namespace: string;
  readonly service: string;
  /** Name or number of its port; absent: the one that looks like it. */
  readonly port?: string;
}

/** What kmon.yaml says of it. `auto`: nothing, so that it is decided by what can be had and by what is installed. */
export type ProfileChoice = MonitoringProfile | 'auto';

export interface MonitoringConfig<P extends ProfileChoice = MonitoringProfile> {
  readonly profile: P;
  /** kmon.yaml leaves the profile open, and kmon has decided it: what is installed of another one is not replaced unasked. */
  readonly profileIsOpen?: true;
  /** Absolute path of values of the room's own for the chart, over those of kmon; only with `stack`. */
  readonly values?: string;
  /** Which Prometheus is used, of several or where it is not found; only with `existing`. */
  readonly existing?: ExistingConfig;
  readonly namespace: string;
  readonly scrapeIntervalSeconds: number;
  readonly retention: string;
  readonly prometheusNodePort: number;
  readonly prometheusMemory: string;
  /** Grafana is left out where its image cannot be had (offline bundles without it). */
  readonly grafana: boolean;
  readonly grafanaNodePort: number;
  /** Absolute path of a folder with dashboards of the room's own. */
  readonly dashboards?: string;
  /** Where alerts go; absent: they stay in the room, and there is no Alertmanager. */
  readonly alerts?: AlertsConfig;
}

/** Right for a class of up to twenty laptops. */
export const MONITORING: MonitoringConfig<ProfileChoice> = {
  profile: 'auto',
  namespace: 'monitoring',
  // A stress test of a minute must show: five seconds give twelve points.
  scrapeIntervalSeconds: 5,
  retention: '24h',
  prometheusNodePort: 30090,
  prometheusMemory: '1200Mi',
  grafana: true,
  grafanaNodePort: 30300,
};

const prometheus = z.strictObject(
  {
    nodePort: optional(nodePort(), 'Port of Prometheus on the parent.', MONITORING.prometheusNodePort),
    memory: optional(
      matching('an amount of memory such as 800Mi or 2Gi', /^[1-9]\d{0,5}(Mi|Gi)$/),
      'Memory limit of Prometheus.',
      MONITORING.prometheusMemory,
    ),
  },
  { error: 'a map such as {nodePort: 30090, memory: 1200Mi}' },
);

const grafana = z.strictObject(
  {
    enabled: optional(
      z.boolean({ error: 'true or false' }),
      'Left out, with a notice, when the bundle has no image of it.',
      MONITORING.grafana,
    ),
    nodePort: optional(nodePort(), 'Port of Grafana on the parent.', MONITORING.grafanaNodePort),
  },
  { error: 'a map such as {enabled: true, nodePort: 30300}' },
);

const existing = z.strictObject(
  {
    namespace: matching('the name of a namespace', LABEL).meta({ description: 'Where it is.' }),
    service: matching('the name of a Service', LABEL).meta({
      description: 'The Service that leads to its web interface.',
    }),
    port: optional(
      z.union([matching('a name or a number', LABEL), whole('a port from 1 to 65535', 1, 65_535)], {
        error: 'the name or the number of a port',
      }),
      'Name or number of its port. Default: the one that looks like it.',
    ),
  },
  { error: 'a map such as {namespace: monitoring, service: prometheus-operated}' },
);

/** `monitoring`: how the machines are watched. */
export const monitoring = z.strictObject(
  {
    profile: optional(
      choice('auto', 'stack', 'lite', 'existing'),
      "stack: kube-prometheus-stack, with its operator, Alertmanager and dashboards; lite: kmon's own small chart, for half the memory; existing: the Prometheus that somebody has in the cluster already, which gets kmon's rules and the machines under their names. auto: what is installed already, else existing where an operator of somebody's keeps a Prometheus, else stack where its parts can be had (the Internet, mirrors, a bundle that has its chart), else lite.",
      MONITORING.profile,
    ),
    values: optional(
      path('the path of a YAML file'),
      'File with values for kube-prometheus-stack, over those of kmon; only with `profile: stack`.',
    ),
    existing: optional(
      existing,
      'Which Prometheus is used, where there are several or none is found; only with `profile: existing`.',
    ),
    dashboards: optional(
      path('the path of a folder with dashboards (*.json)'),
      'Folder with dashboards of your own (*.json, as Grafana exports them), which Grafana shows beside those of kmon.',
    ),
    namespace: optional(
      matching(
        'a namespace of its own (small letters, digits, hyphens; neither default nor kube-…)',
        new RegExp(`^(?!default$|kube-)${LABEL.source.slice(1)}`),
      ),
      'Namespace of the chart.',
      MONITORING.namespace,
    ),
    scrapeInterval: optional(
      whole('a whole number of seconds from 1 to 300', 1, 300),
      'Seconds between two looks at a machine.',
      MONITORING.scrapeIntervalSeconds,
    ),
    retention: optional(
      matching('a time such as 24h or 7d', /^(?=.)(\d+w)?(\d+d)?(\d+h)?(\d+m)?$/),
      'How long Prometheus keeps values.',
      MONITORING.retention,
    ),
    prometheus: optional(prometheus, 'Where measurements are kept.'),
    grafana: optional(grafana, 'Where measurements are shown.'),
    alerts: optional(alerts, 'Where alerts go. Default: nowhere, `kmon alerts` shows them.'),
  },
  { error: 'a map such as {profile: lite}' },
);

export function monitoringOf(
  written: z.output<typeof monitoring> | undefined,
  base: PathBase,
): MonitoringConfig<ProfileChoice> {
  const { values, dashboards, existing: there, ...rest } = written ?? {};
  return {
    ...withDefaults(rest, base),
    ...(there === undefined
      ? {}
      : {
          existing: {
            namespace: there.namespace,
            service: there.service,
            ...present('port', there.port === undefined ? undefined : String(there.port)),
          },
        }),
    ...present('values', values === undefined ? undefined : expandPath(values, base)),
    ...present('dashboards', dashboards === undefined ? undefined : expandPath(dashboards, base)),
  };
}

function withDefaults(
  written: Omit<z.output<typeof monitoring>, 'values' | 'dashboards' | 'existing'>,
  base: PathBase,
): MonitoringConfig<ProfileChoice> {
  return {
    profile: written.profile ?? MONITORING.profile,
    namespace: written.namespace ?? MONITORING.namespace,
    scrapeIntervalSeconds: written.scrapeInterval ?? MONITORING.scrapeIntervalSeconds,
    retention: written.retention ?? MONITORING.retention,
    prometheusNodePort: written.prometheus?.nodePort ?? MONITORING.prometheusNodePort,
    prometheusMemory: written.prometheus?.memory ?? MONITORING.prometheusMemory,
    grafana: written.grafana?.enabled ?? MONITORING.grafana,
    grafanaNodePort: written.grafana?.nodePort ?? MONITORING.grafanaNodePort,
    ...(written.alerts === undefined ? {} : { alerts: alertsOf(written.alerts, base) }),
  };
}
