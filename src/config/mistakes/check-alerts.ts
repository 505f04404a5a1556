import type { WrittenDocument } from '../document.js';
import { ALERT_WAYS, SECRET_KEYS } from '../sections/alerts.js';
import { showPath, type KeyPath, type Problem } from './problems.js';

const ALERTS: KeyPath = ['monitoring', 'alerts'];

/** Whether what stands there may be an address that is a secret: no message repeats it. */
export function isSecretPlace(path: KeyPath): boolean {
  return ALERTS.every((key, i) => path[i] === key);
}

/** Alerts that are to leave by some way, each with one place that has its secret; mail without a login has none. */
export function checkAlerts(doc: WrittenDocument): readonly Problem[] {
  const alerts = mapAt(mapAt(doc.value, 'monitoring'), 'alerts');
  if (alerts === undefined) return [];
  if (Object.keys(alerts).length === 0)
    return [
      {
        at: doc.at(ALERTS),
        text: `${showPath(ALERTS)} says nowhere: write ${ALERT_WAYS.slice(0, -1).join(', ')} or ${ALERT_WAYS.at(-1) ?? ''}`,
      },
    ];
  return ALERT_WAYS.flatMap((way): readonly Problem[] => {
    const written = mapAt(alerts, way);
    if (written === undefined) return [];
    const [fileKey, variableKey] = SECRET_KEYS[way];
    const path = [...ALERTS, way];
    const found = [fileKey, variableKey].filter((name) => Object.hasOwn(written, name)).length;
    if (found > 1)
      return [
        {
          at: doc.at(path),
          text: `${showPath(path)} must have one of ${fileKey} and ${variableKey}, not both`,
        },
      ];
    if (way === 'email') return checkMail(doc, path, written, found === 1);
    // A key that is wrong has its own message.
    if (found === 1 || Object.keys(written).length > 0) return [];
    return [{ at: doc.at(path), text: `${showPath(path)} must have ${fileKey} or ${variableKey}` }];
  });
}

function checkMail(
  doc: WrittenDocument,
  path: KeyPath,
  { user, tls }: Readonly<Record<string, unknown>>,
  hasPassword: boolean,
): readonly Problem[] {
  if ((user === undefined) === hasPassword)
    return [
      {
        at: doc.at(path),
        text: `${showPath(path)} must have ${hasPassword ? 'the user of that password' : 'passwordFile or passwordVariable beside the user'}, or neither: then nobody logs in at the server`,
      },
    ];
  if (user === undefined || tls !== false) return [];
  return [
    {
      at: doc.at([...path, 'tls']),
      text: `${showPath([...path, 'tls'])} is false, and no password goes through the network in clear: leave it out, or the user with the password`,
    },
  ];
}

function mapAt(value: unknown, key: string): Readonly<Record<string, unknown>> | undefined {
  const inner: unknown = isMap(value) ? value[key] : undefined;
  return isMap(inner) ? inner : undefined;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
