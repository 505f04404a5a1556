import {
  chmodSync,
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
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { Secret } from '../../../src/shell/secret.js';
import { Transcript, TRANSCRIPTS_KEPT } from '../../../src/ui/transcript.js';
import { sampleReport } from '../../support/sample-report.js';

const AT = '2026-08-21T10:02:03.004Z';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kmon-transcript-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const open = (at = AT, command = 'join-child'): Transcript =>
  Transcript.open({
    folder: join(folder, 'deep', 'er'),
    command,
    version: '1.2.3',
    now: () => Date.parse(at),
  });
const lines = (transcript: Transcript): unknown[] =>
  readFileSync(transcript.path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
const names = (): readonly string[] => readdirSync(join(folder, 'deep', 'er')).sort();

describe('Transcript', () => {
  it('is a file of the owner alone, named by time and command', () => {
    const transcript = open();
    expect(names()).toEqual(['2026-08-21T10-02-03.004Z-join-child.jsonl']);
    expect(statSync(transcript.path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'deep', 'er')).mode & 0o777).toBe(0o700);
    transcript.close();
  });

  it('holds what happened so far, without being closed', () => {
    const transcript = open();
    transcript.handle({ type: 'note', text: 'hello' });
    transcript.handle({
      type: 'command',
      machine: 'pc-11',
      verb: 'mutate',
      intent: 'write /etc/x',
      shown: 'tee /etc/x',
      exitCode: 1,
      durationMs: 12,
      stderr: 'no space\n'.repeat(50),
    });
    const error = new KmonError('command', 'broken', { machine: 'pc-11', cause: new Error('inner') });
    transcript.fail(error);
    transcript.finish(sampleReport({ command: 'join-child', failure: error }));
    expect(lines(transcript)).toEqual([
      { at: AT, type: 'transcript', command: 'join-child', kmon: '1.2.3', node: process.version },
      { at: AT, type: 'note', text: 'hello' },
      {
        at: AT,
        type: 'command',
        machine: 'pc-11',
        verb: 'mutate',
        intent: 'write /etc/x',
        shown: 'tee /etc/x',
        exitCode: 1,
        durationMs: 12,
        stderr: 'no space\n'.repeat(20).trimEnd(),
      },
      { at: AT, type: 'error', code: 'command', message: 'broken', machine: 'pc-11' },
      {
        at: AT,
        type: 'report',
        exitCode: 20,
        command: 'join-child',
        dryRun: false,
        rows: [],
        setAside: [],
        failure: { code: 'command', message: 'broken', machine: 'pc-11' },
      },
    ]);
    transcript.close();
  });

  it('says how the command ended, whatever its run did', () => {
    const transcript = open();
    transcript.finish(sampleReport({ command: 'teams' }));
    transcript.end(2);
    expect(lines(transcript).at(-1)).toEqual({ at: AT, type: 'ended', exitCode: 2 });
    transcript.close();
  });

  it('drops what comes after its end', () => {
    const transcript = open();
    transcript.close();
    transcript.close();
    transcript.handle({ type: 'note', text: 'late' });
    expect(lines(transcript)).toHaveLength(1);
    expect(transcript.problem).toBeUndefined();
  });

  it('keeps the newest files and touches nothing else in the folder', () => {
    const dir = join(folder, 'deep', 'er');
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, '2026-08-21T10-02-03-mine.txt'), '');
    writeFileSync(join(dir, 'a.jsonl'), '');
    for (let i = 0; i < TRANSCRIPTS_KEPT + 5; i++) {
      open(new Date(Date.parse(AT) + i * 60_000).toISOString(), i % 2 === 0 ? 'up' : 'check').close();
    }
    const kept = names().filter((name) => name.endsWith('Z-up.jsonl') || name.endsWith('Z-check.jsonl'));
    expect(kept).toHaveLength(TRANSCRIPTS_KEPT);
    expect(kept[0]).toBe('2026-08-21T10-07-03.004Z-check.jsonl');
    expect(names()).toContain('2026-08-21T10-02-03-mine.txt');
    expect(names()).toContain('a.jsonl');
  });

  it('gives two runs of one millisecond a file each, and follows no link', () => {
    const dir = join(folder, 'deep', 'er');
    mkdirSync(dir, { recursive: true });
    const victim = join(folder, 'victim');
    symlinkSync(victim, join(dir, '2026-08-21T10-02-03.004Z-join-child.jsonl'));
    open().close();
    expect(names()).toEqual([
      '2026-08-21T10-02-03.004Z-join-child.1.jsonl',
      '2026-08-21T10-02-03.004Z-join-child.jsonl',
    ]);
    expect(() => statSync(victim)).toThrow('ENOENT');
  });

  it('says what to do when it cannot be written', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    chmodSync(file, 0o600);
    expect(() => Transcript.open({ folder: file, command: 'up', version: '1' })).toThrow(
      expect.objectContaining({
        code: 'config',
        message: expect.stringContaining('EEXIST') as string,
        hint: `make ${file} a folder that you may write`,
      }) as KmonError,
    );
  });
});

describe('redaction in a transcript', () => {
  it('masks a known secret wherever it arrives, also where JSON writes it differently', () => {
    const transcript = open();
    transcript.redact([new Secret('pa"ss\\wörd')]);
    transcript.handle({ type: 'note', machine: 'pc-11', text: 'sent pa"ss\\wörd twice: pa"ss\\wörd' });
    transcript.fail(
      new KmonError('command', 'pa"ss\\wörd', { evidence: 'x pa"ss\\wörd y', hint: 'pa"ss\\wörd' }),
    );
    expect(lines(transcript).slice(1)).toEqual([
      { at: AT, type: 'note', machine: 'pc-11', text: 'sent *** twice: ***' },
      { at: AT, type: 'error', code: 'command', message: '***', evidence: 'x *** y', hint: '***' },
    ]);
    expect(readFileSync(transcript.path, 'utf8')).not.toContain('wörd');
    transcript.close();
  });
});
