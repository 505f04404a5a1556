import type { WrittenDocument } from '../document.js';
import { KEYS, writtenSchema } from '../written-schema.js';
import type { Written } from '../written-schema.js';
import { adviceFor } from './advice.js';
import { isSecretPlace } from './check-alerts.js';
import { checkSchema } from './check-schema.js';
import type { Problem } from './problems.js';

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
    adviceOnKey: (map, key) =>
      map[0] === 'monitoring' && map[1] === 'grafana' && /passw|secret/i.test(key)
        ? "no password is written here: Grafana's is made at random, and you are told which file has it"
        : undefined,
  });
}
