import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { ALERTMANAGER } from '../artifacts/images.js';
import type { AlertsConfig, AlertWay, Config } from '../config/config.js';
import { PAGERDUTY_KEY, secretsOf, waysOf } from '../config/sections/alerts.js';
import { alertmanagerConfig } from './alertmanager-config.js';
import type { Context } from '../engine/context.js';
import { KmonError } from '../errors/kmon-error.js';
import { Secret } from '../shell/secret.js';
import { readGivenSecret } from '../transport/given-secret.js';
import type { GivenSecret } from './addon.js';

/** Name of the Secret with what is secret of each way, under the way's name. */
export const ALERTS_SECRET = 'kmon-alerts';

/** How people call what is secret of a way. */
const CALLED: Readonly<Record<AlertWay, string>> = {
  webhook: 'address of the webhook',
  slack: "address of Slack's webhook",
  email: 'password of the mail',
  pagerduty: 'key of PagerDuty',
};

/** What a secret must look like, as far as it can be told; `undefined`: anything. */
const FORM: Readonly<
  Record<AlertWay, { readonly is: (text: string) => boolean; readonly said: string } | undefined>
> = {
  webhook: { is: isAddress, said: 'none that begins with https:// or http://' },
  slack: { is: isAddress, said: 'none that begins with https:// or http://' },
  email: undefined,
  pagerduty: { is: (text) => PAGERDUTY_KEY.test(text), said: 'no 32 letters and digits' },
};

/** Whether alerts leave the room, for which there is an Alertmanager. */
export function alertsLeave({ monitoring }: Pick<Config, 'monitoring'>): boolean {
  return waysOf(monitoring.alerts).length > 0;
}

/**
 * What is secret of each way that kmon.yaml names.
 *
 * @throws KmonError `config`: one is not where it is to be, is readable for others, or is not what it should be.
 */
export async function alertSecrets(
  alerts: AlertsConfig | undefined,
): Promise<readonly (readonly [AlertWay, Secret])[]> {
  return Promise.all(
    secretsOf(alerts).map(async ([way, source]) => {
      const secret = await readGivenSecret(source, CALLED[way]);
      const form = FORM[way];
      if (form?.is(secret.reveal()) === false)
        throw new KmonError('config', `the ${CALLED[way]} is ${form.said}`, {
          hint: `look into ${'file' in source ? source.file : `the variable ${source.variable}`}: it must hold the whole of it and nothing else`,
        });
      return [way, secret] as const;
    }),
  );
}

function isAddress(text: string): boolean {
  return /^https?:\/\/\S+$/.test(text) && URL.canParse(text);
}

/** The secrets as the charts want them on the cluster. */
export function alertSecretsOnCluster(config: Config): GivenSecret {
  const { namespace, alerts } = config.monitoring;
  return {
    what: 'the secrets of where alerts go',
    objects: async () => {
      const secrets = await alertSecrets(alerts);
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
              stringData: Object.fromEntries(secrets.map(([way, secret]) => [way, secret.reveal()])),
            },
          ],
        }),
        secrets.map(([, secret]) => secret),
      );
    },
  };
}

/** What has to be on the cluster before the chart is, in words; `undefined`: nothing leaves. */
export function wantedAlertSecret(config: Pick<Config, 'monitoring'>): string | undefined {
  if (!alertsLeave(config)) return undefined;
  const keys = secretsOf(config.monitoring.alerts).map(([way]) => way);
  return `the Secret ${ALERTS_SECRET} in ${config.monitoring.namespace}${keys.length === 0 ? '' : `, with the keys ${keys.join(', ')}`}`;
}

/** What the small chart is told of it; nothing where nothing leaves, so that a release without it keeps its digest. */
export async function alertmanagerValues({
  config,
  supply,
}: Pick<Context, 'config' | 'supply'>): Promise<object> {
  const { alerts } = config.monitoring;
  if (alerts === undefined || !alertsLeave(config)) return {};
  const image = supply.image(ALERTMANAGER);
  return {
    alertmanager: {
      config: alertmanagerConfig(alerts, LITE_SECRETS),
      secrets: ALERTS_SECRET,
      secretsDigest: await alertSecretsDigest(alerts),
      ...(image === undefined ? {} : { image }),
    },
  };
}

/** Where the small chart has them in the container (templates/addons/lite). */
const LITE_SECRETS = '/etc/kmon-alerts';

/**
 * Stands for what is in the secrets, so that pods begin anew with others. It is read by more people than they are, in values that `kmon render` writes for
 * one, and a password of somebody's mail can be guessed: each guess costs as much as this does, some hundredths of a second.
 */
export async function alertSecretsDigest(alerts: AlertsConfig): Promise<string> {
  const text = (await alertSecrets(alerts)).map(([way, secret]) => `${way} ${secret.reveal()}\n`).join('');
  const digest = await promisify<string, string, number, Buffer>(scrypt)(text, 'kmon-alerts', 32);
  return digest.toString('hex');
}
