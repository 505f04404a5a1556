import { join } from 'node:path';
import { GRAFANA } from '../artifacts/images.js';
import type { Supply } from '../artifacts/supply.js';
import type { Config } from '../config/config.js';
import type { Secret } from '../shell/secret.js';
import type { Password } from './addon.js';

/** Name of the Secret with Grafana's password. */
export const GRAFANA_SECRET = 'kmon-grafana-admin';

/** Who may change something in Grafana. */
export const GRAFANA_USER = 'admin';

/** Where the teacher finds Grafana's password. */
export function grafanaPasswordFile(config: Config): string {
  return join(config.stateDir, 'grafana-password');
}

/** Wanted, and there is an image of it. */
export function hasGrafana({
  config,
  supply,
}: {
  readonly config: Pick<Config, 'monitoring'>;
  readonly supply: Pick<Supply, 'image'>;
}): boolean {
  return config.monitoring.grafana && supply.image(GRAFANA) !== undefined;
}

export function grafanaPassword(config: Config): Password {
  const { namespace } = config.monitoring;
  return {
    what: "Grafana's password",
    namespace,
    secret: GRAFANA_SECRET,
    file: grafanaPasswordFile(config),
    told: "Grafana's admin password",
    objects: (password) => objects(namespace, password),
  };
}

/** The namespace may be somebody's already: it is made where it is missing, and not claimed. */
function objects(namespace: string, password: Secret): Secret {
  return password.within((text) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: GRAFANA_SECRET, namespace, labels: { 'app.kubernetes.io/managed-by': 'kmon' } },
          stringData: { 'admin-user': GRAFANA_USER, 'admin-password': text },
        },
      ],
    }),
  );
}
