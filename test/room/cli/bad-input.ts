import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { kmon } from '../../support/kmon.js';
import type { TestLab } from '../../support/lab.js';
import { makeKey } from '../../support/sshd.js';
import { makeRoom, makeRoomOf } from './room.js';
import type { Room, RoomFile } from './room.js';

/** What is wrong before a machine is asked: one clear message, the right exit code, and no machine hears of it. */
export function badInput(lab: () => TestLab): void {
  describe('bad input', () => {
    let before: readonly number[];
    beforeAll(() => {
      before = lab().machines.map((m) => m.connections());
    });
    afterAll(() => {
      expect(lab().machines.map((m) => m.connections())).toEqual(before);
    });

    const changed = (change: (file: RoomFile) => void) => (): Room => makeRoom(lab(), change);
    const cases: readonly {
      readonly what: string;
      readonly room: () => Room;
      readonly args?: readonly string[];
      readonly exitCode: 2 | 3;
      readonly says: readonly string[];
    }[] = [
      {
        what: 'no kmon.yaml',
        room: () => makeRoomOf(lab()),
        exitCode: 3,
        says: ['there is no kmon.yaml in this folder', 'kmon lab up'],
      },
      {
        what: 'no such file',
        room: changed(() => undefined),
        args: ['--config', 'elsewhere.yaml'],
        exitCode: 3,
        says: ['there is no elsewhere.yaml'],
      },
      {
        what: 'two parents',
        room: changed((file) => {
          Object.assign(file, { parent: [file.parent, structuredClone(file.children[0])] });
        }),
        exitCode: 3,
        says: ['kmon.yaml:', 'parent must be one machine, since a room has one parent', 'a list of 2'],
      },
      {
        what: 'a second parent key',
        room: () => {
          const { dir } = makeRoom(lab());
          return makeRoomOf(lab(), `${readFileSync(join(dir, 'kmon.yaml'), 'utf8')}parent: 192.0.2.1\n`);
        },
        exitCode: 3,
        says: ['kmon.yaml:', 'parent'],
      },
      {
        what: 'an unknown key',
        room: changed((file) => {
          file.kubernetes['versoin'] = '1.36';
          delete file.kubernetes['version'];
        }),
        exitCode: 3,
        says: ['unknown key kubernetes.versoin (did you mean version?)'],
      },
      {
        what: 'a child that is the parent',
        room: changed((file) => {
          file.children[0] = { address: file.parent['address'] };
        }),
        exitCode: 3,
        says: ['children[0] has the address of parent', 'the parent cannot be its own child'],
      },
      {
        what: 'a key file that is not there',
        room: changed((file) => {
          file.ssh['key'] = '~/.ssh/id_none';
        }),
        exitCode: 3,
        says: ['ssh.key "~/.ssh/id_none" does not exist'],
      },
      {
        what: 'a public key for a private one',
        room: changed((file) => {
          file.ssh['key'] = `${lab().file('id_ed25519')}.pub`;
        }),
        exitCode: 3,
        says: ['is a public key: it must be the private one'],
      },
      {
        what: 'a key file that holds no key',
        room: changed((file) => {
          file.ssh['key'] = join(lab().dir, 'no-key');
          writeFileSync(join(lab().dir, 'no-key'), 'not a key\n', { mode: 0o600 });
        }),
        exitCode: 3,
        says: ['no-key is damaged or of a kind that kmon does not know'],
      },
      {
        what: 'a version that kubeadm cannot do',
        room: changed((file) => {
          file.kubernetes['version'] = '1.99';
        }),
        exitCode: 3,
        says: ['kubernetes.version must be a minor version in quotes that kmon can set up', 'not "1.99"'],
      },
      {
        what: 'a name that is no machine',
        room: changed(() => undefined),
        args: ['--only', 'nobody', 'child-1'],
        exitCode: 2,
        says: ['--only names nobody, which is no machine', 'choose among: parent, child-1, child-2'],
      },
      {
        what: 'an unknown flag',
        room: changed(() => undefined),
        args: ['--forse'],
        exitCode: 2,
        says: ["unknown option '--forse'"],
      },
    ];

    describe.concurrent('kmon up', () => {
      it.each(cases)('refuses $what', async ({ room, args = [], exitCode, says }) => {
        const where = room();
        const end = await where.run('up', ...args);
        for (const words of says) expect(end.stderr).toContain(words);
        expectOneMessage(end.stderr);
        expect(end.exitCode).toBe(exitCode);
        expect(where.transcripts()).not.toContain('"type":"command"');
      });
    });

    it('refuses a key file that may not be read', async () => {
      const { file } = makeKey(lab().dir, 'closed');
      chmodSync(file, 0);
      const { dir } = makeRoom(lab(), ({ ssh }) => {
        ssh['key'] = file;
      });
      // Root may read everything, unless it gives that up.
      const through = ['setpriv', '--bounding-set=-dac_override,-dac_read_search'];
      const end = await kmon(['check'], { cwd: dir, through });
      expect(end.stderr).toContain(`${file}" may not be read by this user`);
      expectOneMessage(end.stderr);
      expect(end.exitCode).toBe(3);
    });

    it('tells all mistakes of a kmon.yaml at once, each with its place', async () => {
      const text = stringify({ room: 'r', parnt: '192.0.2.1', children: ['192.0.2.2', '192.0.2.2'] });
      const { dir, run } = makeRoomOf(lab(), `${text}ssh: { port: high }\n`);
      const end = await run('up');
      expect(end.stderr).toMatch(/kmon\.yaml:2:1\b.*unknown key parnt \(did you mean parent\?\)/);
      expect(end.stderr).toMatch(/kmon\.yaml:5:5\b.*one computer, twice/);
      expect(end.stderr).toMatch(
        /kmon\.yaml:6:14\b.*ssh\.port must be a port number from 1 to 65535, not "high"/,
      );
      expectMessages(end.stderr, 3);
      expect(end.exitCode).toBe(3);
      expect(existsSync(join(dir, '.kmon'))).toBe(false);
    });
  });
}

function expectOneMessage(stderr: string): void {
  expectMessages(stderr, 1);
}

function expectMessages(stderr: string, count: number): void {
  expect(stderr.split('\n').filter((line) => line.startsWith('✖') || line.startsWith('error:'))).toHaveLength(
    count,
  );
  expect(stderr).not.toContain('    at ');
}
