import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FORWARDS } from '../../../../src/guest/ways/forwards.js';
import type { GuestScriptFacts, GuestWay } from '../../../../src/guest/ways/guest-way.js';
import { virtualboxMacos } from '../../../../src/guest/ways/virtualbox-sh.js';
import { virtualboxWindows } from '../../../../src/guest/ways/virtualbox-windows.js';

const facts: GuestScriptFacts = {
  page: 'http://192.0.2.1:8642',
  session: 'f'.repeat(32),
  room: `it's ’quoted’ $(Remove-Item x) "é"`,
  by: 'ada@desk',
  architectures: ['amd64', 'arm64'],
};
const template = (name: string): string =>
  readFileSync(new URL(`../../../../templates/${name}`, import.meta.url), 'utf8');
const scriptOf = (way: GuestWay): string => way.script(way.templates.map(template), facts);

describe('what a laptop forwards to its guest', () => {
  it('is SSH, and of the table of ports what each machine is reached by', () => {
    expect(FORWARDS.map((f) => `${f.name} ${f.protocol} ${f.port} ${f.guestPort}`)).toEqual([
      'ssh tcp 2222 22',
      'kubelet tcp 10250 10250',
      'exporter tcp 9100 9100',
      'overlay udp 8472 8472',
    ]);
  });
});

describe('the script for macOS and Linux', () => {
  it.each(['dash', 'bash', 'busybox', 'zsh'])('is one for %s', (shell) => {
    const { stderr, error } = spawnSync(shell, [...(shell === 'busybox' ? ['sh'] : []), '-n'], {
      encoding: 'utf8',
      input: scriptOf(virtualboxMacos),
    });
    if (error === undefined) expect(stderr).toBe('');
  });

  it('does nothing when its end is missing', () => {
    const script = scriptOf(virtualboxMacos);
    const half = script.slice(0, script.lastIndexOf('main "$@"'));
    expect(spawnSync('sh', { encoding: 'utf8', input: half })).toMatchObject({ status: 0, stdout: '' });
  });
});

describe('the script for Windows', () => {
  const script = scriptOf(virtualboxWindows);
  const templates = virtualboxWindows.templates.map(template).join('\n');

  it('has a byte order mark, for what is not ASCII in its values, and the line ends of Windows', () => {
    expect(script.startsWith('\uFEFF$Page = ')).toBe(true);
    expect(script.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(templates).toMatch(/^[\n\x20-\x7e]*$/);
  });

  it('quotes its values', () => {
    expect(script).toContain(`$Room = 'it''s ’’quoted’’ $(Remove-Item x) "é"'\r\n`);
    expect(script).toContain(`$TcpPorts = '2222,10250,9100'\r\n`);
    expect(script).toContain(`$UdpPorts = '8472'\r\n`);
  });

  it('calls no program and changes no rule that its way does not name', () => {
    const called = [
      ...templates.matchAll(/\b((?:[a-z-]+)\.exe|VBoxManage)\b/g),
      ...templates.matchAll(/\b((?:New|Get|Set|Remove)-Net[A-Za-z]+|Get-CimInstance)\b/g),
    ].map((m) => (m[1] ?? '').replace('.exe', ''));
    expect([...new Set(called)].toSorted()).toEqual(Object.keys(virtualboxWindows.calls).toSorted());
  });

  it('notes each change before it is made', () => {
    const order = [
      "Add-Note 'virtualbox winget'",
      "'install', '--exact'",
      'Add-Note "settings ',
      'Add-Note "vm ',
      "@('createvm'",
      "Add-Note 'rule kmon-guest-tcp'",
      "Add-Note 'rule kmon-guest-udp'",
      'New-NetFirewallRule',
      "@('startvm'",
    ].map((text) => templates.indexOf(text));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('carries its way back, which ends no text of its own', () => {
    const leave = template('guest/leave.ps1');
    expect(leave).not.toMatch(/^'@/m);
    expect(script).toContain(`$LeaveScript = @'\r\n${leave.replaceAll('\n', '\r\n')}'@`);
    for (const kind of ['vm', 'medium', 'rule', 'virtualbox', 'settings'])
      expect(leave).toContain(`Get-Noted '${kind}'`);
  });
});

describe('the line', () => {
  it('for Windows has nothing that cmd.exe or PowerShell would take for its own within the quotes', () => {
    const script = scriptOf(virtualboxWindows);
    const line = virtualboxWindows.line(facts.page, script);
    const [, command = ''] =
      /^powershell -NoProfile -ExecutionPolicy Bypass -Command "([^"]*)"$/.exec(line) ?? [];
    expect(command).not.toMatch(/[$%`"!\n\t]/);
    expect(command).not.toBe('');
    expect(command).toContain(createHash('sha256').update(script).digest('hex').toUpperCase());
    expect(line.length).toBeLessThan(8191);
  });

  it.each(['dash', 'bash', 'zsh'])('for macOS runs only the script that it was made with, in %s', (shell) => {
    const script = 'echo ran\n';
    const line = virtualboxMacos.line(facts.page, script);
    const served = (text: string): string =>
      spawnSync(
        shell,
        [
          '-c',
          line
            .replace('curl -fsS', `put() { printf %s "${text}" >"$4"; }; put`)
            .replace('&& put()', '; put()'),
        ],
        { encoding: 'utf8' },
      ).stdout;
    expect(served('echo ran\n')).toBe('ran\n');
    expect(served('echo run\n')).toBe('');
    expect(served('')).toBe('');
  });
});
