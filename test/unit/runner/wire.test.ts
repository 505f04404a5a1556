import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { afterMark, wire } from '../../../src/runner/wire.js';
import type { Privilege } from '../../../src/runner/wire.js';
import { proxiesBack } from '../../../src/shell/proxies.js';
import { Secret } from '../../../src/shell/secret.js';
import type { Stdin } from '../../../src/shell/command.js';

const MARK = 'kmon:0123456789abcdef';
const PASSWORD: Privilege = { mode: 'password', password: new Secret('pw') };
const bytes = (stdin: readonly Stdin[]): string =>
  stdin
    .map((part) => {
      if (part instanceof Secret) return part.reveal();
      if (typeof part === 'string') return part;
      throw new Error('no such part is expected here');
    })
    .join('');

/** Runs a wire by a real `sh`, without the sudo in front of it: `prefix` is cut, and with it what sudo takes from stdin. */
function run(
  script: string,
  privilege: Privilege,
  stdin = '',
): { stdout?: string; stderr?: string; status: number | null } {
  const { text, stdin: before } = wire(script, privilege, MARK);
  const bare = text.replace(/env LC_ALL=C sudo .*? -- /, '');
  const { stdout, stderr, status } = spawnSync('sh', ['-c', bare], {
    input: bytes(before) + stdin,
    encoding: 'utf8',
  });
  const out = afterMark(stdout, MARK);
  const err = afterMark(stderr, MARK);
  return {
    ...(out === undefined ? {} : { stdout: out }),
    ...(err === undefined ? {} : { stderr: err }),
    status,
  };
}

