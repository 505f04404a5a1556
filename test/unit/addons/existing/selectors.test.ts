import { describe, expect, it } from 'vitest';
import { labelsFor, parseSelector, selectorText, takes } from '../../../../src/addons/existing/selectors.js';
import type { Selector } from '../../../../src/addons/existing/selectors.js';
import { OWN_LABELS } from '../../../../src/addons/existing/places.js';
import { ForeignJson } from '../../../../src/tools/foreign-json.js';

const selector = (written: object): Selector => {
  const parsed = parseSelector(new ForeignJson(written));
  if (parsed === undefined) throw new TypeError('it is one');
  return parsed;
};
const of = (key: string, operator: string, ...values: readonly string[]): object => ({
  matchExpressions: [{ key, operator, values }],
});
const all = (...expressions: readonly object[]): object => ({
  matchExpressions: expressions.flatMap(
    (e) => (e as { matchExpressions: readonly object[] }).matchExpressions,
  ),
});

describe('the labels that a selector wants of an object of kmon', () => {
  it.each([
    ['everything is taken', {}, {}],
    ['one label', { matchLabels: { release: 'kps' } }, { release: 'kps' }],
    ['one of several', of('team', 'In', 'frontend', 'web'), { team: 'frontend' }],
    ['any', of('prometheus', 'Exists'), { prometheus: 'kmon' }],
    ['none of some', of('team', 'NotIn', 'frontend'), {}],
    ['not at all', of('team', 'DoesNotExist'), {}],
    [
      'one of several that another line forbids',
      all(of('team', 'In', 'a', 'b'), of('team', 'NotIn', 'a')),
      { team: 'b' },
    ],
    ['a label that is in both', { matchLabels: { team: 'b' }, ...of('team', 'In', 'a', 'b') }, { team: 'b' }],
    ['what Helm writes', { matchLabels: { 'app.kubernetes.io/managed-by': 'Helm' } }, {}],
    ['a label that it has', of('kmon/addon', 'Exists'), {}],
  ])('has them: %s', (_, written, wanted) => {
    const labels = labelsFor(selector(written), OWN_LABELS);
    expect(labels).toEqual({ ...wanted, ...OWN_LABELS });
    expect(takes(selector(written), labels ?? {})).toBe(true);
  });

  it.each([
    ['what Helm writes is another', { matchLabels: { 'app.kubernetes.io/managed-by': 'argocd' } }],
    ['what Helm writes is forbidden', of('app.kubernetes.io/managed-by', 'NotIn', 'Helm')],
    ['it may not be there', of('kmon/addon', 'DoesNotExist')],
    ['two lines that nothing can do', all(of('a', 'Exists'), of('a', 'DoesNotExist'))],
    ['two values of one label', { matchLabels: { a: 'x' }, ...of('a', 'In', 'y') }],
    ['one of none', of('a', 'In')],
    ['an operator that nobody knows', of('a', 'Like', 'x')],
  ])('has none: %s', (_, written) => {
    expect(labelsFor(selector(written), OWN_LABELS)).toBeUndefined();
  });

  it('tells none from an empty one', () => {
    expect(parseSelector(new ForeignJson(undefined))).toBeUndefined();
    expect(parseSelector(new ForeignJson(null))).toBeUndefined();
    expect(selector({})).toEqual({ matchLabels: {}, matchExpressions: [] });
  });

  it('is told in one line', () => {
    const written = {
      matchLabels: { release: 'kps' },
      ...all(of('a', 'In', 'x', 'y'), of('b', 'NotIn', 'z'), of('c', 'Exists'), of('d', 'DoesNotExist')),
    };
    expect(selectorText(selector(written))).toBe('release=kps, a in (x, y), b notin (z), c, !d');
    expect(selectorText(selector({}))).toBe('everything');
  });
});
