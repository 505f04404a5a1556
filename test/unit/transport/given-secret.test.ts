import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readGivenSecret } from '../../../src/transport/given-secret.js';
import { kmonErrorOf } from '../../support/expect-error.js';

const folder = mkdtempSync(join(tmpdir(), 'given-secret-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('comes from the first line of a private file, or from a variable', async () => {
  const file = join(folder, 'webhook.txt');
  writeFileSync(file, 'https://a.example/s3cret\nsecond line\n', { mode: 0o600 });
  expect((await readGivenSecret({ file }, 'address')).reveal()).toBe('https://a.example/s3cret');
  const env = { KMON_WEBHOOK: ' https://b.example/s3cret\n' };
  expect((await readGivenSecret({ variable: 'KMON_WEBHOOK' }, 'address', env)).reveal()).toBe(
    'https://b.example/s3cret',
  );
});

it.each([{}, { KMON_WEBHOOK: ' ' }])('says which variable has nothing: %o', async (env) => {
  expect(
    await kmonErrorOf(readGivenSecret({ variable: 'KMON_WEBHOOK' }, 'address of it', env)),
  ).toMatchObject({
    code: 'config',
    message: 'the address of it is to be in the variable KMON_WEBHOOK, which is not set',
    hint: expect.stringContaining('export KMON_WEBHOOK=') as string,
  });
});

it('says what is wrong with a file', async () => {
  const file = join(folder, 'open.txt');
  writeFileSync(file, 'https://a.example', { mode: 0o644 });
  expect((await kmonErrorOf(readGivenSecret({ file }, 'address'))).message).toContain('open to other users');
});
