import { isMap, isScalar, parseDocument } from 'yaml';
import type { Document, YAMLMap } from 'yaml';
import { nearestKey } from '../../config/mistakes/suggest.js';

/** Where a value stands: `['prometheus', 'prometheusSpec', 'retention']`. */
export type ValuePath = readonly string[];

export interface UnknownValue {
  readonly path: ValuePath;
  /** What was meant, as far as that can be told, in words. */
  readonly advice: string;
}

/** The values.yaml of a chart and of those within it: what there is to be set. */
export interface KnownValues {
  /** Paths of values that the chart does not know. It would not say so: it ignores them. */
  unknownIn(values: unknown): readonly UnknownValue[];
}

/**
 * Maps that hold what the chart passes on as it is, to Kubernetes or to a program: what stands in the chart's own values there is an example.
 * By their last name, whatever they are part of.
 */
const PASSED_ON =
  /^(?:grafana\.ini|config|stringConfig|ldap|dashboards|datasources|notifiers|dashboardProviders|env|envValueFrom|disabled|selector|route|hosts)$|(?:labels|annotations|selector|selectors|context|probe|resources|affinity|strategy|capabilities|metadata|requests|limits|hostroot|parentRefs)$/i;

/**
 * What a chart (its archive unpacked: texts by path) knows. A name that stands in its values.yaml as a comment is known too, and one that its
 * templates ask for: that is how charts have what may be set and has no default. What is empty there (`{}`, `[]`, nothing) may hold anything.
 * At the top level `x-…` is whatever people name with an anchor.
 */
export function knownValues(files: ReadonlyMap<string, string>): KnownValues {
  const documents = [...files].flatMap(([path, text]) => {
    const at = valuesOf(path);
    return at === undefined ? [] : [{ at, text, root: parseDocument(text) }];
  });
  const asked = new Set([...files].flatMap(([path, text]) => askedIn(path, text)));
  const mapsAt = (path: ValuePath): readonly Known[] =>
    documents.flatMap(({ at, text, root }) => {
      if (!at.every((name, i) => path[i] === name)) return [];
      const map = mapIn(root, path.slice(at.length));
      return map === undefined ? [] : [{ map, text }];
    });
  const unknownBelow = (value: unknown, path: ValuePath): readonly UnknownValue[] => {
    if (!isRecord(value) || PASSED_ON.test(path.at(-1) ?? '')) return [];
    const known = mapsAt(path);
    if (known.length === 0) return [];
    const names = known.flatMap(({ map }) => namesIn(map));
    return Object.entries(value).flatMap(([name, inner]) => {
      const own = [...path, name];
      if (names.includes(name)) return unknownBelow(inner, own);
      const comments = known.flatMap(namesInComments);
      if (comments.includes(name) || asked.has(own.join('.'))) return [];
      if (path.length === 0 && isAnchor(name)) return [];
      return [{ path: own, advice: adviceFor(own, { names, comments }, documents) }];
    });
  };
  return { unknownIn: (values) => unknownBelow(values, []) };
}

/** Which part of the values a file of the chart's archive is of; `undefined`: of none. */
export function valuesOf(path: string): ValuePath | undefined {
  const [, below] = /^[^/]+\/((?:charts\/[^/]+\/)*)values\.yaml$/.exec(path) ?? [];
  return below?.split('/').filter((name, i) => i % 2 === 1 && name !== '');
}

/** Whether a name at the top level only carries an anchor. */
export function isAnchor(name: string): boolean {
  return name.startsWith('x-');
}

/** The files of a chart's archive that tell what it knows. */
export function tellsValues(path: string): boolean {
  return valuesOf(path) !== undefined || TEMPLATE.test(path);
}

const TEMPLATE = /^[^/]+\/((?:charts\/[^/]+\/)*)templates\/.*\.(?:yaml|tpl)$/;

/** What a template asks for by its full path, which may be deeper than what is set. */
function askedIn(path: string, text: string): readonly string[] {
  const [, below] = TEMPLATE.exec(path) ?? [];
  if (below === undefined) return [];
  const at = below.split('/').filter((name, i) => i % 2 === 1 && name !== '');
  return [...text.matchAll(/\.Values\.([\w.]+)/g)].flatMap(([, asked = '']) => {
    const names = [...at, ...asked.split('.')];
    return names.map((_, i) => names.slice(0, i + 1).join('.'));
  });
}

interface Known {
  readonly map: YAMLMap;
  /** Of the whole file. */
  readonly text: string;
}

interface ValuesDocument {
  readonly at: ValuePath;
  readonly root: Document;
}

/** The map at a path; an empty one tells no names, and counts as none. */
function mapIn(root: Document, path: ValuePath): YAMLMap | undefined {
  const node = path.length === 0 ? root.contents : root.getIn(path, true);
  return isMap(node) && node.items.length > 0 ? node : undefined;
}

function namesIn(map: YAMLMap): readonly string[] {
  return map.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : []));
}

/** What stands as a key in the comments of that map's block, as far in as its own keys do. */
function namesInComments({ map, text }: Known): readonly string[] {
  const { range } = map;
  if (range === undefined || range === null) return [];
  const column = range[0] - (text.lastIndexOf('\n', range[0] - 1) + 1);
  const line = new RegExp(String.raw`^ {${column}}##? ?([A-Za-z][\w.-]*):(?=\s|$)`, 'gm');
  return [...text.slice(range[0], range[2]).matchAll(line)].map(([, name = '']) => name);
}

function adviceFor(
  path: ValuePath,
  { names, comments }: { readonly names: readonly string[]; readonly comments: readonly string[] },
  documents: readonly ValuesDocument[],
): string {
  const name = path.at(-1) ?? '';
  const above = path.slice(0, -1);
  const near = nearestKey(name, [...names, ...comments]);
  if (near !== undefined) return `did you mean ${showValuePath([...above, near])}?`;
  const elsewhere = documents.flatMap(({ at, root }) => placesOf(name, root.contents, at));
  const nearest = elsewhere.toSorted(
    (a, b) => inCommon(b, above) - inCommon(a, above) || a.length - b.length,
  );
  const [best] = nearest;
  if (best !== undefined) return `it belongs to ${showValuePath(best.slice(0, -1))}`;
  const shown = names.slice(0, 8).join(', ');
  return `known there: ${shown}${names.length > 8 ? ', …' : ''}`;
}

/** Every place where something has that name. */
function placesOf(name: string, node: unknown, at: ValuePath): readonly ValuePath[] {
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key, value }) => {
    if (!isScalar(key)) return [];
    const own = [...at, String(key.value)];
    return [...(key.value === name ? [own] : []), ...placesOf(name, value, own)];
  });
}

function inCommon(path: ValuePath, other: ValuePath): number {
  const end = path.findIndex((name, i) => other[i] !== name);
  return end === -1 ? path.length : end;
}

/** `grafana."grafana.ini".users`, as people write it. */
export function showValuePath(path: ValuePath): string {
  if (path.length === 0) return 'the top level';
  return path
    .map((name) => (/^[\w-]{1,60}$/.test(name) ? name : JSON.stringify(name.slice(0, 60))))
    .join('.');
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
