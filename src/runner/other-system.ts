import { EXPORTER_PORTS } from '../room/ports.js';
import { KmonError } from '../errors/kmon-error.js';
import type { OtherSystem } from '../errors/kmon-error.js';
import { powershellLine, psReads } from '../shell/powershell.js';

/** Begins what a look prints: banners and profiles may print before it. */
const BEGIN = '@@windows';

/**
 * What a Windows tells about itself, by what every user may read: WMI refuses those who are no administrators, the registry does not.
 * Where SSH starts another shell than cmd.exe, its path is in the registry (learn.microsoft.com, OpenSSH Server configuration).
 */
const WINDOWS_LOOK = psReads`$ErrorActionPreference='SilentlyContinue'
${BEGIN}
$c=Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
$s=(Get-ItemProperty 'HKLM:\SOFTWARE\OpenSSH').DefaultShell
"product=$($c.ProductName)"
"version=$([Environment]::OSVersion.Version)"
"powershell=$($PSVersionTable.PSVersion)"
"shell=$s"
if($s){"shellversion=$((Get-Item $s).VersionInfo.ProductVersion)"}`;

/** `sh` is there, and its base64 knows no `-d`: a macOS before 13. */
const OLD_MAC_LOOK = `exec sh -c 'echo "system=$(uname -sr)"; sw_vers'`;

/**
 * What to ask a computer whose login shell did not run `sh`, given what it said to that. cmd.exe and PowerShell say in the language of
 * Windows that they know no `exec`, so their words decide nothing: whoever can run `powershell` is a Windows.
 */
export function secondLook(stderr: string): string {
  return stderr.includes('base64') ? OLD_MAC_LOOK : powershellLine(WINDOWS_LOOK);
}

/** The answer to `secondLook`; `undefined`: it was not understood there either. */
export function systemOfSecondLook(stdout: string): OtherSystem | undefined {
  const text = stdout.replaceAll('\r', '');
  const at = text.indexOf(`${BEGIN}\n`);
  return at < 0 ? systemOf(text) : windows(text.slice(at));
}

/**
 * The system out of `system=$(uname -sr)` and, on a Mac, what sw_vers printed; `undefined`: a Linux, or nothing was said. WSL 2 is a
 * Linux with a kernel of its own; WSL 1 is none.
 */
export function systemOf(said: string): OtherSystem | undefined {
  const [, kernel = '', release = ''] = /^system=(\S+) ?(.*)$/m.exec(said) ?? [];
  if (kernel === '') return undefined;
  if (kernel === 'Darwin') {
    const product = field(said, 'ProductName');
    const version = field(said, 'ProductVersion');
    return { family: 'macos', name: `${product === '' ? 'macOS' : product} ${version}`.trim(), version };
  }
  if (kernel === 'Linux') {
    return release.endsWith('-Microsoft')
      ? { family: 'wsl', name: 'WSL 1', version: release, shell: 'WSL' }
      : undefined;
  }
  // MINGW64_NT-10.0-22631, MSYS_NT-10.0-19045, CYGWIN_NT-10.0-22621: a Bash on Windows, which runs `sh`.
  const bash = /^(MINGW|MSYS|CYGWIN)[^-]*_NT-(\d+\.\d+)(?:-(\d+))?/.exec(kernel);
  if (bash !== null) {
    const [, kind = '', version = '', build = '0'] = bash;
    const shell = kind === 'CYGWIN' ? 'Cygwin' : 'Git Bash';
    return {
      family: 'windows',
      name: windowsName('', Number(build)),
      version: build === '0' ? version : `${version}.${build}`,
      shell,
    };
  }
  return { family: 'other', name: `${kernel} ${release}`.trim(), version: release };
}

/** A machine that was to be a node, and cannot. */
export function notANode(machine: string, system: OtherSystem): KmonError {
  const shell = system.shell === undefined ? '' : `, SSH starts ${system.shell}`;
  return new KmonError(
    'not-a-node',
    `it runs ${system.name}, which can be watched, but not be a Kubernetes node`,
    {
      machine,
      system,
      evidence: `${system.name}${system.version === '' ? '' : ` (${system.version})`}${shell}`,
      hint: `list ${machine} in kmon.yaml with kind: observed and exporter: ${EXPORTER_PORTS[system.family === 'windows' ? 'windows' : 'node']}, or start a Linux on it (WSL 2 is behind NAT and will not do)`,
    },
  );
}

function windows(text: string): OtherSystem {
  const version = (/^version=(\d+\.\d+\.\d+)/m.exec(text) ?? [])[1] ?? '';
  const product = (/^product=(.+)$/m.exec(text) ?? [])[1]?.trim() ?? '';
  return {
    family: 'windows',
    name: windowsName(product, Number(version.split('.')[2] ?? 0)),
    version,
    shell: loginShell(text),
  };
}

/** The registry of Windows 11 still says Windows 10; the build tells them apart (11 begins at 22000). Servers keep their year. */
function windowsName(product: string, build: number): string {
  const name = product.replace(/^Microsoft /, '');
  if (name.includes('Server')) return name;
  if (build >= 22_000) return `Windows 11${name.replace(/^Windows( 1[01])?/, '')}`;
  return name === '' ? 'Windows' : name;
}

function loginShell(text: string): string {
  const path = (/^shell=(.*)$/m.exec(text) ?? [])[1]?.trim() ?? '';
  const version = (/^shellversion=(\d+\.\d+)/m.exec(text) ?? [])[1];
  const program = (path.split(/[\\/]/).at(-1) ?? '').toLowerCase();
  switch (program) {
    case '':
    case 'cmd.exe':
      return 'cmd.exe';
    case 'powershell.exe':
      return `PowerShell ${(/^powershell=(\d+\.\d+)/m.exec(text) ?? [])[1] ?? '5'}`;
    case 'pwsh.exe':
      return `PowerShell ${version ?? '7'}`;
    case 'bash.exe':
    case 'wsl.exe':
      return /\\git\\/i.test(path) ? 'Git Bash' : 'WSL';
    default:
      return program;
  }
}

function field(text: string, name: string): string {
  return (new RegExp(`^${name}:\\s*(.+)$`, 'm').exec(text) ?? [])[1]?.trim() ?? '';
}
