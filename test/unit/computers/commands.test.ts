import { describe, expect, it } from 'vitest';
import { otherSystemCommands } from '../../../src/computers/commands-text.js';
import * as mac from '../../../src/computers/macos-commands.js';
import * as windows from '../../../src/computers/windows-commands.js';
import { powershellLine } from '../../../src/shell/powershell.js';
import { assertShellSyntax } from '../tools/shell-syntax.js';

const room = { subnet: '192.168.1.0/24', gateway: '192.168.1.1' };
const pc = { name: 'pc-04', address: '192.168.1.24', exporterPort: 9182 };
const macbook = { name: 'teacher-mac', address: '192.168.1.20', exporterPort: 9100 };
const WINDOWS = { family: 'windows', name: 'Windows 11 Pro', version: '10.0.22631' } as const;
const MACOS = { family: 'macos', name: 'macOS 14.4.1', version: '14.4.1' } as const;

const golden = (name: string): string => `__golden__/${name}.txt`;

describe('what a person types', () => {
  it.each([
    ['windows', WINDOWS, pc],
    ['macos', MACOS, macbook],
  ] as const)('on %s, with the addresses of the room', async (name, system, computer) => {
    await expect(`${otherSystemCommands(system, room, computer)}\n`).toMatchFileSnapshot(golden(name));
  });

  it('has the names that a look found', async () => {
    const lan = { subnet: '10.7.0.0/22' };
    const seen = { interfaceName: "Wi-Fi d'Ada", prefix: 22 };
    const text = [
      otherSystemCommands(WINDOWS, lan, pc, seen),
      otherSystemCommands(MACOS, lan, macbook, seen),
    ].join('\n\n');
    await expect(`${text}\n`).toMatchFileSnapshot(golden('looked-at-without-a-gateway'));
  });

  it('is nothing where there is nothing to say', () => {
    expect(otherSystemCommands({ family: 'other', name: 'FreeBSD', version: '' }, room, pc)).toBe('');
  });

  it('is understood by sh', () => {
    const typed = otherSystemCommands(MACOS, room, macbook)
      .split('\n')
      .filter((line) => line.startsWith('    '));
    expect(typed.length).toBeGreaterThan(10);
    for (const script of [typed.join('\n'), ...typed]) assertShellSyntax({ effect: 'changes', script });
  });
});

describe('what kmon runs', () => {
  const all = {
    'windows-open': windows.openExporter(pc, room).text,
    'windows-close': windows.closeExporter.text,
    'windows-look': windows.lookAtWindows(pc).text,
    'macos-open': mac.openExporter(macbook, room).script,
    'macos-close': mac.closeExporter.script,
    'macos-look': mac.lookAtMac(macbook).script,
  };

  it.each(Object.entries(all))('%s', async (name, text) => {
    await expect(`${text}\n`).toMatchFileSnapshot(golden(name));
  });

  it('is understood by sh', () => {
    for (const command of [mac.openExporter(macbook, room), mac.closeExporter, mac.lookAtMac(macbook)])
      assertShellSyntax(command);
  });

  it('fits into a line of cmd.exe', () => {
    for (const script of [windows.openExporter(pc, room), windows.closeExporter, windows.lookAtWindows(pc)])
      expect(powershellLine(script).length).toBeLessThan(8191);
  });

  it('quotes what may be hostile', () => {
    const [disable] = windows.setStaticAddress({
      interfaceName: "x'; Stop-Computer; '",
      address: '10.0.0.2',
      prefix: 24,
    });
    expect(disable?.text).toContain("-InterfaceAlias 'x''; Stop-Computer; '''");
    const [manual] = mac.setStaticAddress({ service: "x'; reboot; '", address: '10.0.0.2', prefix: 24 });
    expect(manual?.script).toBe(
      `sudo networksetup -setmanual 'x'\\''; reboot; '\\''' 10.0.0.2 255.255.255.0 10.0.0.2`,
    );
  });
});
