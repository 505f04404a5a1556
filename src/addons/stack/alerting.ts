import type { Config } from '../../config/config.js';
import type { TemplateValue } from '../../render/render.js';
import { alertmanagerConfig } from '../alertmanager-config.js';
import { ALERTS_SECRET, alertSecretsDigest } from '../alerts.js';

/** The operator mounts a Secret below this folder, by its name. */
const SECRETS_AT = `/etc/alertmanager/secrets/${ALERTS_SECRET}`;

/** Who of everybody hears nothing: alerts that say that alerting works, and those that only keep others quiet. */
const UNTOLD = { receiver: 'null', matchers: ['alertname =~ "Watchdog|InfoInhibitor"'] };

/** Where alerts go, for the template of the values. Where nothing leaves, Alertmanager shows them and tells nobody. */
export async function alertingValues({
  monitoring: { alerts },
}: Pick<Config, 'monitoring'>): Promise<Readonly<Record<string, TemplateValue>>> {
  const nobody = { name: 'null' };
  if (alerts === undefined)
    return {
      alertSecrets: [],
      alertmanagerPods: {},
      alertRoute: {
        receiver: 'null',
        group_by: ['alertname', 'node'],
        group_wait: '5s',
        group_interval: '15s',
        repeat_interval: '1h',
        routes: [UNTOLD],
      },
      alertReceivers: [nobody],
    };
  const { route, receivers } = alertmanagerConfig(alerts, SECRETS_AT);
  return {
    alertSecrets: [ALERTS_SECRET],
    // Where a secret is another, Alertmanager starts anew.
    alertmanagerPods: { annotations: { 'kmon/secrets': await alertSecretsDigest(alerts) } },
    alertRoute: { ...route, routes: [UNTOLD, ...route.routes] },
    alertReceivers: [...receivers, nobody],
  };
}
