import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchemaText } from '../../../src/config/schema.js';
import { jsonLines, kmon, kmonAtTerminal, startKmon } from '../../support/kmon.js';
import type { Answer, Ended } from '../../support/kmon.js';
import type { TestLab } from '../../support/lab.js';

const ENTER = '\r';
const DOWN = '\u001b[B';
const CTRL_C = '\u0003';
/** Empties the line, as in a shell. */
const CLEAR = '\u0015';

/** A kmon.yaml made by asking, for the lab's machines: what is asked, tried, written, kept and left. */
export function makingRooms(lab: () => TestLab): void {
  describe('kmon new', () => {
    let dir: string;
    beforeEach(() => {
      dir = mkdtempSync(join(lab().dir, 'new-'));
      // HOME is the folder too: one key that ssh would not take by itself.
      mkdirSync(join(dir, '.ssh'), { mode: 0o700 });
      for (const end of ['', '.pub']) {
        const bytes = readFileSync(`${lab().file('id_ed25519')}${end}`);
        writeFileSync(join(dir, `.ssh/school${end}`), bytes, { mode: 0o600 });
      }
    });

    const address = (name: string): string => lab().machine(name).address;
    const net = (): string => address('parent').replace(/\d+$/, '');
    const last = (name: string): string => address(name).replace(/^.*\./, '');
    /** Nobody has it: the lab's machines are the first ones of its subnet. */
    const nobody = (): string => `${net()}99`;
    const room = (): string => readFileSync(join(dir, 'kmon.yaml'), 'utf8');
    const written = (): { [key: string]: unknown; children: unknown[] } =>
      parse(room()) as { [key: string]: unknown; children: unknown[] };
    const left = (): readonly string[] => readdirSync(dir).filter((f) => f !== '.ssh');
    const flags = (): readonly string[] => [
      '--parent',
      address('parent'),
      '--children',
      `${address('child-1')}-${last('child-2')}`,
      '--user',
      'student',
      '--key',
      '~/.ssh/school',
    ];
    const unattended = (...args: readonly string[]): Promise<Ended> =>
      kmon(['new', '--yes', ...args], { cwd: dir });
    const atTerminal = (answers: readonly Answer[], ...args: readonly string[]): Promise<Ended> =>
      kmonAtTerminal(['new', ...args], answers, { cwd: dir });

    const login: readonly Answer[] = [
      { when: /User on the machines/, type: `${CLEAR}student${ENTER}` },
      { when: /Key to log in with/, type: `${DOWN}${ENTER}` },
    ];

    it('asks, tries every machine, and writes a file that kmon check takes', async () => {
      const end = await atTerminal([
        { when: /Name of the room/, type: `atelier-1${ENTER}` },
        { when: /Address of the parent/, type: `${address('parent')}${ENTER}` },
        ...login,
        { when: /Children \(/, type: `${address('child-1')}-${last('child-2')}${ENTER}` },
      ]);
      for (const { name } of lab().machines) {
        const who = `${name} (${address(name)})`;
        expect(end.stdout).toContain(`${who}: first contact, its ssh-ed25519 key is SHA256:`);
        expect(end.stdout).toMatch(
          new RegExp(`${name} \\([\\d.]+\\): answers: Debian GNU/Linux 12 .*, \\d+ CPUs?, [\\d.]+ GiB`),
        );
      }
      expect(end.stdout).toContain('wrote kmon.yaml: room atelier-1, a parent and 2 children');
      expect(end.stdout).toContain('next: kmon check');
      expect(end.exitCode).toBe(0);
      expect(written()).toMatchObject({
        room: 'atelier-1',
        ssh: { user: 'student', key: '~/.ssh/school' },
        parent: address('parent'),
        children: [address('child-1'), address('child-2')],
      });
      expect(room()).toMatch(/^# yaml-language-server: \$schema=\.kmon\/kmon\.schema\.json$/m);
      expect(readFileSync(join(dir, '.kmon/kmon.schema.json'), 'utf8')).toBe(configSchemaText());

      // The keys that were shown are pinned: nothing is a first contact any more.
      const password = `{ sudoPasswordFile: ${lab().file('sudo-password')}, `;
      writeFileSync(
        join(dir, 'kmon.yaml'),
        room().replace(/ssh:\n {2}user: (.*)\n {2}key: (.*)\n/, `ssh: ${password}user: $1, key: $2 }\n`),
      );
      const check = await kmon(['check', '--json'], { cwd: dir });
      const lines = jsonLines(check);
      expect(
        lines.filter((l) => l['type'] === 'note' && String(l['text']).includes('first contact')),
      ).toEqual([]);
      expect(lines.filter((l) => l['type'] === 'error')).toEqual([]);
      expect(check.stdout).not.toMatch(/"code":"(unreachable|login-refused|K-UNREACHABLE|K-LOGIN)"/);
    });

    it('asks again for what failed, and for that alone', async () => {
      const end = await atTerminal(
        [
          { when: /What now\? The parent .* cannot be used yet/, type: ENTER },
          { when: /Address of the parent:/, type: `${CLEAR}${address('parent')}${ENTER}` },
          { when: /What now\? Not usable yet: child-2\b/, type: `${DOWN}${ENTER}` },
          { when: /Address of child-2:/, type: `${CLEAR}${address('child-2')}${ENTER}` },
        ],
        ...['--room', 'r', '--user', 'student', '--key', '~/.ssh/school'],
        ...['--parent', nobody(), '--children', `${address('child-1')}, ${net()}98`],
      );
      expect(end.stdout).toContain(`parent (${nobody()}): no answer: nobody answers for ${nobody()}`);
      expect(end.stdout).toContain(`child-2 (${net()}98): no answer`);
      expect(end.stdout.match(/child-1 \([\d.]+\): answers/g)).toHaveLength(1);
      expect(end.exitCode).toBe(0);
      expect(written()).toMatchObject({
        parent: address('parent'),
        children: [address('child-1'), address('child-2')],
      });
    });

    it('keeps a machine that is away, when that is said', async () => {
      const end = await atTerminal(
        [{ when: /What now\? Not usable yet: child-2\b/, type: ENTER }],
        ...flags().slice(0, 2),
        ...['--room', 'r', '--children', address('child-1'), nobody(), ...flags().slice(4)],
      );
      expect(end.stdout).toContain('a parent and 2 children, 1 not usable yet');
      expect(end.exitCode).toBe(0);
      expect(written().children).toEqual([address('child-1'), nobody()]);
      expect(readFileSync(join(dir, '.kmon/known_hosts'), 'utf8').trim().split('\n')).toHaveLength(2);
    });

    it('shows what would be different, and keeps a file that is there', async () => {
      writeFileSync(join(dir, 'kmon.yaml'), 'room: mine\nparent: 192.0.2.1\n');
      const question = { when: /Overwrite kmon.yaml\?/, type: ENTER };
      const end = await atTerminal([question], '--room', 'r', '--no-try', ...flags());
      expect(end.stdout).toContain('- room: mine');
      expect(end.stdout).toContain('+ room: r');
      expect(end.stdout).toContain('kmon.yaml was kept; nothing was written');
      expect(end.exitCode).toBe(2);
      expect(room()).toBe('room: mine\nparent: 192.0.2.1\n');
      expect(left()).toEqual(['kmon.yaml']);

      const yes = await atTerminal(
        [{ ...question, type: `y${ENTER}` }],
        '--room',
        'r',
        '--no-try',
        ...flags(),
      );
      expect(yes.exitCode).toBe(0);
      expect(written()).toMatchObject({ room: 'r' });
    });

    it.each<[string, () => readonly Answer[], () => readonly string[]]>([
      ['the first question', () => [{ when: /Name of the room/, type: CTRL_C }], () => []],
      [
        'the last one, with all machines tried',
        () => [{ when: /What now\? Not usable yet/, type: CTRL_C }],
        () => [
          '--room',
          'r',
          ...flags().slice(0, 2),
          '--children',
          `${address('child-1')},${nobody()}`,
          ...flags().slice(4),
        ],
      ],
    ])('leaves nothing after Ctrl-C at %s', async (_, answers, args) => {
      const staged = readdirSync(tmpdir()).filter((f) => f.startsWith('kmon-new-'));
      const end = await atTerminal(answers(), ...args());
      expect(end.exitCode).toBe(130);
      expect(left()).toEqual([]);
      expect(readdirSync(tmpdir()).filter((f) => f.startsWith('kmon-new-') && !staged.includes(f))).toEqual(
        [],
      );
    });

    it('asks for a password once for all machines, and again when it was wrong', async () => {
      const password = readFileSync(lab().file('sudo-password'), 'utf8').trim();
      const end = await atTerminal(
        [
          { when: /Key to log in with/, type: ENTER },
          { when: /password of student on the machines/, type: `mistyped${ENTER}` },
          { when: /What now\? The parent/, type: `${DOWN}${DOWN}${DOWN}${ENTER}` },
          { when: /What now[\s\S]*password of student on the machines/, type: `${password}${ENTER}` },
        ],
        ...['--room', 'r', '--user', 'student', ...flags().slice(0, 4)],
      );
      expect(end.exitCode).toBe(0);
      expect(end.stdout).toContain('(tried: the password)');
      expect(end.stdout.match(/\([\d.]+\): answers/g)).toHaveLength(3);
      expect(end.stdout).not.toContain(password);
      expect(room()).not.toContain(password);
      expect(written()['ssh']).toEqual({ user: 'student' });
    });

    it('leaves nothing when it is stopped without a terminal', async () => {
      const args = ['--parent', address('parent'), '--children', nobody(), ...flags().slice(4)];
      const run = startKmon(['new', '--yes', ...args], { cwd: dir });
      await run.said(/parent .*: answers/);
      run.signal('SIGINT');
      expect((await run.ended).exitCode).toBe(130);
      expect(left()).toEqual([]);
    });

    it('needs no terminal with --yes, and overwrites nothing without --force', async () => {
      const end = await unattended('--room', 'r', ...flags());
      expect(end.stdout).toBe('wrote kmon.yaml: room r, a parent and 2 children\nnext: kmon check\n');
      expect(end.exitCode).toBe(0);
      const before = room();

      const again = await unattended('--room', 'other', ...flags());
      expect(again.stderr).toContain('kmon.yaml is there already; it was kept');
      expect(again.stderr).toContain('--force');
      expect(again.exitCode).toBe(2);
      expect(room()).toBe(before);

      expect((await unattended('--room', 'other', '--force', ...flags())).exitCode).toBe(0);
      expect(written()['room']).toBe('other');
    });

    it('reports what could not be used without a terminal, and writes it all the same', async () => {
      writeFileSync(
        join(dir, 'room.txt'),
        `\uFEFF${address('child-1')};left;red\r\n# away\r\n${nobody()} right\r\n`,
      );
      const end = await unattended(
        '--json',
        '--children-file',
        'room.txt',
        '--parent',
        address('parent'),
        ...flags().slice(4),
      );
      expect(end.exitCode).toBe(24);
      const result = jsonLines(end).find((l) => l['type'] === 'result');
      expect(result).toMatchObject({
        data: {
          machines: [
            { name: 'parent', answers: { cpus: expect.any(Number) as number } },
            { name: 'left', answers: { system: expect.stringContaining('Debian') as string } },
            { name: 'right', error: { code: 'unreachable' } },
          ],
        },
      });
      expect(written().children).toEqual([
        { address: address('child-1'), name: 'left', team: 'red' },
        { address: nobody(), name: 'right' },
      ]);
    });

    /** As Excel writes "Unicode text": UTF-16 with a mark, tabs, CRLF. */
    const unicodeText = (rows: readonly (readonly string[])[]): Buffer =>
      Buffer.from(`\uFEFF${rows.map((row) => `${row.join('\t')}\r\n`).join('')}`, 'utf16le');

    it('reads what a spreadsheet wrote, and shows what it understood before it writes', async () => {
      writeFileSync(
        join(dir, 'salle.txt'),
        unicodeText([
          ['Équipe', 'Poste', 'Adresse IP', 'Adresse MAC', ''],
          ['groupe A', '', `${address('child-1')} - ${last('child-2')}`, '', ''],
          ['"Équipe\tB"', 'PC-99', nobody(), '00:1A:2B:3C:4D:5E', ''],
        ]),
      );
      const end = await unattended(
        ...['--room', 'r', '--no-try', '--children-file', 'salle.txt', '--parent', address('parent')],
        ...flags().slice(4),
      );
      expect(end.exitCode).toBe(0);
      expect(end.stderr).toContain('salle.txt was read as UTF-16, with columns apart by tabs');
      expect(end.stderr).toContain(
        'columns: "Équipe" is the team, "Poste" is the name, "Adresse IP" is the address, "Adresse MAC" is not used',
      );
      expect(end.stderr).toMatch(new RegExp(`${nobody()} +pc-99 +equipe-b +3 +"PC-99" "Équipe B"`));
      expect(written().children).toEqual([
        { address: address('child-1'), team: 'groupe-a' },
        { address: address('child-2'), team: 'groupe-a' },
        { address: nobody(), name: 'pc-99', team: 'equipe-b' },
      ]);
    });

    it('asks whether it understood a file, and writes nothing when it did not', async () => {
      // As a French Excel writes CSV: Windows-1252.
      writeFileSync(
        join(dir, 'salle.csv'),
        Buffer.from(`${address('child-1')};;équipe rouge\r\n${address('child-2')};pc-2;\r\n`, 'latin1'),
      );
      const args = ['--room', 'r', '--no-try', '--children-file', 'salle.csv', ...flags().slice(0, 2)];
      const asked = (answer: string): Promise<Ended> =>
        atTerminal([{ when: /Is that what salle\.csv means\?/, type: answer }], ...args, ...flags().slice(4));
      const no = await asked(`${DOWN}${ENTER}`);
      expect(no.stdout).toMatch(/equipe-rouge +1 +"équipe rouge"/);
      expect(no.stdout).toContain('salle.csv was not taken; nothing was written');
      expect(no.exitCode).toBe(2);
      expect(left()).toEqual(['salle.csv']);

      expect((await asked(ENTER)).exitCode).toBe(0);
      expect(written().children).toEqual([
        { address: address('child-1'), team: 'equipe-rouge' },
        { address: address('child-2'), name: 'pc-2' },
      ]);
    });

    it('tells all mistakes of a file at once, each with its place and none about other flags', async () => {
      writeFileSync(
        join(dir, 'salle.csv'),
        `IP;Poste\n${address('child-1')};a\n${address('parent')};b\n${address('child-1')};c\n;d\n200 - 203;\npc-9;e\n`,
      );
      const end = await unattended('--children-file', 'salle.csv', ...flags().slice(0, 2));
      expect(end.stderr.trimEnd().split('\n')).toEqual([
        `✖ salle.csv:3:1: ${address('parent')} is the parent: it cannot be its own child (take it out of the list)`,
        `✖ salle.csv:4:1: ${address('child-1')} is listed already, on line 2`,
        '✖ salle.csv:5:2: "d" has no address',
        '✖ salle.csv:7:1: "pc-9" is no IPv4 address (a machine is: address, name, team)',
        '  fix: correct salle.csv and run the command again (nothing was written)',
      ]);
      expect(end.exitCode).toBe(2);
      expect(left()).toEqual(['salle.csv']);
    });

    it('says how to save a workbook as a text', async () => {
      writeFileSync(join(dir, 'salle.xlsx'), Buffer.from('PK\u0003\u0004\u0014\0\u0006\0', 'latin1'));
      const end = await unattended('--children-file', 'salle.xlsx', ...flags().slice(0, 2));
      expect(end.stderr.trimEnd().split('\n')).toEqual([
        '✖ salle.xlsx: it is the workbook of a spreadsheet program, no text',
        '  fix: save it as CSV (File, Save As, "CSV UTF-8" or "Text CSV") and give that file',
      ]);
      expect(end.exitCode).toBe(2);
    });

    it('takes the names that machines give themselves, where they are valid and unique', async () => {
      const child = lab().machine('child-2');
      child.sh('hostname PC-12.lan');
      try {
        const end = await unattended('--room', 'r', ...flags());
        expect(end.exitCode).toBe(0);
        expect(written().children).toEqual([
          address('child-1'),
          { address: address('child-2'), name: 'pc-12' },
        ]);
        await unattended('--room', 'r', '--force', '--names', 'place', ...flags());
        expect(written().children).toEqual([address('child-1'), address('child-2')]);
      } finally {
        child.sh('hostname child-2');
      }
    });

    it('says which login was refused, and how to be let in', async () => {
      const { exitCode, stderr } = await unattended(
        '--room',
        'r',
        ...flags().slice(0, 4),
        '--user',
        'nobody',
        '--key',
        '~/.ssh/school',
      );
      expect(stderr).toContain(
        `parent (${address('parent')}): refused: ${address('parent')} refuses to let nobody in`,
      );
      // Once for the parent and once for all children.
      expect(stderr.match(/fix: run kmon in a terminal/g)).toHaveLength(2);
      expect(exitCode).toBe(24);
    });

    it.each([
      ['no parent', ['--yes'], ['--parent is missing']],
      ['nobody to ask', [], ['there is no terminal to ask on', '--yes --parent']],
      [
        'every mistake at once',
        [
          '--yes',
          '--parent',
          '1.2.3',
          '--children',
          '192.0.2.9-8',
          '--key',
          'none',
          '--user',
          'a b',
          '--pod-subnet',
          '10.0.0.0',
        ],
        [
          '--parent must be',
          '192.0.2.9-8 ends before it begins',
          '--key "none" does not exist',
          '--user must be',
          '--pod-subnet must be',
        ],
      ],
    ])('is a usage error, and tries nothing: %s', async (_, args, says) => {
      const before = lab().machines.map((m) => m.connections());
      const end = await kmon(['new', ...args], { cwd: dir });
      for (const words of says) expect(end.stderr).toContain(words);
      expect(end.exitCode).toBe(2);
      expect(left()).toEqual([]);
      expect(existsSync(join(dir, '.kmon'))).toBe(false);
      expect(lab().machines.map((m) => m.connections())).toEqual(before);
    });
  });
}
