import { describe, expect, it } from 'vitest';
import { secondLook, systemOf, systemOfSecondLook } from '../../../src/runner/other-system.js';
import { probeSudo } from '../../../src/runner/sudo.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { marked, payloadOf, scriptedTransport } from './scripted-transport.js';
import type { Answer } from './scripted-transport.js';

// Formats: the names of the kernel are those of `uname` (MSYS2, Cygwin, Darwin); sw_vers after its manual page
// (https://keith.github.io/xcode-man-pages/sw_vers.1.html); the registry after
// https://learn.microsoft.com/en-us/windows-server/administration/openssh/openssh-server-configuration
const SW_VERS = 'ProductName:\t\tmacOS\nProductVersion:\t\t14.4.1\nBuildVersion:\t\t23E224\n';
const windows = (lines: readonly string[]): string =>
  ['noise of a profile', '@@windows', ...lines, ''].join('\r\n');

describe('the system by uname', () => {
  it.each([
    ['system=Linux 6.12.0-amd64', undefined],
    ['system=Linux 5.15.153.1-microsoft-standard-WSL2', undefined],
    ['nothing of it', undefined],
    [
      `uid=501 user=ada\nsystem=Darwin 23.4.0\n${SW_VERS}`,
      { family: 'macos', name: 'macOS 14.4.1', version: '14.4.1' },
    ],
    [
      'system=Darwin 15.6.0\nProductName:\tMac OS X\nProductVersion:\t10.11.6\n',
      { family: 'macos', name: 'Mac OS X 10.11.6', version: '10.11.6' },
    ],
    [
      'system=Linux 4.4.0-22621-Microsoft',
      { family: 'wsl', name: 'WSL 1', version: '4.4.0-22621-Microsoft', shell: 'WSL' },
    ],
    [
      'system=MINGW64_NT-10.0-22631 3.4.10-87d57229.x86_64',
      { family: 'windows', name: 'Windows 11', version: '10.0.22631', shell: 'Git Bash' },
    ],
    [
      'system=CYGWIN_NT-10.0-19045 3.5.3-1.x86_64',
      { family: 'windows', name: 'Windows', version: '10.0.19045', shell: 'Cygwin' },
    ],
    [
      'system=FreeBSD 14.1-RELEASE',
      { family: 'other', name: 'FreeBSD 14.1-RELEASE', version: '14.1-RELEASE' },
    ],
  ])('%j', (said, system) => {
    expect(systemOf(said)).toEqual(system);
  });
});

describe('the system by PowerShell', () => {
  it.each([
    [
      ['product=Windows 10 Pro', 'version=10.0.22631.0', 'powershell=5.1.22621.2506', 'shell='],
      { name: 'Windows 11 Pro', version: '10.0.22631', shell: 'cmd.exe' },
    ],
    [
      [
        'product=Windows 10 Famille',
        'version=10.0.19045.0',
        'powershell=5.1.19041.4170',
        'shell=C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
        'shellversion=10.0.19041.3996',
      ],
      { name: 'Windows 10 Famille', version: '10.0.19045', shell: 'PowerShell 5.1' },
    ],
    [
      [
        'product=Windows Server 2022 Datacenter',
        'version=10.0.20348.0',
        'powershell=5.1.20348.2110',
        'shell=C:\\Program Files\\PowerShell\\7\\pwsh.exe',
        'shellversion=7.4.2 SHA: 6c98e2a',
      ],
      { name: 'Windows Server 2022 Datacenter', version: '10.0.20348', shell: 'PowerShell 7.4' },
    ],
    [
      ['product=', 'version=10.0.22000.0', 'powershell=', 'shell=C:\\Program Files\\Git\\bin\\bash.exe'],
      { name: 'Windows 11', version: '10.0.22000', shell: 'Git Bash' },
    ],
    [
      ['product=Windows 10 Pro', 'version=10.0.19045.0', 'shell=C:\\Windows\\System32\\bash.exe'],
      { name: 'Windows 10 Pro', version: '10.0.19045', shell: 'WSL' },
    ],
  ])('%j', (lines, system) => {
    expect(systemOfSecondLook(windows(lines))).toEqual({ family: 'windows', ...system });
  });

  it('says nothing of what it does not understand', () => {
    expect(systemOfSecondLook('This account is currently not available.\n')).toBeUndefined();
  });
});

