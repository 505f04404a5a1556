// Writes what is made from the built program into docs/. With --check nothing is written: it ends with 1 when a page is out of date.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { findingsPage } from '../../dist/check/findings-page.js';
import { checkSchemaText } from '../../dist/check/result-schema.js';
import { configSchemaText } from '../../dist/config/schema.js';

const PAGES = {
  'findings.md': findingsPage,
  'check.schema.json': checkSchemaText,
  'kmon.schema.json': configSchemaText,
};

const docs = new URL('../../docs/', import.meta.url);
mkdirSync(docs, { recursive: true });
for (const [name, make] of Object.entries(PAGES)) {
  const file = new URL(name, docs);
  const text = make();
  if (textOf(file) === text) continue;
  if (process.argv[2] === '--check') {
    process.stderr.write(`docs/${name} is out of date: run scripts/docs\n`);
    process.exitCode = 1;
  } else writeFileSync(file, text);
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
