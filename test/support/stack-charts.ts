import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { isRecord } from '../../src/addons/stack/value-paths.js';

/** The stand-in for kube-prometheus-stack: a chart of the tests' own with the names and the paths of values of the real one. */
export const STAND_IN = fileURLToPath(new URL('stack-stand-in', import.meta.url));

/** An object that a chart makes. */
export interface Made {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [key: string]: unknown;
}

/** What Helm makes of a chart (folder) with these values, as the release that kmon installs. */
export function madeOf(
  chart: string,
  o: { readonly helm: string; readonly release: string; readonly values: object },
): readonly Made[] {
  const args = ['template', o.release, chart, '--namespace', 'monitoring', '-f', '-'];
  const text = execFileSync(o.helm, args, {
    encoding: 'utf8',
    input: JSON.stringify(o.values),
    maxBuffer: 1 << 28,
  });
  return parseAllDocuments(text).flatMap((doc) => {
    const object: unknown = doc.toJS({ maxAliasCount: -1 });
    return isMade(object) ? [object] : [];
  });
}

function isMade(object: unknown): object is Made {
  return isRecord(object) && typeof object['kind'] === 'string' && isRecord(object['metadata']);
}

/** Where each value stands, with dots: of a map what is in it, and itself when it is empty. */
export function valuePaths(values: unknown, at = ''): readonly string[] {
  if (!isRecord(values) || Object.keys(values).length === 0) return [at];
  return Object.entries(values).flatMap(([name, value]) =>
    valuePaths(value, at === '' ? name : `${at}.${name}`),
  );
}

/**
 * What one says that the other does not, by place: a value of `mine` that `theirs` has not, or has otherwise. Of a list, everything must be
 * among theirs, wherever.
 */
export function notAmong(mine: unknown, theirs: unknown, at = ''): readonly string[] {
  if (Array.isArray(mine)) {
    if (!Array.isArray(theirs)) return [`${at}: ${JSON.stringify(theirs)}`];
    const others: readonly unknown[] = theirs;
    return mine.flatMap((one: unknown, i) =>
      others.some((other) => notAmong(one, other).length === 0)
        ? []
        : [`${at}[${i}]: ${JSON.stringify(one)}`],
    );
  }
  if (isRecord(mine)) {
    return Object.entries(mine).flatMap(([name, value]) =>
      notAmong(value, isRecord(theirs) ? theirs[name] : undefined, `${at}.${name}`),
    );
  }
  return mine === theirs ? [] : [`${at}: ${JSON.stringify(mine)} and not ${JSON.stringify(theirs)}`];
}
