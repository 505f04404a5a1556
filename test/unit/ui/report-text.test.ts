import { describe, expect, it } from 'vitest';
import type { Outcome, ReportRow } from '../../../src/engine/report.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { failuresText, summaryText } from '../../../src/ui/report-text.js';
import { sampleReport } from '../../support/sample-report.js';

const rows = (stage: string, outcome: Outcome, n: number): readonly ReportRow[] =>
  Array.from({ length: n }, (_, i) => ({ stage, machine: `pc-${11 + i}`, outcome }));

const refused = new KmonError('login-refused', 'the key is refused', { machine: 'pc-12', hint: 'copy it' });

describe('summaryText', () => {
  it('counts what was done', () => {
    const r = sampleReport({ rows: [...rows('prepare', 'changed', 5), ...rows('check', 'unchanged', 12)] });
    expect(summaryText(r)).toBe('kmon up: changed 5, unchanged 12');
  });

  it('says so when a second run had nothing to do', () => {
    const text = 'nothing to change: everything is as kmon.yaml says';
    expect(summaryText(sampleReport({ rows: rows('prepare', 'unchanged', 3) }))).toBe(text);
    expect(summaryText(sampleReport({ rows: rows('prepare', 'unchanged', 3), dryRun: true }))).toBe(
      `${text}\nnothing was changed: --dry-run`,
    );
  });

  it.each([
    ['check', 'nothing that kmon could change'],
    ['teardown', 'nothing to give back: every machine is as it was found'],
  ])('has words of its own for %s', (command, text) => {
    expect(summaryText(sampleReport({ command, rows: rows('x', 'unchanged', 1) }))).toBe(text);
  });

  it('never says "nothing to change" after a failure', () => {
    const aside = [{ machine: 'pc-12', error: refused }];
    expect(summaryText(sampleReport({ rows: rows('prepare', 'unchanged', 1), setAside: aside }))).toBe(
      'set aside: pc-12\nkmon up: unchanged 1',
    );
    expect(summaryText(sampleReport({ failure: refused }))).toBe('kmon up: stopped; nothing was done');
  });

  it('shows the plan of a dry run by stage and machine, machines with the same changes together', () => {
    const planned = [
      { stage: 'prepare', machine: 'pc-11', change: 'install containerd' },
      { stage: 'prepare', machine: 'pc-12', change: 'install containerd' },
      { stage: 'prepare', machine: 'pc-11', change: 'set net.ipv4.ip_forward' },
      { stage: 'prepare', machine: 'pc-12', change: 'set net.ipv4.ip_forward' },
      { stage: 'prepare', machine: 'pc-13', change: 'install containerd' },
    ];
    const joins: readonly ReportRow[] = [
      { stage: 'join-child', machine: 'pc-12', outcome: 'planned', because: 'comes after prepare' },
      { stage: 'join-child', machine: 'pc-13', outcome: 'unchanged' },
    ];
    const text = summaryText(
      sampleReport({ dryRun: true, rows: [...rows('prepare', 'planned', 3), ...joins] }),
      {
        planned,
        titles: new Map([['prepare', 'Prepare the machines']]),
      },
    );
    expect(text).toBe(
      [
        'plan:',
        '  prepare: Prepare the machines',
        '    pc-11, pc-12',
        '      install containerd',
        '      set net.ipv4.ip_forward',
        '    pc-13',
        '      install containerd',
        '  join-child',
        '    pc-12',
        '      comes after prepare',
        '',
        'kmon up: planned 4, unchanged 1',
        'nothing was changed: --dry-run',
      ].join('\n'),
    );
  });

  it('shows a plan for thirty machines as shortly as for one', () => {
    const text = summaryText(sampleReport({ dryRun: true, rows: rows('prepare', 'planned', 30) }));
    expect(text).toContain('    30 machines: pc-11, pc-12,');
    expect(text.split('\n')).toHaveLength(7);
  });
});

describe('failuresText', () => {
  it('is nothing when nothing failed', () => {
    expect(failuresText(sampleReport({}))).toBeUndefined();
  });

  it('says each cause and remedy, and a failure that is a child’s own once', () => {
    const aside = [{ machine: 'pc-12', error: refused }];
    const one = '✖ pc-12: the key is refused\n  fix: copy it';
    expect(failuresText(sampleReport({ setAside: aside, failure: refused }))).toBe(one);
    const stopped = new KmonError('interrupted', 'stopped by Ctrl-C');
    expect(failuresText(sampleReport({ setAside: aside, failure: stopped }), { transcript: '/t' })).toBe(
      `${one}\n✖ stopped by Ctrl-C\n  transcript: /t`,
    );
  });
});
