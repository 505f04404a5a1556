import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reportName } from '../../../src/cli/actions/report.js';
import { languageHere } from '../../../src/cli/language.js';
import { runProgram } from '../../../src/cli/program.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { Secret } from '../../../src/shell/secret.js';
import { REPORT_BEGINS } from '../../../src/ui/lesson-page/lesson-page.js';
import { Transcript } from '../../../src/ui/transcript.js';
import { finished, started, writeSampleLesson } from '../../support/sample-lesson.js';
import { FakeIo } from './fake-io.js';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Desk {
  readonly cwd: string;
  readonly state: string;
  run(...words: readonly string[]): Promise<Ran>;
  page(name: string): string;
}

function desk(): Desk {
  const cwd = mkdtempSync(join(tmpdir(), 'kmon-test-'));
  onTestFinished(() => {
    rmSync(cwd, { recursive: true });
  });
  writeFileSync(
    join(cwd, 'kmon.yaml'),
    `room: atelier-1
parent: { address: 192.0.2.10, name: pc-10 }
children: [{ address: 192.0.2.11, name: pc-11, team: red }, { address: 192.0.2.12, name: pc-12 }]
`,
  );
  const state = join(cwd, '.kmon');
  writeSampleLesson(state);
  return {
    cwd,
    state,
    run: async (...words) => {
      const io = new FakeIo(cwd);
      const code = await runProgram(['report', '--offline', ...words], io);
      return { code, out: io.out.raw, err: io.err.raw };
    },
    page: (name) => readFileSync(join(cwd, name), 'utf8'),
  };
}

