import type { WrittenDocument } from '../document.js';
import { ALERT_WAYS } from '../sections/alerts.js';
import { showPath, type KeyPath, type Problem } from './problems.js';

const ALERTS: KeyPath = ['monitoring', 'alerts'];

/** Whether what stands there may be an address that is a secret: no message repeats it. */
export function isSecretPlace(path: KeyPath): boolean {
  return ALERTS.every((key, i) => path[i] === key);
}

/** Alerts that are to leave by some way, each with one place that has its address; only of the small monitoring, whose Alertmanager is kmon's own. */
export function checkAlerts(doc: WrittenDocument): readonly Problem[] {
  const monitoring = mapAt(doc.value, 'monitoring');
  const alerts = mapAt(monitoring, 'alerts');
  if (alerts === undefined) return [];
  if (monitoring?.['profile'] === 'stack')
    return [
      {
        at: doc.at(ALERTS),
        text: `${showPath(ALERTS)} is for the profile lite: kube-prometheus-stack is told in monitoring.values where its Alertmanager sends to`,
      },
    ];
  if (Object.keys(alerts).length === 0)
    return [
      { at: doc.at(ALERTS), text: `${showPath(ALERTS)} says nowhere: write ${ALERT_WAYS.join(' or ')}` },
    ];
  return ALERT_WAYS.flatMap((way): readonly Problem[] => {
    const written = mapAt(alerts, way);
    // A key that is wrong has its own message.
    if (written === undefined || Object.keys(written).some((key) => !/^url(File|Variable)$/.test(key)))
      return [];
    const found = Object.keys(written).length;
    if (found === 1) return [];
    const path = [...ALERTS, way];
    return [
      {
        at: doc.at(path),
        text: `${showPath(path)} must have ${found === 0 ? 'urlFile or urlVariable' : 'one of urlFile and urlVariable, not both'}`,
      },
    ];
  });
}

function mapAt(value: unknown, key: string): Readonly<Record<string, unknown>> | undefined {
  const inner: unknown = isMap(value) ? value[key] : undefined;
  return isMap(inner) ? inner : undefined;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
