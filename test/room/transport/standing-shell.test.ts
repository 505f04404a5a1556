import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/shell/secret.js';
import { MAX_SHELL_INPUT } from '../../../src/transport/transport.js';
import type { InShellOptions, Transport } from '../../../src/transport/transport.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { temporaryFolder } from '../../support/sshd.js';
import { sshGround } from './ssh-ground.js';
import type { SshGround } from './ssh-ground.js';

const MIB = 1024 * 1024;
const SHELL = { wire: 'exec sh', stdin: [] };
const machine = 'pc-12';

/** What the transport contract says of scripts in a shell that stays, asked of a real one. */
describe('a shell that stays on a machine', () => {
  let ground: SshGround;
  let dir: string;
  beforeAll(async () => {
    dir = temporaryFolder('shells');
    ground = await sshGround(machine);
  });
  afterAll(async () => {
    await ground.end();
    rmSync(dir, { recursive: true });
  });
  const exec: Transport['exec'] = (wire, options) => ground.transport.exec(wire, options);
  const sh = (script: string, options?: InShellOptions): ReturnType<Transport['exec']> =>
    ground.transport.inShell(SHELL, script, options);
  const pid = async (): Promise<string> => (await sh('echo $$')).stdout;

  it.each([0, 1, 2, 100, 255])('resolves with exit code %i', async (code) => {
    expect(await sh(`exit ${code}`)).toMatchObject({ exitCode: code, stdout: '', stderr: '' });
  });

  it('runs one script after another in the same shell, and leaves nothing of one to the next', async () => {
    const first = await pid();
    const script = `cd ${dir}; a=1; export b=2; f() { :; }; umask 077; set -eu; trap 'echo trapped' EXIT; exec sh -c 'exit 4'`;
    expect(await sh(script)).toMatchObject({ exitCode: 4, stdout: '' });
    expect(await sh("trap 'echo trapped' EXIT; exit 3")).toMatchObject({
      exitCode: 3,
      stdout: 'trapped\n',
    });
    const left = `[ "$PWD" != ${dir} ] && [ -z "$a$b" ] && ! type f >/dev/null 2>&1 && umask && false; echo on`;
    expect((await sh(left)).stdout).toMatch(/^0+22\non\n$/);
    expect(await pid()).toBe(first);
  });

  it('keeps the two outputs apart, and the last line as it is', async () => {
    expect(await sh('printf out; printf "err\n\n" >&2')).toMatchObject({
      exitCode: 0,
      stdout: 'out',
      stderr: 'err\n\n',
    });
    expect(await sh(`printf '\\342'; sleep 0.2; printf '\\202'; sleep 0.2; printf '\\254'`)).toMatchObject({
      stdout: '€',
    });
  });

  it('gives a script any quotes, lines and characters as they are', async () => {
    const text = `it's "a" \\ $HOME \`x\` é !\n%s\t`;
    expect((await sh(`cat <<'end'\n${text}\nend`)).stdout).toBe(`${text}\n`);
    expect((await sh('cat', { input: text })).stdout).toBe(text);
    expect((await sh('cat', { input: new Secret(text) })).stdout).toBe(text);
  });

  it('gives an empty stdin to a script without one, and as much as it may to one with it', async () => {
    expect(await sh('cat')).toMatchObject({ exitCode: 0, stdout: '' });
    const long = 'x'.repeat(MAX_SHELL_INPUT);
    expect((await sh('wc -c', { input: long })).stdout.trim()).toBe(String(MAX_SHELL_INPUT));
    // Nobody reads it: no failure, and no word of it.
    expect(await sh('exit 3', { input: long })).toMatchObject({ exitCode: 3, stdout: '', stderr: '' });
    expect(await sh('head -c 2', { input: long })).toMatchObject({ stdout: 'xx', stderr: '' });
  });

  it('shows no input to who looks at the processes', async () => {
    const input = 'not-for-others';
    const look = `read -r s; tr '\\0' ' ' </proc/$$/cmdline; ps -eo args= | grep -c '[n]ot-for-others' || :; echo "$s"`;
    expect((await sh(look, { input: `${input}\n` })).stdout).toMatch(/^sh 0\nnot-for-others\n$/);
  });

  it('fails of a script that is none, and goes on', async () => {
    const failed = await sh('if true; then');
    expect(failed.exitCode).not.toBe(0);
    expect(failed.stderr).not.toBe('');
    expect((await sh('echo on')).stdout).toBe('on\n');
  });

  it('takes 10 MB on both outputs at once', async () => {
    const each = `head -c ${5 * MIB} /dev/zero | tr '\\0' x`;
    const result = await sh(`(${each}) & (${each} >&2); wait`);
    expect([result.stdout.length, result.stderr.length]).toEqual([5 * MIB, 5 * MIB]);
    expect(/^x+$/.test(result.stdout)).toBe(true);
  });

  it('gives up at the time limit, when aborted and when too much is printed, and goes on in another shell', async () => {
    const first = await pid();
    expect(await kmonErrorOf(sh('sleep 20', { timeoutMs: 300 }))).toMatchObject({
      code: 'timeout',
      context: { machine },
    });
    const controller = new AbortController();
    const running = kmonErrorOf(sh('sleep 20', { signal: controller.signal }));
    await sh('true');
    controller.abort();
    expect((await running).code).toBe('interrupted');
    expect(await kmonErrorOf(sh('yes', { maxOutputBytes: 100_000 }))).toMatchObject({
      message: 'the command printed more than 100000 bytes',
    });
    expect(await pid()).not.toBe(first);
  });

  it('tells of a shell that was killed under a script, and goes on in another one', async () => {
    expect(await kmonErrorOf(sh('kill -KILL $$'))).toMatchObject({
      code: 'command',
      message: 'the command was killed there by SIGKILL',
      context: { machine },
    });
    expect((await sh('echo on')).stdout).toBe('on\n');
  });

  it('ends with the words of a shell that does not begin', async () => {
    const refusing = { wire: 'echo no >&2; exit 7', stdin: [] };
    expect(await ground.transport.inShell(refusing, 'echo never')).toMatchObject({
      exitCode: 7,
      stdout: '',
      stderr: 'no\n',
    });
    const silent = { wire: 'exit 0', stdin: [] };
    expect(await kmonErrorOf(ground.transport.inShell(silent, 'true'))).toMatchObject({
      code: 'connection-lost',
      message: 'the shell there ended before the command did',
    });
  });

  it('tells a shell what it must hear first, and never mixes two kinds', async () => {
    const asking = { wire: `read -r a; export a; exec sh`, stdin: [new Secret('said'), '\n'] };
    expect((await ground.transport.inShell(asking, 'echo "$a"')).stdout).toBe('said\n');
    expect((await sh('echo "[$a]"')).stdout).toBe('[]\n');
    expect((await ground.transport.inShell(asking, 'echo "$a"')).stdout).toBe('said\n');
  });

  it('runs 30 scripts at once beside 30 commands, none mixed up with another', async () => {
    const numbers = Array.from({ length: 30 }, (_, i) => i);
    const scripts = numbers.map(async (i) => (await sh(`cat; echo ${i}`, { input: `${i}-` })).stdout);
    const commands = numbers.map(async (i) => (await exec(`cat; echo ${i}`, { stdin: `${i}+` })).stdout);
    expect(await Promise.all(scripts)).toEqual(numbers.map((i) => `${i}-${i}\n`));
    expect(await Promise.all(commands)).toEqual(numbers.map((i) => `${i}+${i}\n`));
  });

  it('tells a script that was cut off from one that ended', async () => {
    const script = kmonErrorOf(sh('echo; sleep 20'));
    await exec('sleep 0.3');
    await ground.drop();
    expect(await script).toMatchObject({ code: 'connection-lost', context: { machine } });
    expect((await sh('echo on')).stdout).toBe('on\n');
  });
});
