import { expect, test } from 'vitest';
import { firstLogin } from '../../../../src/cli/enrol/first-login.js';
import { KmonError } from '../../../../src/errors/kmon-error.js';
import { LAPTOP } from '../../enrol/sample-laptop.js';

const key = { file: '/k', publicKey: 'ssh-ed25519 AAAA kmon-r', privateKey: Buffer.from('k') };

/** Fails so often for this reason; then its server listens, and refuses the key. */
const server = (fails: number, code: string) => {
  const asked = { times: 0 };
  const dialling: Parameters<typeof firstLogin>[3] = async () => {
    asked.times += 1;
    if (asked.times > fails) return { kind: 'refused', methods: [], tried: [], partial: false, said: '' };
    const cause = Object.assign(new Error(code), { code });
    throw new KmonError('unreachable', `${code} it says`, { cause });
  };
  return { asked, dialling };
};
const said = (dialling: Parameters<typeof firstLogin>[3]): Promise<string | undefined> =>
  firstLogin(LAPTOP, key, new AbortController().signal, dialling);

test('waits while an SSH server reads its settings anew and refuses every connection', async () => {
  const { asked, dialling } = server(2, 'ECONNREFUSED');
  expect(await said(dialling)).toContain("refuses kmon's key for root");
  expect(asked.times).toBe(3);
});

test('does not try again where nothing can become of it', async () => {
  const { asked, dialling } = server(2, 'EHOSTUNREACH');
  expect(await said(dialling)).toBe('EHOSTUNREACH it says');
  expect(asked.times).toBe(1);
});
