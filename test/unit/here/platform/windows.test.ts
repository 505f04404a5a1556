import type { Stats } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { windows } from '../../../../src/here/platform/windows.js';
import type { WindowsPrograms } from '../../../../src/here/platform/windows.js';

const SELF = 'S-1-5-21-1004336348-1177238915-682003330-1001';
const OTHER = 'S-1-5-21-1004336348-1177238915-682003330-1002';
const FILE = String.raw`C:\Users\Anna Muster\.ssh\id_ed25519`;
const NO_STATS = {} as Stats;

/** A Windows whose files all have this descriptor. */
function withList(sddl: string | undefined, more: Partial<WindowsPrograms> = {}): ReturnType<typeof windows> {
  return windows({
    run: (program) => (program === 'whoami' ? `"lab\\anna","${SELF}"\r\n` : ''),
    descriptorOf: () => sddl,
    rename: () => Promise.resolve(),
    ...more,
  });
}

describe('who else may read a file', () => {
  it.each([
    ['what a home gives to its files', `D:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FA;;;${SELF})`, undefined],
    ['what ssh-keygen makes', `D:PAI(A;;FA;;;${SELF})`, undefined],
    ['the administrator and the owner by name', 'D:P(A;;FA;;;LA)(A;;FA;;;OW)', undefined],
    ['nobody at all', 'D:P', undefined],
    ['for files to come alone', 'D:AI(A;OICIIO;GA;;;WD)', undefined],
    ['denied', 'D:AI(D;;FA;;;WD)', undefined],
    ['that may not read', 'D:AI(A;;0x100080;;;BU)(A;;RCSD;;;BU)(A;;FX;;;BU)', undefined],
    ['what a folder beside the homes gives', 'D:AI(A;ID;FA;;;BA)(A;ID;0x1301bf;;;AU)', 'Authenticated Users'],
    ['readers', 'D:AI(A;ID;0x1200a9;;;BU)', 'Users'],
    ['readers by letters', 'D:AI(A;;FR;;;BU)(A;;CC;;;IU)', 'Users, Interactive'],
    ['generic rights', 'D:AI(A;;GR;;;WD)(A;;GA;;;BG)', 'Everyone, Guests'],
    ['generic rights as a number', 'D:AI(A;;0x80000000;;;WD)', 'Everyone'],
    ['by its SID', 'D:AI(A;;FA;;;S-1-1-0)', 'Everyone'],
    ['somebody who may change the list', 'D:AI(A;;WD;;;BU)', 'Users'],
    ['another person', `D:AI(A;;FA;;;${OTHER})(A;;FR;;;${OTHER})`, OTHER],
    ['under a condition', 'D:AI(XA;;FR;;;AU;(@User.x == 1))', 'Authenticated Users'],
    ['letters that nobody knows', 'D:AI(A;;ZZ;;;BU)', 'Users'],
    ['no list', 'D:NO_ACCESS_CONTROL', 'Everyone'],
    ['of a file system that has none', '', undefined],
    ['that cannot be read', undefined, 'its list of access cannot be read'],
    ['no descriptor', 'O:BAG:BA', 'its list of access cannot be read'],
  ])('%s', (_what, sddl, who) => {
    expect(withList(sddl).readers(FILE, NO_STATS)?.how).toBe(who);
  });

  it('is mended by a command that works in cmd and PowerShell, whatever the language', () => {
    expect(withList('D:AI(A;;FR;;;BU)').readers(FILE, NO_STATS)?.remedy).toBe(
      `icacls "${FILE}" /inheritance:r /grant:r *${SELF}:F`,
    );
  });

  it('is another question than who may write', () => {
    const list = withList('D:AI(A;;FR;;;BU)(A;;FW;;;AU)');
    expect(list.readers(FILE, NO_STATS)?.how).toBe('Users, Authenticated Users');
    expect(list.writers(FILE, NO_STATS)?.how).toBe('Authenticated Users');
  });
});

it('starts a program for a file once, until its list changes', () => {
  let asked = 0;
  const here = withList(undefined, {
    descriptorOf: () => {
      asked += 1;
      return 'D:AI(A;;FR;;;BU)';
    },
  });
  for (const ctimeMs of [1, 1, 2]) expect(here.readers(FILE, { ctimeMs } as Stats)?.how).toBe('Users');
  expect(here.writers(FILE, { ctimeMs: 2 } as Stats)).toBeUndefined();
  expect(asked).toBe(2);
});

it('keeps a file or a folder to its owner, the system and the administrators, by their numbers', () => {
  const asked: (readonly string[])[] = [];
  const here = withList(undefined, {
    run: (program, args) => {
      asked.push([program, ...args]);
      return program === 'whoami' ? `"lab\\anna","${SELF}"\r\n` : '';
    },
  });
  here.shut('a', 'file');
  here.shut('b', 'folder');
  expect(asked).toEqual([
    ['whoami', '/user', '/fo', 'csv', '/nh'],
    ['icacls', 'a', '/inheritance:r', '/grant:r', `*${SELF}:F`, '*S-1-5-18:F', '*S-1-5-32-544:F', '/q'],
    [
      ...['icacls', 'b', '/inheritance:r', '/grant:r'],
      ...[SELF, 'S-1-5-18', 'S-1-5-32-544'].map((sid) => `*${sid}:(OI)(CI)F`),
      '/q',
    ],
  ]);
});