describe('kmon report --offline', () => {
  it('makes the page of the files, for its owner alone, and says what is not in it', async () => {
    const d = desk();
    const made = await d.run('--since', '31d', '--language', 'en');
    expect(made.err).toBe('');
    expect(made.code).toBe(0);
    const [name = ''] = readdirSync(d.cwd).filter((file) => file.endsWith('.html'));
    expect(name).toMatch(/^report-atelier-1-\d{4}-\d\d-\d\d\.html$/);
    expect(made.out).toBe(
      `the report of the lesson: ${name}
3 machines; 3 joined; 2 difficulties, 1 of them not solved; 2 loads
no curves: nobody was asked (--offline)
`,
    );
    expect((statSync(join(d.cwd, name)).mode & 0o777).toString(8)).toBe('600');
    const page = d.page(name);
    expect(page).toContain('port 10250 is taken by k3s-agent (pid 812)');
    expect(page).toContain('ThinkPad X270');
    expect(page).toContain('80 % CPU for 60 s');
    expect(page).toContain('There are no curves: nobody was asked');
  });

  it('writes it anew, and over nobody', async () => {
    const d = desk();
    for (const _ of [1, 2]) expect((await d.run('-o', 'r.html', '--language', 'fr')).code).toBe(0);
    expect(d.page('r.html')).toContain('<html lang="fr">');
    for (const mine of ['mine', '<!doctype html>\n<html>', `x${d.page('r.html')}`]) {
      writeFileSync(join(d.cwd, 'mine.html'), mine);
      const refused = await d.run('-o', 'mine.html');
      expect(refused.code).toBe(22);
      expect(refused.err).toContain('mine.html is there already, and is no report that kmon wrote');
      expect(d.page('mine.html')).toBe(mine);
    }
    expect((await d.run('-o', 'mine.html', '--force')).code).toBe(0);
    expect(d.page('mine.html')).toContain('kmon report');
  });

  it('touches nothing beside the page', async () => {
    const d = desk();
    for (const flags of [[], ['--force']]) {
      writeFileSync(join(d.cwd, 'r.html.new'), 'mine');
      expect((await d.run('-o', 'r.html', ...flags)).code).toBe(0);
      expect(d.page('r.html.new')).toBe('mine');
    }
    expect(readdirSync(d.cwd).toSorted()).toEqual(['.kmon', 'kmon.yaml', 'r.html', 'r.html.new']);
  });

  it('writes to no pipe, and through no link', async () => {
    const d = desk();
    const page = join(d.cwd, 'page.html');
    writeFileSync(page, REPORT_BEGINS);
    execFileSync('mkfifo', [join(d.cwd, 'pipe')]);
    symlinkSync(join(d.cwd, 'pipe'), join(d.cwd, 'to-pipe'));
    symlinkSync(page, join(d.cwd, 'to-page'));
    symlinkSync(join(d.cwd, 'none'), join(d.cwd, 'to-none'));
    const before = readdirSync(d.cwd);
    for (const name of ['pipe', 'to-pipe', 'to-page', 'to-none', '.kmon'])
      for (const flags of [[], ['--force']]) {
        const refused = await d.run('-o', name, ...flags);
        expect(refused.code).toBe(22);
        expect(refused.err).toContain(`${name} is there already, and is no regular file`);
      }
    expect(readdirSync(d.cwd)).toEqual(before);
    expect(lstatSync(join(d.cwd, 'pipe')).isFIFO()).toBe(true);
    expect(d.page('page.html')).toBe(REPORT_BEGINS);
  });

  it('does not tell a command that failed behind its run as one that went well', async () => {
    const d = desk();
    expect((await d.run('-o', '.kmon')).code).toBe(22);
    const folder = join(d.state, 'transcripts');
    const name = readdirSync(folder).find((file) => file.endsWith('-report.jsonl')) ?? '';
    const lines = readFileSync(join(folder, name), 'utf8').trim().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: 'ended', exitCode: 22 });
  });

  it('says in one message where a page cannot be written', async () => {
    const d = desk();
    mkdirSync(join(d.cwd, 'folder'));
    for (const flags of [
      ['-o', 'folder'],
      ['-o', 'folder', '--force'],
      ['-o', 'kmon.yaml/x.html'],
    ]) {
      const refused = await d.run(...flags);
      expect(refused.code).toBe(22);
      expect(refused.err).toMatch(/^✖ .*(?:is there already|cannot be written)/m);
    }
  });

  it.each([
    ['--language', 'de'],
    ['--since', 'yesterday'],
    ['--since', '0h'],
    ['--since', '400d'],
  ])('refuses %s %s', async (...flags) => {
    const d = desk();
    const before = readdirSync(d.cwd);
    expect((await d.run(...flags)).code).toBe(2);
    expect(readdirSync(d.cwd)).toEqual(before);
  });

  it('gives the same as data', async () => {
    const d = desk();
    const { out } = await d.run('--since', '31d', '--json');
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; data?: unknown });
    expect(lines.map(({ type }) => type)).toEqual(['result', 'report']);
    expect(lines[0]?.data).toMatchObject({
      room: 'atelier-1',
      isOver: false,
      machines: [
        { machine: 'pc-10', role: 'parent', node: null, model: 'ThinkPad X270', cpus: 4 },
        { machine: 'pc-11', team: 'red', model: 'OptiPlex 7050' },
        { machine: 'pc-12', model: null, memoryBytes: null },
      ],
      joined: [{ machine: 'pc-10' }, { machine: 'pc-11' }, { machine: 'pc-12', by: 'join-child' }],
      difficulties: [
        { machine: 'pc-12', times: 2, solved: { command: 'join-child' } },
        { machine: 'pc-12', stage: 'stress-tools', solved: null },
      ],
      loads: [
        { command: 'stress', machines: [{ machine: 'pc-11' }, { machine: 'pc-12', end: 'refused' }] },
        { command: 'load' },
      ],
      curves: { kind: 'silent', because: 'nobody was asked (--offline)' },
      alerts: { now: { kind: 'silent' }, fired: { kind: 'silent' } },
      unread: [],
    });
  });

  it('names what it could not read, and goes on', async () => {
    const d = desk();
    const folder = join(d.state, 'transcripts');
    const [name = ''] = readdirSync(folder);
    writeFileSync(join(folder, name), readFileSync(join(folder, name), 'utf8').slice(0, -20));
    writeFileSync(join(folder, '2026-11-30T08-30-00.000Z-up.jsonl'), 'not a transcript');
    mkdirSync(join(folder, '2026-11-30T08-31-00.000Z-up.jsonl'));
    writeFileSync(join(d.state, 'runs', 'a.json'), '{"record": 2, "command": "stress"}');
    writeFileSync(join(d.state, 'runs', 'b.json'), '{');
    const made = await d.run('--since', '31d', '--language', 'en', '-o', 'r.html');
    expect(made.code).toBe(0);
    expect(made.out).toContain(`not read, or not whole: ${name}, `);
    for (const file of ['08-30-00', '08-31-00', 'a.json', 'b.json']) expect(made.out).toContain(file);
    expect(d.page('r.html')).toContain('was written by a newer kmon');
    expect(d.page('r.html')).toContain('pc-12');
  });

  it('is there for a room of which nothing is known', async () => {
    const d = desk();
    rmSync(d.state, { recursive: true });
    const made = await d.run('-o', 'r.html', '--language', 'fr');
    expect(made.code).toBe(0);
    expect(d.page('r.html')).toContain('Personne, d’après ce que l’on sait ici.');
  });

  it('holds no secret that came near a transcript', async () => {
    const d = desk();
    const secret = new Secret('hunter2-hunter2');
    const transcript = Transcript.open({ folder: join(d.state, 'transcripts'), command: 'up', version: '1' });
    transcript.redact([secret]);
    const error = new KmonError('command', `sudo: ${secret.reveal()} is wrong`, {
      evidence: `echo ${secret.reveal()}`,
      hint: `do not type ${secret.reveal()}`,
    });
    transcript.handle(started(['pc-11']));
    transcript.handle(finished('check', 'pc-11', 'failed', error));
    transcript.fail(error);
    transcript.machine('pc-11', {
      model: secret.reveal(),
      cpus: 1,
      memoryBytes: 1,
      system: '',
      architecture: '',
    });
    transcript.close();
    for (const flags of [
      ['-o', 'r.html'],
      ['-o', 'r.html', '--json'],
    ]) {
      const made = await d.run('--since', '31d', ...flags);
      expect(made.code).toBe(0);
      const all = `${made.out}${made.err}${d.page('r.html')}`;
      expect(all).not.toContain('hunter2');
      expect(d.page('r.html')).toContain('sudo: *** is wrong');
    }
  });
});

