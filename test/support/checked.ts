import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Finding } from '../../src/findings/index.js';
import type { CheckResult } from '../../src/findings/result/result.js';
import { jsonLines } from './kmon.js';
import type { Ended } from './kmon.js';

const SCHEMA = join(import.meta.dirname, '../../docs/check.schema.json');
const isLine = new Ajv2020().compile(JSON.parse(readFileSync(SCHEMA, 'utf8')) as object);

/**
 * The result in what `kmon check --json` printed.
 *
 * @throws Error when a line of it is not as the published schema says, or none is a result.
 */
export function checked(ended: Ended): CheckResult {
  const lines = jsonLines(ended);
  for (const line of lines) {
    if (!isLine(line)) {
      throw new Error(`not as docs/check.schema.json says: ${JSON.stringify({ line, why: isLine.errors })}`);
    }
  }
  const results = lines.filter((line) => line['type'] === 'result');
  const last = results.at(-1);
  if (last === undefined) throw new Error(`no result:\n${ended.stdout}\n${ended.stderr}`);
  return last['data'] as CheckResult;
}

/** Its findings alone. */
export function findingsOf(ended: Ended): readonly Finding[] {
  return checked(ended).findings;
}
