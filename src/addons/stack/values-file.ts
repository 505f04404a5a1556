import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { configError } from '../../config/mistakes/problems.js';
import type { Position, Problem } from '../../config/mistakes/problems.js';
import { KmonError } from '../../errors/kmon-error.js';
import { isAnchor, isRecord, showValuePath } from './value-paths.js';
import type { ValuePath } from './value-paths.js';

/** Values of the room's own, from the file that `monitoring.values` names. */
export interface OwnValues {
  readonly values: Readonly<Record<string, unknown>>;
  /** How messages call the file. */
  readonly shown: string;
  /** Where something stands in it; where the nearest thing above does, when that is not there. */
  at(path: ValuePath): Position;
}

/** Far more than anybody sets by hand. */
const LARGEST_BYTES = 1_000_000;

/**
 * Reads the file. Anchors may be used, and stand at the top level as `x-…`.
 *
 * @throws KmonError `config` when it cannot be read, is no YAML, or has a secret in clear: Helm keeps values in the cluster
 */
export async function readOwnValues(file: string): Promise<OwnValues> {
  const shown = basename(file);
  const text = await textOf(file, shown);
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const at = (path: ValuePath): Position => position(offsetOf(doc, path));
  const faults = doc.errors.map((e) => ({
    at: position(e.pos[0]),
    text: `this is not valid YAML: ${plain(e.message)}`,
  }));
  if (faults.length > 0) throw configError(shown, faults);
  const value = valueOf(doc, shown);
  if (!isRecord(value))
    throw configError(shown, [
      { at: position(0), text: 'the file is no map of values, such as {prometheus: {…}}' },
    ]);
  const values = Object.fromEntries(Object.entries(value).filter(([name]) => !isAnchor(name)));
  const secrets = secretsIn(values, []).map((path): Problem => ({ at: at(path), text: secretAdvice(path) }));
  if (secrets.length > 0) throw configError(shown, secrets);
  return { values, shown, at };
}

async function textOf(file: string, shown: string): Promise<string> {
  const hint = 'put right what monitoring.values in kmon.yaml names, or leave it out';
  try {
    const text = await readFile(file, 'utf8');
    if (text.length <= LARGEST_BYTES) return text;
  } catch (error) {
    throw new KmonError('config', `${shown} cannot be read`, { hint, cause: error });
  }
  throw new KmonError('config', `${shown} is too large for values of a chart`, { hint });
}

/** Its text as values. An anchor that is not there, or one that stands for millions of things, is an error of the library's. */
function valueOf(doc: Document, shown: string): unknown {
  try {
    return doc.contents === null ? {} : doc.toJS();
  } catch (error) {
    const text = `this is not valid YAML: ${plain(error instanceof Error ? error.message : String(error))}`;
    throw configError(shown, [{ at: { line: 1, column: 1 }, text }]);
  }
}

function plain(message: string): string {
  const text = message.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Where a path stands; as far as it leads, and no further than to an alias. */
function offsetOf(doc: Document, path: ValuePath): number {
  let node: unknown = doc.contents;
  let offset = 0;
  for (const name of path) {
    if (!isMap(node)) break;
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
    if (pair === undefined) break;
    if (isScalar(pair.key) && pair.key.range) offset = pair.key.range[0];
    node = pair.value;
  }
  return offset;
}

/** Names of what opens something. What only names where that lies (`existingSecret`, `passwordKey`, `api_url_file`) ends otherwise. */
const OPENS =
  /(?:^|[a-z_.-])(?:pass(?:word|wd|phrase)|token|client_?secret|secret_?key|private_?key|routing_?key|service_?key|api_?key|credentials|slack_api_url)$/i;

function secretsIn(value: unknown, path: ValuePath): readonly ValuePath[] {
  if (Array.isArray(value)) return value.flatMap((inner: unknown) => secretsIn(inner, path));
  if (isRecord(value))
    return Object.entries(value).flatMap(([name, inner]) => secretsIn(inner, [...path, name]));
  const name = path.at(-1) ?? '';
  const isText = typeof value === 'string' || typeof value === 'number';
  return isText && value !== '' && OPENS.test(name) ? [path] : [];
}

function secretAdvice(path: ValuePath): string {
  const way = /^grafana$/.test(path[0] ?? '')
    ? 'leave it out, since one is made at random and you are told where it is (or name a Secret of your own: grafana.admin.existingSecret)'
    : 'put it into a Secret, name that in alertmanager.alertmanagerSpec.secrets (or prometheus.prometheusSpec.secrets), and give the file instead, such as smtp_auth_password_file: /etc/alertmanager/secrets/NAME/KEY';
  return `${showValuePath(path)} stands here in clear, and everybody who may look at the cluster would read it: ${way}`;
}
