import { z } from 'zod';
import { matching, optional, path } from '../kinds.js';
import { expandPath } from '../paths.js';
import type { PathBase } from '../paths.js';

/** Where a secret is that stands in no kmon.yaml: in a file that only its owner may read, or in a variable of the environment. */
export type SecretSource = { readonly file: string } | { readonly variable: string };

/** The ways by which alerts may leave the room; each has an address that is a secret. */
export const ALERT_WAYS = ['webhook', 'slack'] as const;
export type AlertWay = (typeof ALERT_WAYS)[number];

/** Where alerts go, by the way; at least one. */
export type AlertsConfig = Readonly<Partial<Record<AlertWay, SecretSource>>>;

const source = z.strictObject(
  {
    urlFile: optional(
      path('the path of a file that holds the address (which has no place here itself)').regex(
        /^(?!.*:\/\/)/,
        {
          error: 'the path of a file that holds the address (which has no place here itself)',
        },
      ),
      'File with the address on its first line, mode 600.',
    ),
    urlVariable: optional(
      matching('the name of a variable such as KMON_WEBHOOK', /^[A-Za-z_][A-Za-z0-9_]{0,99}$/),
      'In place of a file: the variable of the environment that holds the address.',
    ),
  },
  {
    error:
      'a map such as {urlFile: webhook.txt} or {urlVariable: KMON_WEBHOOK} (the address itself is a secret and has no place here)',
  },
);

export const alerts = z.strictObject(
  {
    webhook: optional(source, 'Every alert as JSON to an address, the webhook of Alertmanager.'),
    slack: optional(source, 'Every alert to a channel of Slack, by the address of an incoming webhook.'),
  } satisfies Record<AlertWay, z.ZodType>,
  { error: 'a map such as {webhook: {urlFile: webhook.txt}}' },
);

/** @param written each way has a file or a variable, never both: that is checked with what else must fit together */
export function alertsOf(written: z.output<typeof alerts>, base: PathBase): AlertsConfig {
  return Object.fromEntries(
    ALERT_WAYS.flatMap((way): readonly [AlertWay, SecretSource][] => {
      const { urlFile, urlVariable } = written[way] ?? {};
      if (urlFile !== undefined) return [[way, { file: expandPath(urlFile, base) }]];
      return urlVariable === undefined ? [] : [[way, { variable: urlVariable }]];
    }),
  );
}

/** The ways that are in use, in a fixed order, each with the place of its address. */
export function waysOf(config: AlertsConfig = {}): readonly (readonly [AlertWay, SecretSource])[] {
  return ALERT_WAYS.flatMap((way) => {
    const at = config[way];
    return at === undefined ? [] : [[way, at] as const];
  });
}
