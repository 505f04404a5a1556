import type { PowerShell } from '../shell/powershell.js';
import { psChanges, psReads } from '../shell/powershell.js';
import type { OtherComputer, RoomNetwork } from './computer.js';

/** The group that kmon's firewall rules are in. By it, and by nothing else, they are found again from any computer. */
export const RULE_GROUP = 'kmon';

const ruleName = (port: number): string => `kmon-exporter-${port}`;

/** Opens the exporter's port to the room's network only. A rule of kmon's for the same port is replaced. */
export function openExporter(
  computer: Pick<OtherComputer, 'exporterPort'>,
  room: Pick<RoomNetwork, 'subnet'>,
): PowerShell<'changes'> {
  const { exporterPort: port } = computer;
  return psChanges`Remove-NetFirewallRule -Name ${ruleName(port)} -ErrorAction SilentlyContinue
New-NetFirewallRule -Name ${ruleName(port)} -Group ${RULE_GROUP} -DisplayName ${`kmon: exporter on ${port} for ${room.subnet}`} -Direction Inbound -Action Allow -Protocol TCP -LocalPort ${port} -RemoteAddress ${room.subnet} -Profile Any | Out-Null`;
}

/** The rules of kmon's, whatever port each is for: kmon.yaml may have named another one then. */
export const lookAtRules: PowerShell<'reads'> = psReads`$ErrorActionPreference='SilentlyContinue'
"@@rule"
Get-NetFirewallRule -Group ${RULE_GROUP} | Select-Object Name,Enabled,Direction,Action | Format-List | Out-String -Width 300
"@@end"`;

/** Removes every rule of kmon's, and says how many there were: `removed=2`. */
export const closeExporter: PowerShell<'changes'> = psChanges`$r=@(Get-NetFirewallRule -Group ${RULE_GROUP} -ErrorAction SilentlyContinue)
$r | Remove-NetFirewallRule
"removed=$($r.Count)"`;

/** The same for a person, who needs no count. */
export const closeExporterByHand: PowerShell<'changes'> = psChanges`Remove-NetFirewallRule -Group ${RULE_GROUP}`;

/** OpenSSH's server, which is a part of Windows that is not installed by itself; its set-up makes a firewall rule, some versions do not. */
export const enableSsh: readonly PowerShell<'changes'>[] = [
  psChanges`Add-WindowsCapability -Online -Name OpenSSH.Server~~~~0.0.1.0`,
  psChanges`Set-Service -Name sshd -StartupType Automatic`,
  psChanges`Start-Service sshd`,
  psChanges`if (-not (Get-NetFirewallRule -Name OpenSSH-Server-In-TCP -ErrorAction SilentlyContinue)) { New-NetFirewallRule -Name OpenSSH-Server-In-TCP -DisplayName 'OpenSSH Server (sshd)' -Enabled True -Direction Inbound -Protocol TCP -Action Allow -LocalPort 22 }`,
];

export const disableSsh: readonly PowerShell<'changes'>[] = [
  psChanges`Stop-Service sshd`,
  psChanges`Set-Service -Name sshd -StartupType Disabled`,
];

/** An address that stays, on one interface. */
export interface WindowsAddress {
  readonly interfaceName: string;
  readonly address: string;
  readonly prefix: number;
  readonly gateway?: string;
}

/** Cuts whoever is logged in over this interface: to be typed at the computer itself. */
export function setStaticAddress(to: WindowsAddress): readonly PowerShell<'changes'>[] {
  const { interfaceName, address, prefix, gateway } = to;
  return [
    psChanges`Set-NetIPInterface -InterfaceAlias ${interfaceName} -AddressFamily IPv4 -Dhcp Disabled`,
    gateway === undefined
      ? psChanges`New-NetIPAddress -InterfaceAlias ${interfaceName} -IPAddress ${address} -PrefixLength ${prefix}`
      : psChanges`New-NetIPAddress -InterfaceAlias ${interfaceName} -IPAddress ${address} -PrefixLength ${prefix} -DefaultGateway ${gateway}`,
    // Without DHCP nobody names a name server.
    ...(gateway === undefined
      ? []
      : [psChanges`Set-DnsClientServerAddress -InterfaceAlias ${interfaceName} -ServerAddresses ${gateway}`]),
  ];
}

/** DHCP again. */
export function setLeasedAddress(from: WindowsAddress): readonly PowerShell<'changes'>[] {
  const { interfaceName, address, gateway } = from;
  return [
    psChanges`Remove-NetIPAddress -InterfaceAlias ${interfaceName} -IPAddress ${address} -Confirm:$false`,
    ...(gateway === undefined
      ? []
      : [
          psChanges`Remove-NetRoute -InterfaceAlias ${interfaceName} -DestinationPrefix 0.0.0.0/0 -Confirm:$false`,
          psChanges`Set-DnsClientServerAddress -InterfaceAlias ${interfaceName} -ResetServerAddresses`,
        ]),
    psChanges`Set-NetIPInterface -InterfaceAlias ${interfaceName} -AddressFamily IPv4 -Dhcp Enabled`,
  ];
}

/**
 * Everything kmon wants to know, in one round trip, each part behind a line `@@part`. Lists and not tables: a table is cut at the width of
 * a terminal, and names of properties are English in every language of Windows.
 */
export function lookAtWindows(computer: OtherComputer): PowerShell<'reads'> {
  return psReads`$ErrorActionPreference='SilentlyContinue'
function part($n,$v){"@@$n"; $v | Format-List | Out-String -Width 300}
"@@user"
"admin=$(([Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent()).IsInRole([Security.Principal.WindowsBuiltInRole]'Administrator'))"
part address (Get-NetIPAddress -AddressFamily IPv4 | Select-Object IPAddress,InterfaceAlias,PrefixLength,PrefixOrigin)
part route (Get-NetRoute -DestinationPrefix 0.0.0.0/0 | Select-Object InterfaceAlias,NextHop)
part network (Get-NetConnectionProfile | Select-Object InterfaceAlias,NetworkCategory)
part profile (Get-NetFirewallProfile -PolicyStore ActiveStore | Select-Object Name,Enabled,AllowInboundRules,AllowLocalFirewallRules)
part rule (Get-NetFirewallRule -Group ${RULE_GROUP} | Select-Object Name,Enabled,Direction,Action)
part listener (Get-NetTCPConnection -State Listen -LocalPort ${computer.exporterPort} | Select-Object LocalAddress,LocalPort)
"@@end"`;
}
