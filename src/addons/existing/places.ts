import { KmonError } from '../../errors/kmon-error.js';
import { KINDS } from './operated.js';
import type { Kind, Operated } from './operated.js';
import { labelsFor, selectorText, takes } from './selectors.js';
import type { Labels } from './selectors.js';

/** Where an object of kmon's goes, and with which labels, so that a Prometheus takes it. */
export interface Place {
  readonly namespace: string;
  readonly labels: Labels;
}

/** The labels of the namespaces that there are, by name. */
export type Namespaces = ReadonlyMap<string, Labels>;

/** Helm writes the second, whatever it is given. */
export const OWN_LABELS = { 'kmon/addon': 'existing', 'app.kubernetes.io/managed-by': 'Helm' } as const;

/** What it is whose Prometheus. */
function of({ namespace, name }: Operated): string {
  return `the Prometheus ${namespace}/${name}`;
}

/**
 * The first of these namespaces in which it takes an object of that kind.
 *
 * @throws KmonError `precondition`: whatever kmon puts there, it would not be taken
 */
export function placeOf(
  kind: Kind,
  prometheus: Operated,
  wanted: readonly string[],
  namespaces: Namespaces,
  own: Labels = OWN_LABELS,
): Place {
  const { objects } = prometheus.takes[kind];
  const selector = `spec.${kind}Selector`;
  if (objects === undefined)
    throw new KmonError('precondition', `${of(prometheus)} takes no ${KINDS[kind]}: it has no ${selector}`, {
      hint: remedy(prometheus, `set ${selector}: {} in it`),
    });
  const labels = labelsFor(objects, own);
  if (labels === undefined)
    throw new KmonError(
      'precondition',
      `${of(prometheus)} takes no ${KINDS[kind]} of kmon's: no labels do what ${selector} wants`,
      {
        evidence: `it wants ${selectorText(objects)}; kmon's have ${selectorText({ matchLabels: own, matchExpressions: [] })}`,
        hint: remedy(prometheus, `change ${selector} in it`),
      },
    );
  const namespace = wanted.find((name) => isLookedInto(kind, prometheus, name, namespaces));
  if (namespace === undefined) {
    const only = prometheus.takes[kind].namespaces;
    throw new KmonError(
      'precondition',
      `${of(prometheus)} looks for no ${KINDS[kind]} in ${wanted.join(' nor in ')}`,
      {
        evidence: `spec.${kind}NamespaceSelector wants ${only === undefined ? `${prometheus.namespace} alone` : selectorText(only)}`,
        hint: `use one that it looks into${among(only === undefined ? [prometheus.namespace] : [...namespaces].flatMap(([name, has]) => (takes(only, has) ? [name] : [])))} (monitoring.namespace in kmon.yaml), or label it so`,
      },
    );
  }
  return { namespace, labels };
}

/** Whether it looks for objects of that kind in a namespace. */
export function isLookedInto(
  kind: Kind,
  prometheus: Operated,
  namespace: string,
  namespaces: Namespaces,
): boolean {
  const only = prometheus.takes[kind].namespaces;
  if (only === undefined) return namespace === prometheus.namespace;
  // One that is made has this label alone, as every namespace.
  return takes(only, namespaces.get(namespace) ?? { 'kubernetes.io/metadata.name': namespace });
}

function among(names: readonly string[]): string {
  return names.length === 0 ? '' : ` (${names.slice(0, 5).join(', ')})`;
}

function remedy({ namespace, name }: Operated, change: string): string {
  return `whoever keeps it has to ${change} (kubectl -n ${namespace} edit prometheus ${name}), or write monitoring.profile: lite, which brings one of its own`;
}
