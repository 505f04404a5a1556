import { createHash, randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../../src/shell/secret.js';
import type { Transport } from '../../../src/transport/transport.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { temporaryFolder } from '../../support/sshd.js';

export interface Ground {
  readonly transport: Transport;
  /** Breaks the way to the machine under whatever is running. */
  drop(): Promise<void> | void;
  /** Ends the use of it, as at the end of a run. */
  close(): Promise<void>;
  end(): Promise<void>;
}

const MIB = 1024 * 1024;
const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');

/** What every transport promises, asked of a real one. `machine` is the name it was made with. */
export function transportContract(name: string, machine: string, open: () => Promise<Ground>): void {
  describe(`${name} keeps the transport contract`, () => {
    let ground: Ground;
    let dir: string;
    beforeAll(async () => {
      dir = temporaryFolder('contract');
      ground = await open();
    });
    afterAll(async () => {
      await ground.end();
      rmSync(dir, { recursive: true });
    });
    const exec: Transport['exec'] = (wire, options) => ground.transport.exec(wire, options);

    it.each([0, 1, 2, 100, 255])('resolves with exit code %i', async (code) => {
      expect(await exec(`exit ${code}`)).toMatchObject({ exitCode: code, stdout: '', stderr: '' });
    });

    it('keeps the two outputs apart, and the last line as it is', async () => {
      const result = await exec('printf out; printf "err\\n\\n" >&2');
      expect(result).toMatchObject({ exitCode: 0, stdout: 'out', stderr: 'err\n\n' });
      expect(result.durationMs).toBeGreaterThanOrEqual(0);
    });

    it('tells a killed command from one that ended', async () => {
      const error = await kmonErrorOf(exec('kill -KILL $$'));
      expect(error).toMatchObject({
        code: 'command',
        message: 'the command was killed there by SIGKILL',
        context: { machine },
      });
    });

    it('gives up at the time limit, and says how long it waited', async () => {
      const began = performance.now();
      const error = await kmonErrorOf(exec('sleep 20', { timeoutMs: 300 }));
      expect(error).toMatchObject({
        code: 'timeout',
        message: 'the command did not end within 0.3 s',
        context: { machine },
      });
      expect(performance.now() - began).toBeLessThan(3000);
      expect((await exec('echo alive')).stdout).toBe('alive\n');
    });

    it('has room for other commands when some were given up', async () => {
      const stuck = Array.from({ length: 8 }, () => kmonErrorOf(exec('sleep 20', { timeoutMs: 200 })));
      expect((await Promise.all(stuck)).map((error) => error.code)).toEqual(Array(8).fill('timeout'));
      const began = performance.now();
      await Promise.all(Array.from({ length: 8 }, () => exec('true')));
      expect(performance.now() - began).toBeLessThan(3000);
    });

    it('gives up when aborted, before and in the middle', async () => {
      const controller = new AbortController();
      const running = kmonErrorOf(exec('sleep 20', { signal: controller.signal }));
      await exec('true');
      controller.abort();
      expect(await running).toMatchObject({ code: 'interrupted', context: { machine } });
      const before = await kmonErrorOf(exec(`touch ${dir}/never`, { signal: controller.signal }));
      expect(before.code).toBe('interrupted');
      expect((await exec(`ls -A ${dir}`)).stdout).toBe('');
    });

    it('gives an empty stdin to a command without one', async () => {
      expect(await exec('cat')).toMatchObject({ exitCode: 0, stdout: '' });
    });

    it('sends stdin of every kind, and a list of them in order', async () => {
      const file = join(dir, 'stdin');
      writeFileSync(file, Buffer.from([0, 255, 10, 13, 0]));
      expect((await exec('cat', { stdin: 'text é\n' })).stdout).toBe('text é\n');
      expect((await exec('cat', { stdin: Buffer.from('bytes') })).stdout).toBe('bytes');
      expect((await exec('cat', { stdin: new Secret('secret') })).stdout).toBe('secret');
      expect((await exec('od -An -tx1', { stdin: { file } })).stdout.trim()).toBe('00 ff 0a 0d 00');
      const list = ['a', Buffer.from('b'), new Secret('c'), { file }, 'd'];
      expect((await exec('od -An -c', { stdin: list })).stdout).toMatch(
        /^\s+a\s+b\s+c\s+\\0 377\s+\\n\s+\\r\s+\\0\s+d$/m,
      );
      rmSync(file);
    });

    it('does not start a command whose stdin file cannot be read', async () => {
      const error = await kmonErrorOf(exec(`touch ${dir}/never`, { stdin: { file: join(dir, 'missing') } }));
      expect(error).toMatchObject({ code: 'precondition', context: { machine } });
      expect(error.message).toContain(join(dir, 'missing'));
      expect((await exec(`ls -A ${dir}`)).stdout).toBe('');
    });

    it('takes 10 MB of output', async () => {
      const { stdout } = await exec(`head -c ${10 * MIB} /dev/zero | tr '\\0' x`);
      expect(stdout.length).toBe(10 * MIB);
      expect(/^x+$/.test(stdout)).toBe(true);
    });

    it('takes 10 MB on both outputs at once', async () => {
      const each = `head -c ${5 * MIB} /dev/zero | tr '\\0' x`;
      const result = await exec(`(${each}) & (${each} >&2); wait`);
      expect([result.stdout.length, result.stderr.length]).toEqual([5 * MIB, 5 * MIB]);
    });

    it('sends 10 MB from memory and from a file, and tells how far it is', async () => {
      const data = randomBytes(10 * MIB);
      const file = join(dir, 'large');
      writeFileSync(file, data);
      const sent: number[] = [];
      for (const stdin of [data, { file }]) {
        const { stdout } = await exec('sha256sum', { stdin, onSent: (bytes) => sent.push(bytes) });
        expect(stdout.slice(0, 64)).toBe(sha256(data));
        expect(sent.at(-1)).toBe(data.length);
        expect(sent).toEqual(sent.toSorted((a, b) => a - b));
        sent.length = 0;
      }
      rmSync(file);
    });

    it('survives a command that does not read its stdin', async () => {
      const stdin = Buffer.alloc(10 * MIB);
      expect(await exec('exit 3', { stdin })).toMatchObject({ exitCode: 3 });
      expect(await exec('head -c 5', { stdin: `hello${'x'.repeat(5 * MIB)}` })).toMatchObject({
        exitCode: 0,
        stdout: 'hello',
      });
      expect(await exec('exec <&-; sleep 0.3; exit 4', { stdin })).toMatchObject({ exitCode: 4 });
      expect((await exec('echo alive')).stdout).toBe('alive\n');
    });

    it('joins a character that comes in pieces', async () => {
      const { stdout } = await exec(`printf '\\342'; sleep 0.2; printf '\\202'; sleep 0.2; printf '\\254'`);
      expect(stdout).toBe('€');
    });

    it('stops a command that prints more than it may', async () => {
      const error = await kmonErrorOf(exec('yes', { maxOutputBytes: 100_000 }));
      expect(error).toMatchObject({
        code: 'command',
        message: 'the command printed more than 100000 bytes',
        context: { machine },
      });
      expect((await exec('echo alive', { maxOutputBytes: 6 })).stdout).toBe('alive\n');
    });

    it('runs 30 commands at once, none mixed up with another', async () => {
      const outputs = await Promise.all(
        Array.from({ length: 30 }, async (_, i) => (await exec(`cat; echo ${i}`, { stdin: `${i}-` })).stdout),
      );
      expect(outputs).toEqual(Array.from({ length: 30 }, (_, i) => `${i}-${i}\n`));
    });

    it('drops a queued command that is aborted before its turn', async () => {
      const controller = new AbortController();
      const busy = Array.from({ length: 12 }, () => exec('sleep 0.5'));
      const queued = kmonErrorOf(exec(`sleep 0.4; touch ${dir}/never`, { signal: controller.signal }));
      controller.abort();
      expect((await queued).code).toBe('interrupted');
      await Promise.all(busy);
      await exec('sleep 0.5');
      expect((await exec(`ls -A ${dir}`)).stdout).toBe('');
    });

    it('tells a command that was cut off from one that ended', async () => {
      const running = kmonErrorOf(exec('echo begun; sleep 20'));
      const silent = kmonErrorOf(exec('sleep 20 >/dev/null 2>&1'));
      await exec('sleep 0.3');
      await ground.drop();
      for (const error of [await running, await silent]) {
        expect(error).toMatchObject({ code: 'connection-lost', context: { machine } });
      }
    });

    it('refuses commands after it was closed, and closes twice', async () => {
      const other = await open();
      onTestFinished(() => other.end());
      const { transport } = other;
      await other.close();
      await transport.close();
      await other.close();
      expect(await kmonErrorOf(transport.exec('true'))).toMatchObject({ code: 'connection-lost' });
    });
  });
}
