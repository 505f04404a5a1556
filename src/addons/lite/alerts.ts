import { createHash } from 'node:crypto';
import { ALERTMANAGER } from '../../artifacts/images.js';
import type { AlertsConfig, AlertWay, Config } from '../../config/config.js';
import { waysOf } from '../../config/sections/alerts.js';
import type { Context } from '../../engine/context.js';
import { KmonError } from '../../errors/kmon-error.js';
import { Secret } from '../../shell/secret.js';
import { readGivenSecret } from '../../transport/given-secret.js';
import type { GivenSecret } from '../addon.js';

/** Name of the Secret with the addresses. */
export const ALERTS_SECRET = 'kmon-alerts';

/** How people call what is secret of a way. */
const ADDRESS: Readonly<Record<AlertWay, string>> = {
  webhook: 'address of the webhook',
  slack: "address of Slack's webhook",
};

/** Whether alerts leave the room, for which there is an Alertmanager. */
export function alertsLeave({ monitoring }: Pick<Config, 'monitoring'>): boolean {
  return waysOf(monitoring.alerts).length > 0;
}

/**
 * The address of each way that kmon.yaml names.
 *
 * @throws KmonError `config`: one is not where it is to be, is readable for others, or is no address.
 */
export async function alertAddresses(
  alerts: AlertsConfig | undefined,
): Promise<readonly (readonly [AlertWay, Secret])[]> {
  return Promise.all(
    waysOf(alerts).map(async ([way, source]) => {
      const address = await readGivenSecret(source, ADDRESS[way]);
      if (!isAddress(address.reveal()))
        throw new KmonError('config', `the ${ADDRESS[way]} is none that begins with https:// or http://`, {
          hint: `look into ${'file' in source ? source.file : `the variable ${source.variable}`}: it must hold the whole address and nothing else`,
        });
      return [way, address] as const;
    }),
  );
}

function isAddress(text: string): boolean {
  return /^https?:\/\/\S+$/.test(text) && URL.canParse(text);
}

/** The addresses as the chart wants them on the cluster. */
export function addressesOnCluster(config: Config): GivenSecret {
  const { namespace, alerts } = config.monitoring;
  return {
    what: 'the addresses that alerts go to',
    objects: async () => {
      const addresses = await alertAddresses(alerts);
      return new Secret(
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'List',
          items: [
            // It may be somebody's already: it is made where it is missing, and not claimed.
            { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
            {
              apiVersion: 'v1',
              kind: 'Secret',
              metadata: {
                name: ALERTS_SECRET,
                namespace,
                labels: { 'app.kubernetes.io/managed-by': 'kmon' },
              },
              stringData: Object.fromEntries(addresses.map(([way, address]) => [way, address.reveal()])),
            },
          ],
        }),
        addresses.map(([, address]) => address),
      );
    },
  };
}

/** What the chart is told of it; nothing where nothing leaves, so that a release without it keeps its digest. */
export async function alertmanagerValues({
  config,
  supply,
}: Pick<Context, 'config' | 'supply'>): Promise<object> {
  if (!alertsLeave(config)) return {};
  const addresses = await alertAddresses(config.monitoring.alerts);
  const image = supply.image(ALERTMANAGER);
  return {
    alertmanager: {
      ways: addresses.map(([way]) => way),
      addresses: ALERTS_SECRET,
      addressesDigest: digestOf(addresses),
      ...(image === undefined ? {} : { image }),
    },
  };
}

function digestOf(addresses: readonly (readonly [AlertWay, Secret])[]): string {
  const hash = createHash('sha256');
  for (const [way, address] of addresses) hash.update(`${way} ${address.reveal()}\n`);
  return hash.digest('hex');
}
