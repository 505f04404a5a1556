import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { givenBack, hasComeAgain, noteGivenBack } from '../../../../src/cli/enrol/given-back.js';
import { CHILD, PARENT } from '../../../support/sample-room.js';

describe('machines that were enrolled', () => {
  let stateDir: string;
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'kmon-given-back-'));
  });
  afterEach(() => {
    rmSync(stateDir, { recursive: true });
  });
  const config = (keyFile = join(stateDir, 'enrol_key')) => ({
    stateDir,
    logins: { [CHILD.name]: { host: CHILD.address, keyFile }, [PARENT.name]: { host: PARENT.address } },
  });
  const both = [PARENT, CHILD];

  it('are not asked again once they are given back, until they come again', async () => {
    expect(await givenBack(config(), both)).toEqual([]);
    await noteGivenBack(config(), both);
    await noteGivenBack(config(), both);
    expect(await givenBack(config(), both)).toEqual([CHILD]);
    expect(await givenBack(config(), [PARENT])).toEqual([]);
    const file = join(stateDir, 'given-back.json');
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual([`["${CHILD.name}"]\n`, 0o600]);
    await hasComeAgain(stateDir, CHILD.name);
    expect(await givenBack(config(), both)).toEqual([]);
  });

  it('are machines like any other by another login', async () => {
    await noteGivenBack(config(), both);
    expect(await givenBack(config('/home/teacher/.ssh/id_ed25519'), both)).toEqual([]);
    await noteGivenBack(config('/home/teacher/.ssh/id_ed25519'), [PARENT]);
    expect(await givenBack(config(), both)).toEqual([CHILD]);
  });

  it.each(['', '{', '{"a":1}', '[1]'])('are asked where the note is damaged: %j', async (text) => {
    writeFileSync(join(stateDir, 'given-back.json'), text);
    expect(await givenBack(config(), both)).toEqual([]);
  });
});
