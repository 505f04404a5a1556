import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { notAsItWas, snapshotsWithoutShared } from '../../support/as-it-was.js';
import type { Snapshots } from '../../support/as-it-was.js';
import { KMON } from '../../support/kmon.js';
import type { TestLab, TestMachine } from '../../support/lab.js';
import { makeRoom } from './room.js';
import type { Room } from './room.js';

/** No other test of this computer has it. */
const PORT = String(20_000 + (process.pid % 10_000));

/** A laptop comes into the room by the very line that the page shows, and goes again. */
export function enrolling(lab: () => TestLab): void {
  describe('a laptop that enrols', () => {
    let laptop: TestMachine;
    let room: Room;
    let before: Snapshots;
    let page: Page;

    beforeAll(async () => {
      laptop = lab().machine('child-2');
      before = await snapshotsWithoutShared([laptop]);
    });
    afterEach(async () => {
      await page.close();
      // Whatever a test has planted.
      laptop.sh('rm -f /etc/ssh/sshd_config.d/50-owner.conf /dev/shm/line; systemctl reload ssh');
      expect(notAsItWas(before, await snapshotsWithoutShared([laptop]))).toEqual([]);
    });
    const open = async (words: number): Promise<void> => {
      room = makeRoom(lab(), (file) => {
        file.children = file.children.filter((c) => c['name'] !== laptop.name);
      });
      page = await openPage(room, words);
    };
    const config = (): string => readFileSync(join(room.dir, 'kmon.yaml'), 'utf8');
    const giveBack = (): ReturnType<Room['run']> =>
      room.run('teardown', '--yes', '--room', lab().name, '--only', 'child-2');

    it.each(['dash', 'bash'])('is a machine of the room, and is given back as it was (%s)', async (shell) => {
      await open(1);
      const said = await page.paste(laptop, [page.words[0] ?? '', ''], shell);
      expect(said).toContain('you are in, as child-2');
      const { exitCode, stdout } = await page.ended;
      expect(stdout).toContain(`enrolled: child-2 (${laptop.address})`);
      expect(exitCode).toBe(0);
      // The folder of the room is the home here.
      expect(config()).toMatch(/name: child-2, user: root, key: ~\/\.kmon\/enrol_key/);
      const keys = laptop.sh('cut -d" " -f1,2 /etc/ssh/ssh_host_*_key.pub').trim().split('\n');
      const pins = readFileSync(join(room.dir, '.kmon/known_hosts'), 'utf8').trim().split('\n');
      expect(pins.sort()).toEqual(keys.map((key) => `${laptop.address} ${key}`).sort());

      const checked = await room.run('check', '--only', 'child-2');
      expect(checked.stdout).toMatch(/^looked at 2 of 2 machines/m);
      expect(checked.stdout).not.toMatch(/^✖/m);
      const gone = await giveBack();
      expect(gone.stdout).toContain('machines as found: 1/1');
      expect(gone.exitCode).toBe(0);
      // kmon's key went with it: nobody asks it a second time.
      const again = await giveBack();
      expect(again.stdout).toContain('machines as found: 1/1');
      expect(again.exitCode, again.stderr).toBe(0);
      expect(room.transcripts()).not.toContain(page.words[0]);
    });

    it("comes in where its owner keeps root out, and by kmon's key alone", async () => {
      laptop.sh(`printf 'PermitRootLogin no\\n' >/etc/ssh/sshd_config.d/50-owner.conf; systemctl reload ssh`);
      await open(1);
      expect(await page.paste(laptop, [page.words[0] ?? '', ''])).toContain('you are in');
      const says = laptop.sh(
        'sshd -T -C user=root,host=x,addr=10.0.0.1; sshd -T -C user=student,host=x,addr=10.0.0.1 | sed "s/^/student /"',
      );
      expect(says).toMatch(/^permitrootlogin without-password$/m);
      expect(says).toMatch(/^authenticationmethods publickey$/m);
      expect(says).toMatch(/^authorizedkeysfile \/etc\/ssh\/kmon_authorized_keys$/m);
      expect(says).toMatch(/^student permitrootlogin no$/m);
      expect(says).toMatch(/^student authorizedkeysfile \.ssh\/authorized_keys \.ssh\/authorized_keys2$/m);
      expect((await giveBack()).exitCode).toBe(0);
    });

    it('is as it was where its SSH server refuses, and both sides hear why', async () => {
      laptop.sh(`printf 'AllowUsers student\\n' >/etc/ssh/sshd_config.d/50-owner.conf; systemctl reload ssh`);
      await open(1);
      const said = await page.paste(laptop, ['zzzz-zzzz-zzzz', '', page.words[0] ?? '']);
      expect(said).toContain('the word is wrong');
      expect(said).toContain("the SSH server of child-2 refuses kmon's key for root");
      expect(said).toContain('the SSH server here says: allowusers student');
      expect(said).toContain('this laptop is as it was');
      await page.close();
      const { stdout, stderr } = await page.ended;
      expect(stderr).toContain(`${laptop.address}: the word is wrong`);
      expect(stdout).toContain(
        `not in: child-2 (${laptop.address}): the SSH server of child-2 refuses kmon's key for root`,
      );
      expect(config()).not.toContain('child-2');
    });

    it('puts the teacher out by itself', async () => {
      await open(1);
      await page.paste(laptop, [page.words[0] ?? '', '']);
      await page.ended;
      expect(laptop.sh('sh /var/lib/kmon/leave.sh')).toContain('this laptop is as it was');
      const { exitCode, stdout } = await room.run('check', '--only', 'child-2');
      expect(stdout).toMatch(/^✖ child-2 .*K-LOGIN/m);
      expect(exitCode).not.toBe(0);
    });

    it('finds the page closed after Ctrl-C', async () => {
      await open(3);
      const asked = performance.now();
      await page.close();
      expect((await page.ended).exitCode).toBe(0);
      // And not when its time would have been over.
      expect(performance.now() - asked).toBeLessThan(30_000);
      expect(await page.paste(laptop, [])).not.toContain('Your word');
    });
  });
}

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An enrolment that takes in whoever has a word. */
interface Page {
  readonly words: readonly string[];
  readonly ended: Promise<Ended>;
  /** Runs the line that the page shows at a terminal of the machine, types these lines, and gives what was on the screen. */
  paste(machine: TestMachine, typed: readonly string[], shell?: string): Promise<string>;
  /** Ends it as Ctrl-C does. */
  close(): Promise<void>;
}

