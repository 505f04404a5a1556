import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { KmonError } from '../../../src/errors/kmon-error.js';
import { packages } from '../../../src/resources/packages.js';
import { openRunner } from '../../../src/runner/open.js';
import type { Runner } from '../../../src/runner/runner.js';
import { changes, reads } from '../../../src/shell/command.js';
import { putFile } from '../../../src/tools/put-file.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { jsonLines } from '../../support/kmon.js';
import type { TestLab } from '../../support/lab.js';
import { testPool } from '../../support/open-ssh.js';
import { makeRoom } from './room.js';

/** What no message may hold: pieces of the scripts that kmon sends. */
const SCRIPT = /set -e|\$\(|`|\|\||; then|2>/;

/** A change that a machine refuses: the reason first, in its own words, then one sentence that helps; the script is in the transcript alone. */
export function failedChanges(lab: () => TestLab): void {
  describe('a change that fails', () => {
    it('a read-only /etc/hosts', async () => {
      const machine = lab().machine('child-2');
      const name = machine.sh('hostname').trim();
      machine.sh(`hostname another-name; cp -a /etc/hosts /root/hosts
mount --bind /root/hosts /etc/hosts; mount -o remount,bind,ro /etc/hosts`);
      const reason = /: Read-only file system$/;
      const hint = /^look at the disk of child-2 \(sudo dmesg \| tail\): its file system was made read-only$/;
      try {
        const room = makeRoom(lab());
        const fix = ['check', '--fix', 'K-HOSTNAME-UNKNOWN', '--yes', '--only', 'child-2'];
        const { stderr } = await room.run(...fix);
        const [, told = ''] = /✖ (?:fix on )?child-2 \(\S+\): (.*)$/m.exec(stderr) ?? [];
        expect(told, stderr).toMatch(/^could not name another-name in \/etc\/hosts: /);
        expect(told).toMatch(reason);
        const [, remedy = ''] = /^ +fix: (.*)$/m.exec(stderr) ?? [];
        expect(remedy).toMatch(hint);
        expect(stderr).not.toMatch(SCRIPT);
        expect(room.transcripts()).toContain('set -e');

        const json = jsonLines(await makeRoom(lab()).run(...fix, '--json'));
        const failures = json.flatMap(failuresIn);
        expect(failures).not.toEqual([]);
        for (const { message, evidence, hint: help } of failures) {
          expect(message).toMatch(reason);
          expect(help).toMatch(hint);
          expect(`${String(message)} ${String(evidence)} ${String(help)}`).not.toMatch(SCRIPT);
        }
      } finally {
        machine.sh(`umount /etc/hosts; rm /root/hosts; hostname ${name}`);
      }
    });

    const opened = async (): Promise<Runner> => {
      const { address } = lab().machine('child-2');
      const home = join(lab().dir, 'failed-changes');
      const login = { host: address, user: 'student', keyFile: lab().file('id_ed25519') };
      const pool = testPool({ home, logins: { 'child-2': login } });
      onTestFinished(() => pool.close());
      const { runner, leave } = await openRunner({
        machine: 'child-2',
        transport: pool.transport('child-2'),
        dryRun: false,
        askPassword: async () => undefined,
      });
      onTestFinished(leave);
      return runner;
    };
    const expectTold = (error: KmonError, message: RegExp, hint: RegExp): void => {
      expect(error.message).toMatch(message);
      expect(error.evidence).toBeUndefined();
      expect(error.hint).toMatch(hint);
      expect(`${error.message} ${error.hint ?? ''}`).not.toMatch(SCRIPT);
      expect(error.context).toMatchObject({ machine: 'child-2', command: expect.any(String) as string });
    };

    it('an installation that apt refuses', async () => {
      const run = await opened();
      const thing = packages({ names: ['no-such-package-of-kmon'] });
      const now = thing.parse(await run.query(thing.read));
      expectTold(
        await kmonErrorOf(run.mutate(thing.describe(now), thing.change(now))),
        /^could not install no-such-package-of-kmon: E: Unable to locate package no-such-package-of-kmon$/,
        /^put that right on child-2 and run the command again: it goes on from where it stands$/,
      );
    });

    it.each([
      [
        'a read-only disk',
        'tmpfs -o ro tmpfs',
        'hello',
        /Read-only file system$/,
        /^look at the disk of child-2/,
      ],
      [
        'a full disk',
        'tmpfs -o size=64k tmpfs',
        'x'.repeat(100_000),
        /No space left on device$/,
        /^free some disk space on child-2 \(df -h; sudo apt-get clean\)$/,
      ],
    ] as const)('a copy to %s', async (_what, disk, text, reason, hint) => {
      const machine = lab().machine('child-2');
      machine.sh(`mkdir /root/disk; mount -t ${disk} /root/disk`);
      onTestFinished(() => void machine.sh('umount /root/disk; rmdir /root/disk'));
      const file = join(lab().dir, 'to-copy');
      writeFileSync(file, text);
      const run = await opened();
      const put = putFile({
        path: '/root/disk/file',
        content: { file },
        sha256: '0'.repeat(64),
        mode: '644',
        timeoutMs: 10_000,
      });
      const error = await kmonErrorOf(run.mutate('copy the file', put));
      expectTold(error, /^could not copy the file: /, hint);
      expect(error.message).toMatch(reason);
    });

    it('a file that is protected from root as well', async () => {
      const run = await opened();
      // As root of a container may not set the flag of chattr: without a capability even root is refused.
      const change = changes`setpriv --bounding-set -chown --inh-caps -chown chown nobody /run/user`;
      expectTold(
        await kmonErrorOf(run.mutate('give it away', change)),
        /^could not give it away: chown: changing ownership of '\/run\/user': Operation not permitted$/,
        /^see on child-2 what protects that from root \(lsattr/,
      );
    });

    it('a look that fails, with words and without', async () => {
      const run = await opened();
      expectTold(
        await kmonErrorOf(run.query(reads`cat /no/such/file`)),
        /^a look failed: cat: \/no\/such\/file: No such file or directory$/,
        /^look into that on child-2, and run the command again$/,
      );
      const silent = await kmonErrorOf(run.query(reads`exit 3`));
      expect(silent.message).toBe('a look failed: it ended with exit code 3, and said nothing');
      expect(silent.hint).toContain('what the transcript shows');
    });
  });
}

interface Failure {
  readonly message?: unknown;
  readonly evidence?: unknown;
  readonly hint?: unknown;
}

/** Errors in a line of `--json`, wherever they stand in it. */
function failuresIn(value: unknown): readonly Failure[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'code' in value && 'message' in value && value.code === 'command' ? [value as Failure] : [];
  return [...own, ...Object.values(value).flatMap(failuresIn)];
}
