import { createHash } from 'node:crypto';
import { psQuote } from '../../shell/powershell.js';
import { FORWARDS, GUEST_SSH_PORT } from './forwards.js';
import { BOOT_SECONDS, GUEST_VM, LEAST_DISK_MB, LEAST_MEMORY_MB } from './guest-way.js';
import type { GuestScriptFacts, GuestWay } from './guest-way.js';

const path = '/guest.ps1';

/** Windows PowerShell 5.1 takes a script without it for one of the old code page. */
const BYTE_ORDER_MARK = '\uFEFF';

export const virtualboxWindows: GuestWay = {
  system: 'windows',
  hypervisor: 'VirtualBox',
  calls: {
    VBoxManage: 'makes, starts and removes the guest',
    winget: 'installs VirtualBox where it is not, and removes it then',
    'ssh-keyscan': "asks the guest for its host keys, over the laptop's own loopback",
    powershell: 'the part that needs an administrator: the rules of the firewall',
    'New-NetFirewallRule': "lets the guest's ports in, from the laptop's own network alone",
    'Remove-NetFirewallRule': 'takes these rules away, by name',
    'Get-NetFirewallRule': 'whether they are there',
    'Get-NetTCPConnection': 'whether a port is taken',
    'Get-NetUDPEndpoint': 'whether a port is taken',
    'Get-CimInstance': 'memory, processor, version of Windows',
  },
  templates: ['guest/virtualbox.ps1', 'guest/leave.ps1'],
  path,
  script,
  line,
  leave: `powershell -NoProfile -ExecutionPolicy Bypass -Command "& (Join-Path ([Environment]::GetFolderPath('UserProfile')) 'kmon-guest\\leave.ps1')"`,
};

function script(templates: readonly string[], facts: GuestScriptFacts): string {
  const [main = '', leave = ''] = templates;
  const portsOf = (protocol: 'tcp' | 'udp'): string =>
    FORWARDS.filter((f) => f.protocol === protocol)
      .map((f) => String(f.port))
      .join(',');
  const values: Readonly<Record<string, string>> = {
    Page: facts.page,
    Session: facts.session,
    Room: facts.room,
    By: facts.by,
    Vm: GUEST_VM,
    TcpPorts: portsOf('tcp'),
    UdpPorts: portsOf('udp'),
    Images: facts.architectures.join(' '),
    Forwards: FORWARDS.map((f) => `${f.name},${f.protocol},,${f.port},,${f.guestPort}`).join(' '),
  };
  const numbers: Readonly<Record<string, number>> = {
    SshPort: GUEST_SSH_PORT,
    LeastMemory: LEAST_MEMORY_MB,
    LeastDisk: LEAST_DISK_MB,
    BootSeconds: facts.bootSeconds ?? BOOT_SECONDS,
    PauseSeconds: facts.pauseSeconds ?? 2,
  };
  const set = [
    ...Object.entries(values).map(([name, value]) => `$${name} = ${psQuote(value)}`),
    ...Object.entries(numbers).map(([name, value]) => `$${name} = ${value}`),
    `$LeaveScript = @'\n${leave}'@`,
  ];
  return `${BYTE_ORDER_MARK}${set.join('\n')}\n${main}`.replaceAll(/\r?\n/g, '\r\n');
}

/**
 * Works pasted into cmd.exe and into PowerShell: within its double quotes stands nothing to which either gives a meaning, so no `$`, no `%` and no
 * backtick. Fails closed: where the script did not come, its sum is none. An empty proxy is none.
 */
function line(page: string, text: string): string {
  const sum = createHash('sha256').update(text).digest('hex').toUpperCase();
  const steps = [
    'Set-Location ([IO.Path]::GetTempPath())',
    `(New-Object Net.WebClient -Property @{Proxy=(New-Object Net.WebProxy)}).DownloadFile('${page}${path}', (Join-Path (Get-Location) 'kmon-guest.ps1'))`,
    `try { if ((Get-FileHash kmon-guest.ps1).Hash -ne '${sum}') { throw 'this is not the script of the line: load the page again' }; ./kmon-guest.ps1 } finally { Remove-Item kmon-guest.ps1 }`,
  ];
  return `powershell -NoProfile -ExecutionPolicy Bypass -Command "${steps.join('; ')}"`;
}
