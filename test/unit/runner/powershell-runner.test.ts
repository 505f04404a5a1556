import { describe, expect, it } from 'vitest';
import { powershellRunner } from '../../../src/runner/powershell-runner.js';
import { recognise } from '../../../src/runner/recognise.js';
import { openOther } from '../../../src/runner/open-other.js';
import type { Trace } from '../../../src/runner/traced.js';
import { reads } from '../../../src/shell/command.js';
import { psChanges, psReads } from '../../../src/shell/powershell.js';
import { Secret } from '../../../src/shell/secret.js';
import type { ExecResult } from '../../../src/transport/transport.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { marked, payloadOf, scriptedTransport } from './scripted-transport.js';
import type { Answer } from './scripted-transport.js';

const scriptOf = (wire: string): string =>
  Buffer.from(wire.split(' ').at(-1) ?? '', 'base64').toString('utf16le');
/** As PowerShell would print: behind what a profile says, with the line breaks of Windows. */
const says =
  (text: string, more: Partial<ExecResult> = {}): Answer =>
  ({ wire }) => ({
    stdout: `Bienvenue\r\n${/kmon:[0-9a-f]+/.exec(scriptOf(wire))?.[0] ?? ''}\r\n${text.replaceAll('\n', '\r\n')}`,
    ...more,
  });

describe('a runner for PowerShell', () => {
  const setUp = (...answers: Answer[]) => {
    const transport = scriptedTransport(answers);
    const traces: Parameters<Trace>[0][] = [];
    return {
      transport,
      traces,
      run: powershellRunner({ machine: 'pc-04', transport, trace: (t) => traces.push(t) }),
    };
  };

  it('gives what the script printed, and tells of it', async () => {
    const { run, transport, traces } = setUp(says('removed=2\n'));
    expect(await run.mutate('take the rules back', psChanges`Remove-Thing ${"it's"}`)).toBe('removed=2\n');
    const script = scriptOf(transport.sent[0]?.wire ?? '');
    expect(script).toContain("$ErrorActionPreference='Stop'\ntrap{");
    expect(script.split('\n').at(-1)).toBe("Remove-Thing 'it''s'");
    expect(traces).toEqual([
      { type: 'command-started', machine: 'pc-04', verb: 'mutate', intent: 'take the rules back' },
      {
        type: 'command',
        machine: 'pc-04',
        verb: 'mutate',
        intent: 'take the rules back',
        shown: "Remove-Thing 'it''s'",
        exitCode: 0,
        durationMs: 7,
      },
    ]);
  });

  it('turns an error into its one line', async () => {
    const { run } = setUp(
      says('', { exitCode: 1, stderr: '#< CLIXML\r\nerror: Accès refusé.\r\n<Objs></Objs>\r\n' }),
    );
    expect(await kmonErrorOf(run.mutate('open the exporter', psChanges`New-Thing`))).toMatchObject({
      code: 'command',
      message: 'could not open the exporter: error: Accès refusé.',
      context: { machine: 'pc-04' },
    });
  });

  it('takes silence for a failure', async () => {
    const { run } = setUp(() => ({ stdout: 'something else\n' }));
    expect(await kmonErrorOf(run.query(psReads`Get-Thing`))).toMatchObject({
      code: 'command',
      message: 'a look failed: something else',
    });
  });
});

describe('recognise', () => {
  it('asks a Linux once, and leaves it alone', async () => {
    const transport = scriptedTransport([({ wire }) => marked(wire, { stdout: 'system=Linux 6.12.0\n' })]);
    expect(await recognise(transport)).toBeUndefined();
    expect(payloadOf(transport.sent[0]?.wire ?? '')).not.toMatch(/sudo|>"/);
  });

  it('asks a computer without sh again', async () => {
    const transport = scriptedTransport([
      () => ({ exitCode: 1, stderr: "'exec' is not recognized" }),
      () => ({ stdout: '@@windows\r\nproduct=Windows 10 Pro\r\nversion=10.0.19045.0\r\nshell=\r\n' }),
    ]);
    expect(await recognise(transport)).toMatchObject({ family: 'windows', name: 'Windows 10 Pro' });
  });
});

describe('openOther', () => {
  const macos = { family: 'macos', name: 'macOS 14.4.1', version: '14.4.1' } as const;
  const refused: Answer = () => ({ exitCode: 1, stderr: 'sudo: a password is required\n' });
  const ok: Answer = ({ wire }) => marked(wire, {});
  const open = (password: string | undefined, ...answers: Answer[]) => {
    const transport = scriptedTransport(answers);
    const askPassword = async (): Promise<Secret | undefined> =>
      password === undefined ? undefined : new Secret(password);
    return { transport, opened: openOther({ machine: 'mac', transport, system: macos, askPassword }) };
  };

  it('becomes root on a Mac by sudo', async () => {
    const { opened, transport } = open(undefined, ok, ok);
    const other = await opened;
    if (other?.family !== 'macos') throw new Error('no Mac');
    await other.run.query(reads`true`);
    expect(transport.sent[1]?.wire).toMatch(/^exec env LC_ALL=C sudo -k -n /);
  });

  it('asks for a password only when sudo does, and only once', async () => {
    const { opened, transport } = open('pass word', refused, ok);
    expect((await opened)?.family).toBe('macos');
    expect(transport.sent[1]?.wire).toMatch(/^exec env LC_ALL=C sudo -k -S /);
    const nobody = open(undefined, refused);
    expect(await kmonErrorOf(nobody.opened)).toMatchObject({ code: 'no-sudo' });
    const wrong = open('wrong', refused, refused);
    expect(await kmonErrorOf(wrong.opened)).toMatchObject({ code: 'no-sudo' });
  });

  it('has nothing for other systems', async () => {
    const transport = scriptedTransport([]);
    const system = { family: 'other', name: 'FreeBSD 14', version: '14' } as const;
    expect(
      await openOther({ machine: 'm', transport, system, askPassword: async () => undefined }),
    ).toBeUndefined();
  });
});
