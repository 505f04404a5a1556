import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { ParsedNode, YAMLMap } from 'yaml';
import { showKey, showPath, type KeyPath, type Position, type Problem } from './mistakes/problems.js';

/** kmon.yaml as data that still knows where everything stood and how it was spelt. */
export interface WrittenDocument {
  /** Maps without a prototype, lists, scalars. A key without a value is left out, as if its line were not there. */
  readonly value: unknown;
  /** Where the value of this path is; for a path that is not there, where its nearest map begins. */
  at(path: KeyPath): Position;
  /** Where the key of this path is. */
  keyAt(path: KeyPath): Position;
  /** How a scalar is spelt in the file: `1.30`, where `value` has the number 1.3. */
  spelling(path: KeyPath): string | undefined;
  /** Mistakes of the YAML itself. When `fatal`, `value` must not be judged further. */
  readonly problems: readonly Problem[];
  readonly fatal: boolean;
}

interface Place {
  readonly key?: Position;
  readonly value: Position;
  readonly spelling?: string;
}

/** Reads YAML text. Never throws: every mistake is in `problems`. Aliases, keys that are no text and duplicate keys are mistakes. */
export function readDocument(text: string): WrittenDocument {
  const counter = new LineCounter();
  const doc = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    uniqueKeys: false, // found below, where both places can be named
    stringKeys: false,
  });
  const position = (offset: number): Position => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems: Problem[] = [...doc.errors, ...doc.warnings].map((e) => ({
    at: position(e.pos[0]),
    text: `this is not valid YAML: ${sentence(e.message)}`,
  }));
  let fatal = problems.length > 0;
  const places = new Map<string, Place>();

  const readMap = (map: YAMLMap.Parsed, path: KeyPath): unknown => {
    const value = Object.create(null) as Record<string, unknown>;
    const seen = new Map<string, Position>();
    for (const pair of map.items) {
      const at = position(pair.key.range[0]);
      if (!isScalar(pair.key) || typeof pair.key.value !== 'string') {
        problems.push({ at, text: `a key of ${inside(path)} must be plain text` });
        continue;
      }
      const key = pair.key.value;
      const first = seen.get(key);
      if (first !== undefined) {
        problems.push({
          at,
          text: `${showPath([...path, key])} is written twice (first on line ${first.line})`,
        });
        continue;
      }
      seen.set(key, at);
      const read = pair.value === null ? undefined : readNode(pair.value, [...path, key], at);
      if (pair.value === null) places.set(id([...path, key]), { key: at, value: at });
      if (read !== undefined && read !== null) value[key] = read;
    }
    return value;
  };

  const readNode = (node: ParsedNode, path: KeyPath, key?: Position): unknown => {
    const at = position(node.range[0]);
    const spelling = isScalar(node) ? node.source : undefined;
    places.set(id(path), {
      value: at,
      ...(key === undefined ? {} : { key }),
      ...(spelling === undefined ? {} : { spelling }),
    });
    if (isMap(node)) return readMap(node, path);
    if (isSeq(node)) return node.items.map((item, i) => readNode(item, [...path, i]));
    if (isAlias(node)) {
      fatal = true;
      problems.push({
        at,
        text: `${showPath(path)} refers to *${showKey(node.source)}: write the value itself`,
      });
      return undefined;
    }
    return node.value;
  };

  const value = doc.contents === null ? undefined : readNode(doc.contents, []);
  const find = (path: KeyPath): Place => {
    for (let length = path.length; length > 0; length--) {
      const place = places.get(id(path.slice(0, length)));
      if (place !== undefined) return place;
    }
    return { value: { line: 1, column: 1 } };
  };
  return {
    value,
    at: (path) => find(path).value,
    keyAt: (path) => find(path).key ?? find(path).value,
    spelling: (path) => places.get(id(path))?.spelling,
    problems,
    fatal,
  };
}

/** One path, one text: keys may hold any character. */
function id(path: KeyPath): string {
  return JSON.stringify(path);
}

function inside(path: KeyPath): string {
  return path.length === 0 ? 'the file' : showPath(path);
}

/** The parser's own message, made to fit into ours. */
function sentence(message: string): string {
  const text = message.replaceAll(/\s+/g, ' ').trim();
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
}