describe('the name of a report', () => {
  const day = new Date(2026, 10, 30, 23, 59);

  it.each([
    ['atelier-1', 'report-atelier-1-2026-11-30.html'],
    ['Salle B / étage 2', 'report-Salle-B-étage-2-2026-11-30.html'],
    ['../../etc/passwd', 'report-etc-passwd-2026-11-30.html'],
    ['..', 'report-room-2026-11-30.html'],
    ['-rf *', 'report-rf-2026-11-30.html'],
    ['a\u0000b\n"<script>', 'report-a-b-script-2026-11-30.html'],
    ['é'.repeat(300), `report-${'é'.repeat(50)}-2026-11-30.html`],
  ])('of room %j is one in this folder', (room, name) => {
    expect(reportName(room, day)).toBe(name);
  });
});

describe('the language of this computer', () => {
  it.each([
    [{ LANG: 'fr_FR.UTF-8' }, 'en-US', 'fr'],
    [{ LANG: 'fr_FR.UTF-8', LC_ALL: 'en_GB.UTF-8' }, 'fr-FR', 'en'],
    [{ LANG: 'en_GB.UTF-8', LC_MESSAGES: 'fr_CA' }, 'en-US', 'fr'],
    [{ LANG: 'C.UTF-8' }, 'fr-FR', 'en'],
    [{ LC_ALL: '', LANG: 'fr' }, 'en-US', 'fr'],
    [{ LANG: 'fry_NL' }, 'en-US', 'en'],
    [{ LANG: 'de_DE' }, 'fr-FR', 'en'],
    [{}, 'fr-BE', 'fr'],
    [{}, 'en-US', 'en'],
  ])('of %j and %s is %s', (env, locale, language) => {
    expect(languageHere(env, locale)).toBe(language);
  });
});
