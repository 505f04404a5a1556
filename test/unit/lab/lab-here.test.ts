import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { labHere } from '../../../src/lab/lab-here.js';
import { MARKER } from '../../../src/lab/room-file.js';

it.each([
  ['no kmon.yaml', undefined, 'lab'],
  ["a lab's kmon.yaml", `${MARKER}\nroom: evening\n`, 'evening'],
  ["a room's kmon.yaml", 'room: atelier-1\n', 'lab'],
  ["a lab's kmon.yaml without its name", `${MARKER}\nparent: 192.0.2.1\n`, 'lab'],
])('beside %s', async (_, text, expected) => {
  const dir = await mkdtemp(join(tmpdir(), 'lab-here-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  if (text !== undefined) await writeFile(join(dir, 'kmon.yaml'), text);
  expect(await labHere(dir)).toBe(expected);
});