describe('wire', () => {
  it.each<[string, Privilege, string]>([
    ['root', { mode: 'root' }, "exec sh -c 'eval "],
    ['the user', { mode: 'user' }, "exec sh -c 'eval "],
    ['sudo', { mode: 'nopasswd' }, "exec env LC_ALL=C sudo -k -n -- sh -c 'eval "],
    ['sudo by password', PASSWORD, "exec env LC_ALL=C sudo -k -S -p '' -- sh -c 'IFS= read -r g; "],
    ['sudo at a terminal', { mode: 'nopasswd', terminal: true }, "exec env LC_ALL=C perl -e 'use POSIX ();"],
  ])('becomes %s', (_who, privilege, beginning) => {
    expect(wire('true', privilege, MARK).text.startsWith(beginning)).toBe(true);
  });

  it.each<[string, Privilege]>([
    ['root', { mode: 'root' }],
    ['sudo', { mode: 'nopasswd' }],
    ['sudo by password', PASSWORD],
    ['sudo at a terminal', { ...PASSWORD, terminal: true }],
  ])('gives no shell anything to interpret, for %s', (_who, privilege) => {
    for (const script of ["echo 'a\nb' \\ ! $HOME `id`", `: ${'x'.repeat(100_000)}`]) {
      const { text } = wire(script, privilege, MARK);
      expect(text).not.toMatch(/[\\!\n`]/);
      expect(text.length).toBeLessThanOrEqual(6000);
      expect(spawnSync('sh', ['-n', '-c', text]).status).toBe(0);
      expect(text).not.toContain('pw');
    }
  });

  it('sends a long script by stdin, ahead of what the command is given', () => {
    const script = `v=${'x'.repeat(100_000)}; echo $(printf %s "$v" | wc -c); cat`;
    expect(wire('cat', { mode: 'root' }, MARK).stdin).toEqual([]);
    expect(wire(script, { mode: 'root' }, MARK).stdin).toHaveLength(1);
    expect(run(script, { mode: 'root' }, 'rest\n')).toEqual({
      stdout: '100000\nrest\n',
      stderr: '',
      status: 0,
    });
  });

  it('sends a long script that needs no stdin in plain, and half of it does nothing', () => {
    const script = `v=${'x'.repeat(10_000)}; echo "it's $(printf %s "$v" | wc -c)"; cat; exit 7 # the end`;
    for (const privilege of [{ mode: 'root' }, PASSWORD] as const) {
      const { text, stdin } = wire(script, privilege, MARK, false);
      const bare = text.replace(/env LC_ALL=C sudo .*? -- /, '');
      const whole = bytes(stdin);
      expect(text).not.toMatch(/[\\!\n`]/);
      expect(whole).toContain("it's");
      const sent = (input: string): { stdout: string | undefined; status: number | null } => {
        const { stdout, status } = spawnSync('sh', ['-c', bare], { input, encoding: 'utf8' });
        return { stdout: afterMark(stdout, MARK), status };
      };
      expect(sent(whole)).toEqual({ stdout: "it's 10000\n", status: 7 });
      for (const missing of [2, 3, 40, 5000, 10_200])
        expect(sent(whole.slice(0, -missing)).stdout).toBeUndefined();
    }
  });

  it('takes the password away from the script, whether sudo has read it or not', () => {
    // `run` has no sudo: the password line is still there when the shell begins.
    expect(run('cat', PASSWORD, 'rest\n')).toEqual({ stdout: 'rest\n', stderr: '', status: 0 });
    const { text, stdin } = wire('cat', PASSWORD, MARK);
    const bare = text.replace(/env LC_ALL=C sudo .*? -- /, '');
    const afterSudo = bytes(stdin).replace('pw\n', '');
    const { stdout } = spawnSync('sh', ['-c', bare], { input: `${afterSudo}rest\n`, encoding: 'utf8' });
    expect(afterMark(stdout, MARK)).toBe('rest\n');
  });

  it('keeps the proxies of the login from what it starts, and gives them to what fetches something', () => {
    const proxies = { https_proxy: 'http://marie:geheim@p.example:1', HTTP_PROXY: 'http://q.example:2' };
    const seen = (script: string, privilege: Privilege): string => {
      const { text } = wire(script, privilege, MARK);
      const env = { PATH: process.env['PATH'] ?? '', ...proxies };
      return afterMark(spawnSync('sh', ['-c', text], { env, encoding: 'utf8' }).stdout, MARK) ?? '';
    };
    const shown = 'env | grep -i _proxy= | sort';
    expect(seen(shown, { mode: 'root' })).toBe('');
    expect(seen(`(${proxiesBack.script}\n${shown})\n${shown}`, { mode: 'root' })).toBe(
      'http_proxy=http://q.example:2\nhttps_proxy=http://marie:geheim@p.example:1\n',
    );
    // Where the login brings none: /etc/environment, as people write it.
    const folder = mkdtempSync(join(tmpdir(), 'kmon-wire-'));
    const file = join(folder, 'environment');
    writeFileSync(
      file,
      '# https_proxy=http://no.example\nexport HTTPS_PROXY="http://m:g@f.example:1"\r\nno_proxy=a,b\n',
    );
    const { text: bare } = wire(
      `${proxiesBack.script.replaceAll('/etc/environment', file)}\n${shown}`,
      { mode: 'root' },
      MARK,
    );
    const end = spawnSync('sh', ['-c', bare], { env: { PATH: process.env['PATH'] ?? '' }, encoding: 'utf8' });
    expect(afterMark(end.stdout, MARK)).toBe('https_proxy=http://m:g@f.example:1\nno_proxy=a,b\n');
    rmSync(folder, { recursive: true });
    // On the user's own computer the way to a cluster may lead through one.
    expect(seen(shown, { mode: 'user' })).toContain('HTTP_PROXY=http://q.example:2');
  });

  it('does not begin when the stdin is not what it must be', () => {
    const { text } = wire('echo begun', PASSWORD, MARK);
    const bare = text.replace(/env LC_ALL=C sudo .*? -- /, '');
    expect(spawnSync('sh', ['-c', bare], { input: 'a\nb\nc\n', encoding: 'utf8' })).toMatchObject({
      status: 213,
      stdout: '',
    });
  });

  it('passes on exit codes, and failures of a script that stops at the first', () => {
    expect(run('exit 9', { mode: 'root' }).status).toBe(9);
    expect(run('set -e\nfalse\necho three', { mode: 'root' })).toEqual({ stdout: '', stderr: '', status: 1 });
    expect(run('if', { mode: 'root' }).status).not.toBe(0);
  });

  it('makes the surroundings the same everywhere', () => {
    const show = 'echo "$LC_ALL ${LANGUAGE-none} $HOME $PWD $(umask)"; echo "$PATH"';
    expect(run(show, { mode: 'root' }).stdout).toBe(
      'C none /root / 0022\n/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n',
    );
    const asUser = run(show, { mode: 'user' }).stdout ?? '';
    expect(asUser).toContain(`C none ${process.env['HOME'] ?? ''} ${process.cwd()} 0022\n`);
    expect(asUser).toContain(`${process.env['PATH'] ?? ''}:/usr/local/sbin:`);
  });
});

describe('afterMark', () => {
  it('drops what came before, and only that', () => {
    expect(afterMark(`noise\n${MARK}\nout ${MARK}\nmore`, MARK)).toBe(`out ${MARK}\nmore`);
    expect(afterMark(`no newline before${MARK}\nout`, MARK)).toBe('out');
    expect(afterMark('nothing', MARK)).toBeUndefined();
  });
});
