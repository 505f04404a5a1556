import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kmonKey } from '../../../../src/cli/enrol/kmon-key.js';
import { opensKey } from '../../../../src/transport/ssh.js';
import { kmonErrorOf } from '../../../support/expect-error.js';

describe("the room's key for laptops", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kmon-key-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('is made once, for its owner alone', async () => {
    const key = await kmonKey(join(dir, '.kmon'), 'atelier-1');
    expect(key.publicKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]{68} kmon-atelier-1$/);
    expect(opensKey(key.privateKey)).toBe(true);
    expect(statSync(key.file).mode & 0o777).toBe(0o600);
    expect(await kmonKey(join(dir, '.kmon'), 'atelier-1')).toEqual(key);
    expect((await kmonKey(join(dir, 'other'), 'atelier-1')).publicKey).not.toBe(key.publicKey);
  });

  it('is not replaced when it is damaged: laptops know the old one', async () => {
    writeFileSync(join(dir, 'enrol_key'), 'x', { mode: 0o600 });
    const error = await kmonErrorOf(kmonKey(dir, 'atelier-1'));
    expect([error.code, error.message]).toEqual(['config', `${join(dir, 'enrol_key')} is no key`]);
  });

  it('is refused when others can read it', async () => {
    writeFileSync(join(dir, 'enrol_key'), 'x', { mode: 0o644 });
    expect((await kmonErrorOf(kmonKey(dir, 'atelier-1'))).message).toContain('is open to other users');
  });
});
