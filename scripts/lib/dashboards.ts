// Writes the dashboards into the templates. With --check nothing is written: it ends with 1 when one is out of date.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { dashboardText } from '../../src/dashboards/frame.js';
import { DASHBOARDS } from '../../src/dashboards/index.js';
import { DASHBOARDS_FOLDER } from '../../src/dashboards/shipped.js';
import { templatePath } from '../../src/render/templates.js';

for (const dashboard of DASHBOARDS) {
  const name = `${DASHBOARDS_FOLDER}/${dashboard.name}.json`;
  const file = templatePath(name);
  const text = dashboardText(dashboard);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  if (process.argv[2] === '--check') {
    process.stderr.write(`templates/${name} is out of date: run scripts/dashboards\n`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
