import type { OtherSystem } from '../errors/kmon-error.js';
import type { Command } from '../shell/command.js';
import type { PowerShell } from '../shell/powershell.js';
import type { OtherComputer, OtherSight, RoomNetwork } from './computer.js';
import * as mac from './macos-commands.js';
import * as windows from './windows-commands.js';
import { EXPORTER_PORTS } from '../room/ports.js';

interface Chapter {
  readonly title: string;
  /** What only the person at that computer can know. */
  readonly remark?: string;
  readonly lines: readonly string[];
  readonly back?: readonly string[];
}

/**
 * What a person types on a Windows or macOS computer of the room so that it can be watched, complete and with the room's addresses: exporter,
 * firewall, SSH, an address that stays, and how to undo each. Empty for other systems.
 *
 * @param sight what a look at it found; without one, the commands find out for themselves
 */
export function otherSystemCommands(
  system: OtherSystem,
  room: RoomNetwork,
  computer: OtherComputer,
  sight?: Partial<OtherSight>,
): string {
  const chapters = chaptersOf(system, room, computer, sight ?? {});
  if (chapters.length === 0) return '';
  const where =
    system.family === 'windows' ? 'in PowerShell as administrator' : 'in a Terminal of an administrator';
  return [
    `${computer.name} (${computer.address}) runs ${system.name}. To be typed there, ${where}:`,
    ...chapters.flatMap(({ title, remark, lines, back }) => [
      '',
      // No comments: an interactive zsh, the shell of macOS, would take them for commands.
      `${title}:`,
      ...(remark === undefined ? [] : [`  (${remark})`]),
      ...lines.map((line) => `    ${line}`),
      ...(back === undefined ? [] : ['  and back:', ...back.map((line) => `    ${line}`)]),
    ]),
  ].join('\n');
}

function chaptersOf(
  system: OtherSystem,
  room: RoomNetwork,
  computer: OtherComputer,
  sight: Partial<OtherSight>,
): readonly Chapter[] {
  switch (system.family) {
    case 'windows':
      return windowsChapters(room, computer, sight);
    case 'macos':
      return macChapters(room, computer, sight);
    case 'wsl':
    case 'other':
      return [];
  }
}

function windowsChapters(
  room: RoomNetwork,
  computer: OtherComputer,
  sight: Partial<OtherSight>,
): readonly Chapter[] {
  const { exporterPort: port, address } = computer;
  const gateway = sight.gateway ?? room.gateway;
  const to = {
    interfaceName: sight.interfaceName ?? 'Ethernet',
    address,
    prefix: sight.prefix ?? prefixOfSubnet(room.subnet),
    ...(gateway === undefined ? {} : { gateway }),
  };
  return [
    {
      title: 'its exporter (from https://github.com/prometheus-community/windows_exporter/releases)',
      lines: [`msiexec /i windows_exporter.msi LISTEN_PORT=${port}`],
    },
    {
      title: `firewall: the exporter for ${room.subnet} only`,
      lines: windows.openExporter(computer, room).text.split('\n'),
      back: texts([windows.closeExporterByHand]),
    },
    { title: 'SSH', lines: texts(windows.enableSsh), back: texts(windows.disableSsh) },
    {
      title: `the address ${address} for good (cuts the network for a moment)`,
      ...(sight.interfaceName === undefined
        ? { remark: 'Ethernet, Wi-Fi, ...: Get-NetIPConfiguration shows the name of the interface' }
        : {}),
      lines: texts(windows.setStaticAddress(to)),
      back: texts(windows.setLeasedAddress(to)),
    },
  ];
}

function macChapters(
  room: RoomNetwork,
  computer: OtherComputer,
  sight: Partial<OtherSight>,
): readonly Chapter[] {
  const { address } = computer;
  const gateway = sight.gateway ?? room.gateway;
  const to = {
    service: sight.interfaceName ?? 'Wi-Fi',
    address,
    prefix: sight.prefix ?? prefixOfSubnet(room.subnet),
    ...(gateway === undefined ? {} : { gateway }),
  };
  return [
    {
      title: `its exporter (with Homebrew, https://brew.sh; it listens on ${EXPORTER_PORTS.node})`,
      lines: ['brew install node_exporter && brew services start node_exporter'],
    },
    {
      title: `firewall, while the exporter runs: let it in, and ${room.subnet} through pf where pf is on`,
      lines: texts(mac.openByHand(computer, room)),
      back: texts(mac.closeByHand),
    },
    {
      title: 'SSH (the second line where the first is refused)',
      lines: texts(mac.enableSsh),
      back: texts(mac.disableSsh),
    },
    {
      title: `the address ${address} for good (cuts the network for a moment)`,
      ...(sight.interfaceName === undefined
        ? {
            remark:
              'Wi-Fi, Ethernet, ...: networksetup -listallnetworkservices shows the name of the service',
          }
        : {}),
      lines: texts(mac.setStaticAddress(to)),
      back: texts(mac.setLeasedAddress(to)),
    },
  ];
}

function texts(commands: readonly (Command | PowerShell)[]): readonly string[] {
  return commands.map((c) => ('script' in c ? c.script : c.text));
}

function prefixOfSubnet(subnet: string): number {
  return Number(subnet.split('/')[1] ?? 24);
}
