import { z } from 'zod';
import { matching, optional, path } from '../kinds.js';
import { expandPath } from '../paths.js';
import type { PathBase } from '../paths.js';
import { present } from '../optional-key.js';

/** Where a secret is that stands in no kmon.yaml: in a file that only its owner may read, or in a variable of the environment. */
export type SecretSource = { readonly file: string } | { readonly variable: string };

/** The ways by which alerts may leave the room. */
export const ALERT_WAYS = ['webhook', 'slack', 'email', 'pagerduty'] as const;
export type AlertWay = (typeof ALERT_WAYS)[number];

/** The keys that name the place of a way's secret: a file, or a variable. */
export const SECRET_KEYS = {
  webhook: ['urlFile', 'urlVariable'],
  slack: ['urlFile', 'urlVariable'],
  email: ['passwordFile', 'passwordVariable'],
  pagerduty: ['keyFile', 'keyVariable'],
} as const satisfies Readonly<Record<AlertWay, readonly [file: string, variable: string]>>;

/** A server that takes mail, and whom it is for. */
export interface EmailConfig {
  readonly to: string;
  readonly from: string;
  /** `host:port` */
  readonly server: string;
  /** Who logs in there; absent: it wants no login. */
  readonly login?: { readonly user: string; readonly password: SecretSource };
  /** Nothing is sent in clear: at port 465 TLS from the start, elsewhere by STARTTLS. */
  readonly tls: boolean;
}

/** Where alerts go, by the way; at least one. */
export interface AlertsConfig {
  /** The whole address is the secret. */
  readonly webhook?: SecretSource;
  /** The same. */
  readonly slack?: SecretSource;
  readonly email?: EmailConfig;
  /** The key of a service's integration. */
  readonly pagerduty?: SecretSource;
}

/** As PagerDuty makes them. */
export const PAGERDUTY_KEY = /^[A-Za-z0-9]{32}$/;

/** @param notItself refuses what looks like the secret itself, which some write in place of the file */
const fileWith = (what: string, notItself = /^(?!.*:\/\/)/) => {
  const expected = `the path of a file that holds ${what} (which has no place here itself)`;
  return optional(
    path(expected).regex(notItself, { error: expected }),
    `File with ${what} on its first line, mode 600.`,
  );
};

const variableWith = (what: string) =>
  optional(
    matching('the name of a variable such as KMON_WEBHOOK', /^[A-Za-z_][A-Za-z0-9_]{0,99}$/),
    `In place of a file: the variable of the environment that holds ${what}.`,
  );

const address = z.strictObject(
  { urlFile: fileWith('the address'), urlVariable: variableWith('the address') },
  {
    error:
      'a map such as {urlFile: webhook.txt} or {urlVariable: KMON_WEBHOOK} (the address itself is a secret and has no place here)',
  },
);

const key = z.strictObject(
  { keyFile: fileWith('the key', /^(?![A-Za-z0-9]{32}$)/), keyVariable: variableWith('the key') },
  {
    error:
      'a map such as {keyFile: pagerduty.txt} or {keyVariable: KMON_PAGERDUTY} (the key itself is a secret and has no place here)',
  },
);

const MAIL = /^[^\s@,<>"]+@[^\s@,<>"]+$/;

const email = z.strictObject(
  {
    to: matching('an address of mail such as teacher@school.example', MAIL).meta({
      description: 'Who gets the mail.',
    }),
    server: matching(
      'a server and its port such as smtp.school.example:587',
      /^[A-Za-z0-9.-]{1,253}:\d{1,5}$/,
    ).meta({
      description: 'The server that takes the mail, with its port. The parent has to reach it.',
    }),
    from: optional(
      matching('an address of mail such as kmon@school.example', MAIL),
      'Who it comes from. Default: the one it goes to.',
    ),
    user: optional(
      matching('the name of a login', /^\S{1,200}$/),
      'Who logs in at the server. Default: nobody, the server wants no login.',
    ),
    passwordFile: fileWith('the password of that login'),
    passwordVariable: variableWith('the password of that login'),
    tls: optional(
      z.boolean({ error: 'true or false' }),
      'Whether the mail goes to the server through TLS, and not otherwise.',
      true,
    ),
  },
  {
    error:
      'a map such as {to: teacher@school.example, server: "smtp.school.example:587", user: kmon, passwordFile: mail.txt}',
  },
);

export const alerts = z.strictObject(
  {
    webhook: optional(address, 'Every alert as JSON to an address, the webhook of Alertmanager.'),
    slack: optional(address, 'Every alert to a channel of Slack, by the address of an incoming webhook.'),
    email: optional(email, 'Every alert by mail.'),
    pagerduty: optional(key, 'Every alert to PagerDuty, by the key of an integration (Events API v2).'),
  } satisfies Record<AlertWay, z.ZodType>,
  { error: 'a map such as {webhook: {urlFile: webhook.txt}}' },
);

/** @param written each way has a file or a variable, never both: that is checked with what else must fit together */
export function alertsOf(written: z.output<typeof alerts>, base: PathBase): AlertsConfig {
  const { email: mail } = written;
  return {
    ...present('webhook', sourceOf(written.webhook, SECRET_KEYS.webhook, base)),
    ...present('slack', sourceOf(written.slack, SECRET_KEYS.slack, base)),
    ...present('email', mail === undefined ? undefined : emailOf(mail, base)),
    ...present('pagerduty', sourceOf(written.pagerduty, SECRET_KEYS.pagerduty, base)),
  };
}

function emailOf(written: z.output<typeof email>, base: PathBase): EmailConfig {
  const { to, from = to, server, user, tls = true } = written;
  const password = sourceOf(written, SECRET_KEYS.email, base);
  return {
    ...{ to, from, server, tls },
    ...(user === undefined || password === undefined ? {} : { login: { user, password } }),
  };
}

function sourceOf<F extends string, V extends string>(
  written: { readonly [K in F | V]?: string | undefined } | undefined,
  [fileKey, variableKey]: readonly [F, V],
  base: PathBase,
): SecretSource | undefined {
  const file = written?.[fileKey];
  if (file !== undefined) return { file: expandPath(file, base) };
  const variable = written?.[variableKey];
  return variable === undefined ? undefined : { variable };
}

/** The ways that are in use, in a fixed order. */
export function waysOf(config: AlertsConfig = {}): readonly AlertWay[] {
  return ALERT_WAYS.filter((way) => config[way] !== undefined);
}

/** The same of those that have a secret, each with its place. */
export function secretsOf(config: AlertsConfig = {}): readonly (readonly [AlertWay, SecretSource])[] {
  return waysOf(config).flatMap((way) => {
    const at = way === 'email' ? config.email?.login?.password : config[way];
    return at === undefined ? [] : [[way, at] as const];
  });
}
