import { readFileSync } from 'node:fs';

/**
 * Formats of what Windows and macOS print, written after public documentation and with addresses of our own. In order of the files:
 *
 * - windows-leased, windows-managed: properties and their names after the reference of each cmdlet, such as
 *   https://learn.microsoft.com/powershell/module/nettcpip/get-netipaddress and
 *   https://learn.microsoft.com/powershell/module/netsecurity/get-netfirewallprofile; the layout is that of Format-List
 *   (https://learn.microsoft.com/powershell/module/microsoft.powershell.utility/format-list)
 * - windows-ipconfiguration, windows-rule: https://learn.microsoft.com/powershell/module/nettcpip/get-netipconfiguration and
 *   https://learn.microsoft.com/powershell/module/netsecurity/get-netfirewallrule, on a French Windows
 * - mac-wifi, mac-static: sw_vers(1), ifconfig(8), networksetup(8), lsof(8) and pfctl(8) of macOS (https://keith.github.io/xcode-man-pages/);
 *   socketfilterfw after https://www.kolide.com/features/checks/mac-firewall
 */
export type Recorded =
  | 'windows-leased'
  | 'windows-managed'
  | 'windows-ipconfiguration'
  | 'windows-rule'
  | 'mac-wifi'
  | 'mac-static';

export function recorded(name: Recorded): string {
  return readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
}
