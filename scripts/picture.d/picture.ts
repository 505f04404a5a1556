// What scripts/picture does with a recording; see there.
import { readFileSync, writeFileSync } from 'node:fs';
import { castText, piecesOfScript, readCast } from './cast.js';
import { framesOf } from './screen.js';
import { castOf, shorten } from './shorten.js';
import { svgOf } from './svg.js';

const [task, ...files] = process.argv.slice(2);
const [first = '', second = '', third = '', columns = '', rows = '', title = ''] = files;

if (task === 'shorten') {
  const shape = { columns: Number(columns), rows: Number(rows), title };
  const pieces = piecesOfScript(readFileSync(first), readFileSync(second, 'utf8'));
  writeFileSync(third, castText(castOf(shorten(await framesOf({ ...shape, pieces })), shape)));
} else if (task === 'draw') {
  const cast = readCast(readFileSync(first, 'utf8'));
  writeFileSync(second, svgOf(await framesOf(cast), cast));
} else {
  throw new Error('use: shorten PRINTED TIMING CAST COLUMNS ROWS TITLE, or draw CAST SVG');
}
