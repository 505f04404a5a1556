import { expect, it } from 'vitest';
import { configOf } from '../../../../src/config/load.js';
import { readDocument } from '../../../../src/config/document.js';
import { checkVersion } from '../../../../src/config/mistakes/check-version.js';
import { kmonErrorOf } from '../../../support/expect-error.js';

const ROOM = 'room: a\nparent: 192.168.1.10\n';

it.each([
  ['0.1.0', '0.1', false],
  ['0.1.0', '0.1.0', false],
  ['0.1.0', '0.1.1', true],
  ['0.1.9', '0.1.10', true],
  ['0.10.0', '0.9', false],
  ['0.9.9', '0.10', true],
  ['1.0.0', '0.99.99', false],
  ['1.0.0-rc.1', '1.0', false],
])('kmon %s and a room that asks for %s', (version, asked, isOld) => {
  const problems = checkVersion(readDocument(`${ROOM}kmon: "${asked}"\n`), version);
  expect(problems.length).toBe(isOld ? 1 : 0);
});

it('tells of the version alone, and not of what only the newer one knows', async () => {
  const error = await kmonErrorOf(
    configOf(`${ROOM}kmon: "99.1"\nhologram: true\n`, '/nowhere/kmon.yaml', 'kmon.yaml'),
  );
  expect(error.message).toMatch(
    /^kmon\.yaml:3:7: this room asks for kmon 99\.1 or newer, and this is \d+\.\d+\.\d+: install that one$/,
  );
});

it.each(['0.1', 'newest', '"1"', '"0.1.0.0"', '[0]'])(
  'refuses kmon: %s, which is no version in quotes',
  async (written) => {
    const error = await kmonErrorOf(configOf(`${ROOM}kmon: ${written}\n`, '/nowhere/kmon.yaml', 'kmon.yaml'));
    expect(error.message).toContain('kmon must be a version of kmon in quotes');
  },
);
