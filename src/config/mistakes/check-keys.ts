import type { WrittenDocument } from '../document.js';
import { KEYS, writtenSchema } from '../written-schema.js';
import type { Written } from '../written-schema.js';
import { adviceFor } from './advice.js';
import { isSecretPlace } from './check-alerts.js';
import { checkSchema } from './check-schema.js';
import type { KeyPath, Problem } from './problems.js';

/** Every key of kmon.yaml on its own: known, there, of the right kind. `written` is absent when there is any problem. */
export function checkKeys(doc: WrittenDocument): {
  readonly written?: Written;
  readonly problems: readonly Problem[];
} {
  return checkSchema(doc, {
    schema: writtenSchema,
    keys: KEYS,
    adviceFor,
    isSecret: isSecretPlace,
    adviceOnKey,
  });
}

/** What opens something is written nowhere in this file: how it is done, for a key that looks like it. */
function adviceOnKey(map: KeyPath, key: string): string | undefined {
  if (!/passw|passphrase|secret|token/i.test(key) || map[0] === undefined) return undefined;
  if (map[0] === 'monitoring' && (map[1] === 'grafana' || /grafana/i.test(key)))
    return "no password is written here: Grafana's is made at random, and you are told which file has it";
  return map[0] === 'monitoring' && map[1] !== 'alerts'
    ? 'nothing secret is written here: it belongs into a file of its own, mode 600'
    : undefined;
}