describe('where Windows does not say who runs it', () => {
  const nobody = (sddl: string | undefined): { asked: string[]; here: ReturnType<typeof windows> } => {
    const asked: string[] = [];
    const here = withList(sddl, {
      run: (program) => {
        asked.push(program);
        return undefined;
      },
    });
    return { asked, here };
  };

  it('takes no rights away, and says that it could not', () => {
    const { asked, here } = nobody('D:AI(A;;FA;;;WD)');
    expect(() => {
      here.shut('a', 'file');
    }).toThrow('the list of access of a cannot be set');
    expect(asked).not.toContain('icacls');
  });

  it('takes nobody for a stranger, and trusts nobody', () => {
    expect(nobody(`D:P(A;;FA;;;${SELF})`).here.readers(FILE, NO_STATS)?.how).toBe(
      'its list of access cannot be read',
    );
  });

  it('goes on where there are no such lists', () => {
    const { here } = nobody('');
    here.shut('a', 'file');
    expect(here.readers(FILE, NO_STATS)).toBeUndefined();
  });
});

it('shuts a folder of kmon that came from where others may read it, and leaves one that nobody else may', () => {
  const folder = import.meta.dirname;
  for (const [sddl, times] of [
    ['D:AI(A;;FR;;;AU)', 1],
    [`D:P(A;;FA;;;${SELF})`, 0],
    ['', 0],
  ] as const) {
    const asked: string[] = [];
    const here = withList(sddl, {
      run: (program) => {
        asked.push(program);
        return `"lab\\anna","${SELF}"\r\n`;
      },
    });
    here.shutAgain(folder);
    here.shutAgain(`${folder}/gone`);
    expect(asked.filter((program) => program === 'icacls')).toHaveLength(times);
  }
});

describe('a file in the place of one that is open', () => {
  const failing = (times: number, code: string): { tries: number; rename: () => Promise<void> } => {
    const made = {
      tries: 0,
      rename: () => {
        made.tries += 1;
        return made.tries <= times
          ? Promise.reject(Object.assign(new Error(code), { code }))
          : Promise.resolve();
      },
    };
    return made;
  };

  it.each(['EPERM', 'EACCES', 'EBUSY'])('is put there after a moment: %s', async (code) => {
    const renames = failing(2, code);
    await withList(undefined, renames).replace('a', 'b');
    expect(renames.tries).toBe(3);
  });

  it('is told at once where waiting is of no use', async () => {
    const renames = failing(1, 'ENOENT');
    await expect(withList(undefined, renames).replace('a', 'b')).rejects.toThrow('ENOENT');
    expect(renames.tries).toBe(1);
  });

  it('is told when it stays open', async () => {
    const renames = failing(99, 'EPERM');
    await expect(withList(undefined, renames).replace('a', 'b')).rejects.toThrow('EPERM');
    expect(renames.tries).toBe(7);
  });
});

it('knows the agents of Windows, as its own ssh and people write them', () => {
  const { usualAgent, agentPath } = withList(undefined);
  const own = String.raw`\\.\pipe\openssh-ssh-agent`;
  expect(usualAgent).toBe(own);
  for (const written of [
    own,
    String.raw`\.\pipe\openssh-ssh-agent`,
    '//./pipe/openssh-ssh-agent',
    String.raw`//.\pipe/openssh-ssh-agent`,
  ])
    expect(agentPath(written)).toBe(own);
  expect(agentPath(String.raw`C:\cygwin\tmp\ssh-1\agent.1`)).toBe(String.raw`C:\cygwin\tmp\ssh-1\agent.1`);
});

it('runs what an ssh configuration decides by as ssh does there', () => {
  expect(withList(undefined).shell('if exist "C:\\a b" exit 0', { ComSpec: 'C:\\WINDOWS\\cmd.exe' })).toEqual(
    {
      program: 'C:\\WINDOWS\\cmd.exe',
      args: ['/d', '/s', '/c', '"if exist "C:\\a b" exit 0"'],
      verbatim: true,
    },
  );
});

it('finds the ssh of the computer', () => {
  expect(withList(undefined).sshFolder({})).toBe(String.raw`C:\ProgramData\ssh`);
  expect(withList(undefined).sshFolder({ ProgramData: 'D:\\data' })).toBe(String.raw`D:\data\ssh`);
});

it.each([
  ['plain.yaml', 'plain.yaml'],
  [String.raw`C:\a\b.yaml`, String.raw`C:\a\b.yaml`],
  [String.raw`C:\a b\c`, String.raw`"C:\a b\c"`],
  ['a&b', '"a&b"'],
  ['', '""'],
])('quotes %s for a hint', (word, quoted) => {
  expect(withList(undefined).quote(word)).toBe(quoted);
});
