// labs-in.mjs FOLDER <INSPECTED: names of the labs whose folder lies in FOLDER, one a line, from what `inspect` of a container engine
// says about containers and networks (JSON arrays one after the other).
import { readFileSync } from 'node:fs';

const folder = `${process.argv[2]}/`;
const arrays = readFileSync(0, 'utf8').split(/^(?=\[)/m);
const things = arrays.filter((text) => text.trim() !== '').flatMap((text) => JSON.parse(text));
const labels = things.map((thing) => thing.Config?.Labels ?? thing.labels ?? thing.Labels ?? {});
const names = labels
  .filter((l) => l['kmon.lab.dir']?.startsWith(folder))
  .map((l) => l['kmon.lab'])
  .filter((name) => name !== undefined);
process.stdout.write([...new Set(names)].map((name) => `${name}\n`).join(''));
