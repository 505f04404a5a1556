import type { ForeignJson } from '../../tools/foreign-json.js';

export type Labels = Readonly<Record<string, string>>;

/** A selector of labels, as Kubernetes writes it. An empty one takes everything. */
export interface Selector {
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

/** `undefined`: there is none, which of the operator's kinds takes nothing. */
export function parseSelector(json: ForeignJson): Selector | undefined {
  if (!json.exists) return undefined;
  return {
    matchLabels: json.at('matchLabels').texts,
    matchExpressions: json.at('matchExpressions').list.map((one) => ({
      key: one.at('key').text ?? '',
      operator: one.at('operator').text ?? '',
      values: one.at('values').list.flatMap((value) => value.text ?? []),
    })),
  };
}

/** As Kubernetes reads it. An operator that it does not know takes nothing. */
export function takes({ matchLabels, matchExpressions }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          return false;
      }
    })
  );
}

/** The labels of an object of kmon's with which the selector takes it: its own, and what it wants; `undefined`: with none. */
export function labelsFor(selector: Selector, own: Labels): Labels | undefined {
  const { matchLabels, matchExpressions } = selector;
  const wanted: Record<string, string> = { ...matchLabels };
  for (const { key, operator, values } of matchExpressions) {
    if (Object.hasOwn(wanted, key) || Object.hasOwn(own, key)) continue;
    if (operator === 'Exists') wanted[key] = 'kmon';
    // Of several, one that no other line of it forbids.
    const free = values.find((value) => matchExpressions.every((e) => e.key !== key || allows(e, value)));
    if (operator === 'In' && free !== undefined) wanted[key] = free;
  }
  const labels = { ...wanted, ...own };
  return takes(selector, labels) ? labels : undefined;
}

function allows(expression: Selector['matchExpressions'][number], value: string): boolean {
  return takes({ matchLabels: {}, matchExpressions: [expression] }, { [expression.key]: value });
}

/** In one line, as kubectl writes them. */
export function selectorText({ matchLabels, matchExpressions }: Selector): string {
  const all = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values }) => {
      switch (operator) {
        case 'Exists':
          return key;
        case 'DoesNotExist':
          return `!${key}`;
        default:
          return `${key} ${operator.toLowerCase()} (${values.join(', ')})`;
      }
    }),
  ];
  return all.length === 0 ? 'everything' : all.join(', ');
}