describe('becoming root on a computer that is no Linux', () => {
  const probe = (...answers: Answer[]) => {
    const transport = scriptedTransport(answers);
    const error = kmonErrorOf(
      probeSudo(transport, { machine: 'pc-04', askPassword: () => Promise.reject(new Error('asked')) }),
    );
    return { transport, error };
  };

  it('recognises Windows by one more command', async () => {
    const { transport, error } = probe(
      () => ({
        exitCode: 1,
        stderr:
          "'exec' n'est pas reconnu en tant que commande interne\r\nou externe, un programme exécutable.\r\n",
      }),
      () => ({ stdout: windows(['product=Windows 10 Pro', 'version=10.0.22631.0', 'shell=']) }),
    );
    expect(await error).toMatchObject({
      code: 'not-a-node',
      message: 'it runs Windows 11 Pro, which can be watched, but not be a Kubernetes node',
      evidence: 'Windows 11 Pro (10.0.22631), SSH starts cmd.exe',
      context: {
        machine: 'pc-04',
        system: { family: 'windows', name: 'Windows 11 Pro', version: '10.0.22631', shell: 'cmd.exe' },
      },
    });
    expect((await error).hint).toContain('kind: observed');
    expect(transport.sent.map((s) => s.wire.split(' ')[0])).toEqual(['exec', 'powershell']);
  });

  it('recognises a Mac in the same round trip, and leaves nothing there', async () => {
    const { transport, error } = probe(({ wire }) =>
      marked(wire, { stdout: `uid=501 user=ada\nsystem=Darwin 23.4.0\n${SW_VERS}` }),
    );
    expect(await error).toMatchObject({
      code: 'not-a-node',
      context: { system: { family: 'macos', name: 'macOS 14.4.1' } },
    });
    expect(transport.sent).toHaveLength(1);
    const script = payloadOf(transport.sent[0]?.wire ?? '');
    expect(script.indexOf('sw_vers; exit 0')).toBeLessThan(script.indexOf('.sudo_as_admin'));
  });

  it('recognises a Mac whose base64 is an old one', async () => {
    const { transport, error } = probe(
      () => ({
        stderr: 'base64: invalid option -- d\nUsage:\tbase64 [-hvDd] [-b num] [-i in_file] [-o out_file]\n',
      }),
      () => ({ stdout: 'system=Darwin 21.6.0\nProductName:\tmacOS\nProductVersion:\t12.7.4\n' }),
    );
    expect(await error).toMatchObject({ code: 'not-a-node', context: { system: { name: 'macOS 12.7.4' } } });
    expect(transport.sent[1]?.wire).toBe(secondLook('base64: invalid'));
  });

  it('asks a Linux nothing more', async () => {
    const transport = scriptedTransport([
      ({ wire }) => marked(wire, { stdout: 'uid=0 user=root\nsystem=Linux 6.12.0-amd64\n' }),
    ]);
    const sudo = await probeSudo(transport, { machine: 'pc-1', askPassword: async () => undefined });
    expect(sudo).toEqual({ mode: 'root' });
  });

  it('still says that a login shell runs nothing', async () => {
    const { error } = probe(
      () => ({ exitCode: 1, stdout: 'This account is currently not available.\n' }),
      () => ({ exitCode: 1, stdout: 'This account is currently not available.\n' }),
      () => ({ exitCode: 1 }),
    );
    expect(await error).toMatchObject({
      code: 'login-refused',
      evidence: 'This account is currently not available.',
    });
  });
});
