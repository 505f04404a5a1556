import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { machineScript } from '../../../src/lab/machine-script.js';
import { LAB_TEMPLATES } from '../../../src/lab/templates.js';
import { Secret } from '../../../src/shell/secret.js';

const SETTINGS = {
  name: 'child-1',
  fresh: true,
  sudo: 'asks',
  password: new Secret(`p'w $(touch /x) "\\`),
  publicKey: 'ssh-ed25519 AAAA kmon-lab-one',
  outside: {
    hostsLines: ['192.0.2.7 mirror', '192.0.2.8 proxy'],
    resolvConf: 'nameserver 192.0.2.53',
    aptSettings: 'Acquire::http::Proxy "http://p.example:1";\n',
    authority: '-----BEGIN CERTIFICATE-----\nAAAA\n',
  },
} as const;

it('hands every value over unchanged, whatever it holds', () => {
  const show =
    'printf "%s|" "$name" "$fresh" "$sudo" "$password" "$public_key" "$extra_hosts" "$resolv_conf" "$apt_conf" "$authority"';
  const out = execFileSync('sh', ['-s'], { input: machineScript(show, SETTINGS).reveal(), encoding: 'utf8' });
  expect(out).toBe(
    [
      'child-1',
      'yes',
      'asks',
      `p'w $(touch /x) "\\`,
      'ssh-ed25519 AAAA kmon-lab-one',
      '192.0.2.7 mirror\n192.0.2.8 proxy',
      'nameserver 192.0.2.53',
      'Acquire::http::Proxy "http://p.example:1";',
      '-----BEGIN CERTIFICATE-----\nAAAA',
      '',
    ].join('|'),
  );
});

it.each(['machine.sh', 'customize.sh', 'internet/setup.sh'])('%s is good sh', async (name) => {
  const text = await readFile(join(LAB_TEMPLATES, name), 'utf8');
  expect(() => execFileSync('sh', ['-n'], { input: text, stdio: ['pipe', 'pipe', 'pipe'] })).not.toThrow();
});

it('shows no secret', () => {
  expect(String(machineScript('', SETTINGS))).toBe('***');
});
