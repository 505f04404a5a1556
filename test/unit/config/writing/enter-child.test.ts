import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf } from '../../../../src/config/load.js';
import { enterChild } from '../../../../src/config/writing/enter-child.js';

const child = { address: '192.0.2.12', name: 'pc-12', port: 22, user: 'root', key: './.kmon/enrol_key' };
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kmon-enter-'));
  mkdirSync(join(folder, '.kmon'));
  for (const file of ['.kmon/enrol_key', 'sudo']) writeFileSync(join(folder, file), 'x', { mode: 0o600 });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const ENTRY = '{ address: 192.0.2.12, name: pc-12, user: root, key: ./.kmon/enrol_key }';

/** Every one of these stays a kmon.yaml. */
async function entered(
  text: string,
  changed: Partial<typeof child> & { readonly team?: string } = {},
): Promise<string> {
  const written = enterChild(text, { ...child, ...changed });
  const { room } = await configOf(written, join(folder, 'kmon.yaml'), 'kmon.yaml');
  expect(room.children.find((c) => c.name === (changed.name ?? 'pc-12'))?.address).toBe(
    changed.address ?? '192.0.2.12',
  );
  return written;
}

describe('a laptop in kmon.yaml', () => {
  const head = '# my room\nroom: atelier-1 # here\nparent: 192.0.2.10\n';

  it.each([
    [
      'behind the others',
      `${head}children: # those\n  - 192.0.2.11 # first\n\nbundle: ./b # last\n`,
      `${head}children:\n  # those\n  - 192.0.2.11 # first\n  - ${ENTRY}\n\nbundle: ./b # last\n`,
    ],
    ['where there is no list', head, `${head}children:\n  - ${ENTRY}\n`],
    ['where the list is empty', `${head}children: []\n`, `${head}children:\n  - ${ENTRY}\n`],
    ['where the list has no value', `${head}children:\n`, `${head}children:\n  - ${ENTRY}\n`],
    [
      'in a list on one line',
      `${head}children: [ 192.0.2.11 ]\n`,
      `${head}children: [ 192.0.2.11, ${ENTRY} ]\n`,
    ],
    [
      'in place of its bare address',
      `${head}children:\n  - 192.0.2.12\n  - 192.0.2.13\n`,
      `${head}children:\n  - ${ENTRY}\n  - 192.0.2.13\n`,
    ],
    [
      'in place of its entry',
      `${head}children:\n  - { address: 192.0.2.12 } # it\n`,
      `${head}children:\n  - ${ENTRY} # it\n`,
    ],
  ])('stands %s, and comments stay', async (_, text, expected) => {
    expect(await entered(text.replace('bundle: ./b # last\n', 'relay: true # last\n'))).toBe(
      expected.replace('bundle: ./b # last\n', 'relay: true # last\n'),
    );
  });

  it('keeps what is said of it besides, and not how it was logged in to', async () => {
    const text = `${head}children:\n  - name: pc-12 # mine\n    address: 192.0.2.99\n    host: pc.lan\n    port: 2222\n    team: red\n    sudoPasswordFile: ./sudo\n`;
    expect(await entered(text)).toBe(
      `${head}children:\n  - name: pc-12 # mine\n    address: 192.0.2.12\n    team: red\n    user: root\n    key: ./.kmon/enrol_key\n`,
    );
  });

  it('has its team and its port', async () => {
    expect(await entered(head, { team: 'red', port: 2222 })).toContain(
      '{ address: 192.0.2.12, name: pc-12, team: red, port: 2222, user: root, key: ./.kmon/enrol_key }',
    );
  });

  it('says port 22 where the room has another', async () => {
    expect(await entered(`${head}ssh: { port: 2222 }\n`)).toContain('name: pc-12, port: 22, user: root');
  });

  it('is entered once', async () => {
    const once = await entered(`${head}children: [192.0.2.11]\n`);
    expect(await entered(once)).toBe(once);
  });

  it('keeps the line ends of Windows', async () => {
    const text = `${head}children:\n  - 192.0.2.11\n`.replaceAll('\n', '\r\n');
    expect((await entered(text)).replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });
});
