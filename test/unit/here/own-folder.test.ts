import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ownFolder, ownVersion } from '../../../src/here/own-folder.js';

it('is the folder of the package, with its version', () => {
  const root = join(import.meta.dirname, '../../..');
  expect(ownFolder()).toBe(root);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(ownVersion()).toBe(version);
});
