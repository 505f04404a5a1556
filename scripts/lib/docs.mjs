// Writes what is made from the code into docs/. With --check nothing is written: it ends with 1 when a page is out of date.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsPage } from '../../src/cli/commands-page.ts';
import { configPage } from '../../src/config/config-page.ts';
import { findingsPage } from '../../src/findings/result/findings-page.ts';
import { checkSchemaText } from '../../src/findings/result/line-schema.ts';
import { configSchemaText } from '../../src/config/schema.ts';
import { ownFolder } from '../../src/own-folder.ts';

const PAGES = {
  'commands.md': commandsPage,
  'configuration.md': configPage,
  'findings.md': findingsPage,
  'check.schema.json': checkSchemaText,
  'kmon.schema.json': configSchemaText,
};

const docs = join(ownFolder(), 'docs');
mkdirSync(docs, { recursive: true });
for (const [name, make] of Object.entries(PAGES)) {
  const file = join(docs, name);
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
