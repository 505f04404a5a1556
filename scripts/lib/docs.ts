// Writes what is made from the code into docs/. With --check nothing is written: it ends with 1 when a page is out of date.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsPage } from '../../src/cli/commands-page.js';
import { configPage } from '../../src/config/config-page.js';
import { findingsPage } from '../../src/findings/result/findings-page.js';
import { checkSchemaText } from '../../src/findings/result/line-schema.js';
import { configSchemaText } from '../../src/config/schema.js';
import { ownFolder } from '../../src/here/own-folder.js';

const PAGES: Readonly<Record<string, () => string>> = {
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

/** Undefined where there is none yet. */
function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
