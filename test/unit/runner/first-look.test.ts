import { describe, expect, it } from 'vitest';
import { firstLook, parseFirstLook } from '../../../src/runner/first-look.js';
import type { ExecResult, Transport } from '../../../src/transport/transport.js';

const SAID = `system=Linux 6.1.0-18-amd64
hostname=pc-11
name="Debian GNU/Linux 12 (bookworm)"
cpus=4
memory=8024512 kB
route=Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask
route=eth0	0001A8C0	00000000	0001	0	0	0	00FFFFFF
`;

/** Answers each command once, in order; one more is a mistake of the test. */
function machine(
  ...answers: readonly ((wire: string) => Partial<ExecResult>)[]
): Transport & { readonly left: () => number } {
  const rest = [...answers];
  return {
    exec: async (wire) => {
      const answer = rest.shift();
      if (answer === undefined) throw new Error(`nobody expected ${wire}`);
      return { exitCode: 0, stdout: '', stderr: '', durationMs: 1, ...answer(wire) };
    },
    close: async () => undefined,
    left: () => rest.length,
  };
}

/** What a shell makes of the wire: the mark that the script prints first is in it. */
function marked(wire: string, said: string): Partial<ExecResult> {
  const payload = /echo ([A-Za-z0-9+/=]+)\|base64/.exec(wire)?.[1] ?? '';
  const mark = /^echo (\S+);/.exec(Buffer.from(payload, 'base64').toString())?.[1] ?? '';
  return { stdout: `Welcome!\n${mark}\n${said}`, stderr: `${mark}\n` };
}

describe('a first look at a machine', () => {
  it('tells what it is, and where its routes go', () => {
    expect(parseFirstLook(SAID)).toEqual({
      system: 'Debian GNU/Linux 12 (bookworm)',
      hostname: 'pc-11',
      cpus: 4,
      memoryBytes: 8024512 * 1024,
      routes:
        'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF',
    });
  });

  it.each([
    ['nothing', '', { system: '', hostname: '', cpus: 0, memoryBytes: 0, routes: '' }],
    [
      'no os-release',
      'system=Linux 5.10\ncpus=x\nmemory=much\n',
      { system: 'Linux 5.10', hostname: '', cpus: 0, memoryBytes: 0, routes: '' },
    ],
  ])('tells %s of a machine that says no more', (_, said, expected) => {
    expect(parseFirstLook(said)).toEqual(expected);
  });

  it('is one command, whatever the login shell prints before', async () => {
    const there = machine((wire) => marked(wire, SAID));
    expect(await firstLook(there, 'pc-11')).toMatchObject({ hostname: 'pc-11', cpus: 4 });
    expect(there.left()).toBe(0);
  });

  it('tells a Mac', async () => {
    const there = machine((wire) =>
      marked(wire, 'system=Darwin 23.4.0\nProductName:\t\tmacOS\nProductVersion:\t\t14.4.1\n'),
    );
    expect(await firstLook(there, 'mac')).toMatchObject({
      system: 'macOS 14.4.1',
      other: { family: 'macos' },
    });
  });

  it('asks once more where no sh began, and tells a Windows', async () => {
    const there = machine(
      () => ({ exitCode: 1, stderr: "'exec' is not recognized as an internal or external command" }),
      () => ({
        stdout:
          '@@windows\r\nproduct=Windows 11 Pro\r\nversion=10.0.22631.0\r\npowershell=5.1.22621\r\nshell=\r\n',
      }),
    );
    expect(await firstLook(there, 'pc-13')).toMatchObject({
      system: 'Windows 11 Pro',
      other: { family: 'windows' },
    });
    expect(there.left()).toBe(0);
  });

  it('says when the login shell runs nothing at all', async () => {
    const there = machine(
      () => ({ exitCode: 1, stderr: 'This account is currently not available.' }),
      () => ({ exitCode: 1 }),
    );
    await expect(firstLook(there, 'pc-14')).rejects.toMatchObject({
      code: 'login-refused',
      message: 'it lets the user in, and runs no commands',
      evidence: 'This account is currently not available.',
    });
  });
});