async function openPage(room: Room, words: number): Promise<Page> {
  const args = ['enrol', '--approve', 'all', '--for', '120s', '--port', PORT, '--words', String(words)];
  const child = spawn(process.execPath, [KMON, ...args], {
    cwd: room.dir,
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', HOME: room.dir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { opened, ended } = follow(child);
  const text = await opened;
  const [, address = ''] = /^the page is open until .*: (http:\S+)$/m.exec(text) ?? [];
  const html = await (await fetch(`${address}/en`)).text();
  const [, shown = ''] = /<pre id="line">([^<]*)<\/pre>/.exec(html) ?? [];
  const line = shown
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
  return {
    words: [...text.matchAll(/^ {2}([0-9a-z]{4}(?:-[0-9a-z]{4}){2})$/gm)].map((m) => m[1] ?? ''),
    ended,
    paste: async (machine, typed, shell = 'dash') =>
      machine.sh(`cat >/dev/shm/line <<'END-OF-LINE'
${line}
END-OF-LINE
printf '%s\\n' ${typed.map((word) => `'${word}'`).join(' ')} | script -qec '${shell} /dev/shm/line' /dev/null || :
rm /dev/shm/line`),
    close: async () => {
      child.kill('SIGINT');
      await ended;
    },
  };
}

function follow(child: ChildProcess): { readonly opened: Promise<string>; readonly ended: Promise<Ended> } {
  let stdout = '';
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const opened = new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (/^ {2}[0-9a-z]{4}-.*\n/m.test(stdout)) resolve(stdout);
    });
    child.once('close', () => {
      reject(new Error(`kmon enrol ended: ${stdout}${stderr}`));
    });
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (exitCode) => {
      resolve({ exitCode, stdout, stderr });
    });
  });
  return { opened, ended };
}
