import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { win32 } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { networksOfRoutePrint } from './route-tables.js';
import { grantedBy, nameOfSid, strangersIn } from './access-list.js';
import type { Granted } from './access-list.js';
import type { Exposed, Platform } from './platform.js';

/** What asks Windows: its own programs, none of which says anything in a language. A test has answers of its own. */
export interface WindowsPrograms {
  /** What a program prints; `undefined`: it is not there, or failed. */
  run(program: string, args: readonly string[]): string | undefined;
  /**
   * The descriptor of a file in SDDL, in which accounts are SIDs: no name of an account depends on the language then. Empty: its file system has none.
   * `undefined`: it could not be asked.
   */
  descriptorOf(file: string): string | undefined;
  rename(from: string, to: string): Promise<void>;
}

const TIMEOUT_MS = 10_000;

/** A virus scanner, an indexer or an editor holds a file for moments. After these pauses it is no moment any more. */
const PAUSES_MS = [20, 50, 100, 200, 400, 800] as const;

export function windows(programs: WindowsPrograms = ofThisComputer()): Platform {
  let self: string | undefined | null = null;
  const selfSid = (): string | undefined => {
    if (self === null)
      self = /"(S-1-[\d-]+)"/.exec(programs.run('whoami', ['/user', '/fo', 'csv', '/nh']) ?? '')?.[1];
    return self;
  };

  // For each of thirty machines the same few files are looked at: a program is started once for each, while nothing of it changes.
  const known = new Map<string, string | undefined>();
  const descriptorOf = (file: string, { ctimeMs }: Stats): string | undefined => {
    const key = `${ctimeMs} ${file}`;
    if (!known.has(key)) known.set(key, programs.descriptorOf(file));
    return known.get(key);
  };

  const strangers = (file: string, stats: Stats, may: (granted: Granted) => boolean): Exposed | undefined => {
    const sddl = descriptorOf(file, stats);
    if (sddl === '') return undefined;
    const granted = sddl === undefined ? undefined : grantedBy(sddl);
    // Who cannot be known might be anybody.
    if (granted === undefined || selfSid() === undefined)
      return {
        how: 'its list of access cannot be read',
        remedy: `see what icacls ${quoteForWindows(file)} and whoami /user say`,
      };
    const names =
      granted === 'everybody'
        ? ['Everyone']
        : strangersIn(granted, selfSid())
            .filter(may)
            .map(({ who }) => nameOfSid(who));
    return names.length === 0 ? undefined : { how: names.join(', '), remedy: shutCommand(file, selfSid()) };
  };

  return {
    name: 'windows',
    path: win32,
    readers: (file, stats) => strangers(file, stats, ({ reads, writes }) => reads || writes),
    writers: (file, stats) => strangers(file, stats, ({ writes }) => writes),
    shut(path, kind) {
      const sid = selfSid();
      const full = kind === 'folder' ? '(OI)(CI)F' : 'F';
      const set =
        sid === undefined
          ? undefined
          : programs.run('icacls', [
              path,
              '/inheritance:r',
              '/grant:r',
              ...[sid, 'S-1-5-18', 'S-1-5-32-544'].map((who) => `*${who}:${full}`),
              '/q',
            ]);
      if (set === undefined && programs.descriptorOf(path) !== '')
        throw new Error(`the list of access of ${path} cannot be set (whoami, icacls)`);
    },
    shutAgain(folder) {
      try {
        const stats = statSync(folder);
        if (this.readers(folder, stats) !== undefined) this.shut(folder, 'folder');
      } catch (error) {
        // It is made when something is kept in it.
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      }
    },
    async replace(fresh, file) {
      for (const pauseMs of PAUSES_MS) {
        try {
          await programs.rename(fresh, file);
          return;
        } catch (error) {
          if (!isHeld(error)) throw error;
          await setTimeout(pauseMs);
        }
      }
      await programs.rename(fresh, file);
    },
    // That of the system's own OpenSSH. 1Password, gpg and others stand in for it under the same name.
    usualAgent: String.raw`\\.\pipe\openssh-ssh-agent`,
    // OpenSSH takes one backslash of two away when it reads its configuration; slashes work as well there.
    agentPath: (written) => {
      const pipe = /^[\\/]{1,2}\.[\\/]pipe[\\/](.+)$/.exec(written)?.[1];
      return pipe === undefined ? written : String.raw`\\.\pipe` + `\\${pipe}`;
    },
    sshFolder: (env) =>
      win32.join(env['ProgramData'] ?? env['PROGRAMDATA'] ?? String.raw`C:\ProgramData`, 'ssh'),
    shell: (command, env) => ({
      program: env['ComSpec'] ?? env['COMSPEC'] ?? 'cmd.exe',
      args: ['/d', '/s', '/c', `"${command}"`],
      verbatim: true,
    }),
    routes: () => networksOfRoutePrint(programs.run('route', ['print', '-4']) ?? ''),
    userNumber: undefined,
    programEndings: (env) =>
      (env['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';').filter((ending) => ending !== ''),
    quote: quoteForWindows,
  };
}

/** As cmd and PowerShell both take it: a SID needs no variable. */
function shutCommand(file: string, sid: string | undefined): string {
  return `icacls ${quoteForWindows(file)} /inheritance:r /grant:r ${sid === undefined ? 'YOUR-NAME' : `*${sid}`}:F`;
}

/** No name of a file has a `"` on Windows. */
function quoteForWindows(word: string): string {
  return /^[\w.:\\/@=+-]+$/.test(word) ? word : `"${word}"`;
}

function isHeld(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['EPERM', 'EACCES', 'EBUSY'].includes(String(error.code))
  );
}

function ofThisComputer(): WindowsPrograms {
  const run = (program: string, args: readonly string[]): string | undefined => {
    // By its whole path: another of the same name lies before it in the PATH of Git's shell, and may lie in the folder of a room.
    const file = win32.join(
      process.env['SystemRoot'] ?? String.raw`C:\Windows`,
      'System32',
      `${program}.exe`,
    );
    const { status, stdout } = spawnSync(file, args, {
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
      windowsHide: true,
    });
    return status === 0 ? stdout : undefined;
  };
  return {
    run,
    descriptorOf(file) {
      const folder = mkdtempSync(win32.join(tmpdir(), 'kmon-'));
      try {
        const saved = win32.join(folder, 'list');
        // What it prints is in the language of the system; what it saves is not: a name, then the descriptor, in UTF-16.
        if (run('icacls', [file, '/save', saved, '/q']) === undefined) return undefined;
        if (!existsSync(saved)) return '';
        return readFileSync(saved)
          .toString('utf16le')
          .split('\n')
          .find((line) => /^\s*D:/.test(line))
          ?.trim();
      } catch {
        return undefined;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    rename,
  };
}
