import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, SUBJECTS } from '../../../src/findings/index.js';
import { findingsPage } from '../../../src/findings/result/findings-page.js';
import { verdicts } from '../../../src/findings/all-verdicts.js';
import { EXAMPLES } from './examples.js';

const ENTRIES = [...CATALOGUE];

describe.each(EXAMPLES.map((e) => [`${e.code} ${e.severity}: ${e.evidence}`, e] as const))('%s', (_, e) => {
  const found = verdicts(e.sight);

  it('is said where it is so, and nothing else is said', () => {
    expect(found.map((f) => [f.code, f.severity, f.machine])).toEqual(
      e.on.map((machine) => [e.code, e.severity, machine]),
    );
  });

  it('is said with figures, cause and remedy', () => {
    const [first] = found;
    expect(first?.evidence).toBe(e.evidence);
    if (e.remedy.endsWith('…')) expect(first?.remedy.startsWith(e.remedy.slice(0, -1).trim())).toBe(true);
    else expect(first?.remedy).toBe(e.remedy);
    expect(first?.cause).not.toBe('');
    expect(first?.fixable).toBe(e.fixable === true);
  });
});

describe('the catalogue', () => {
  it('has an example of every code in every severity, and examples of nothing else', () => {
    // No version of Kubernetes is known yet that has dropped cgroup v1: the test of that verdict makes one up.
    const none = ['K-CGROUP stops'];
    const wanted = ENTRIES.flatMap(([code, { severities }]) =>
      severities.map((s) => `${code} ${s}`).filter((example) => !none.includes(example)),
    );
    expect(EXAMPLES.map((e) => `${e.code} ${e.severity}`).toSorted()).toEqual(wanted.toSorted());
  });

  it('has each code once', () => {
    const all = SUBJECTS.flatMap(({ entries }) => Object.keys(entries));
    expect(all).toEqual([...CATALOGUE.keys()]);
  });

  it('names the worst severity first', () => {
    const order = ['stops', 'hurts', 'note'];
    for (const [code, { severities }] of ENTRIES) {
      expect(severities, code).toEqual(severities.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
    }
  });

  it('offers to fix what it has a fix for, and nothing else', () => {
    const fixable = EXAMPLES.filter((e) => e.fixable).map((e) => e.code);
    for (const [code, { fix }] of ENTRIES) {
      // A clock is set only where no time service runs: its own test shows it.
      if (code !== 'K-CLOCK') expect(fixable.includes(code), code).toBe(fix !== undefined);
    }
  });

  it('is in the documentation: run scripts/docs', () => {
    const page = readFileSync(new URL('../../../docs/findings.md', import.meta.url), 'utf8');
    expect(page).toBe(findingsPage());
    for (const [code, { title }] of ENTRIES) {
      expect(page).toContain(`### ${code}\n\n${title}.\n`);
      expect(page).toContain(`](#${code.toLowerCase()})`);
    }
  });

  it('speaks in words that can be put into a sentence', () => {
    const texts = [
      ...ENTRIES.flatMap(([, e]) => [e.cause, e.remedy, ...(e.fix === undefined ? [] : [e.fix])]),
      ...EXAMPLES.flatMap((e) => verdicts(e.sight).flatMap((f) => [f.evidence, f.cause, f.remedy])),
    ];
    for (const text of texts) expect(text).toMatch(/^[^\n]*[^.\s]$/);
    for (const [, { title }] of ENTRIES) expect(title).toMatch(/^([A-Z]|systemd).*[^.]$/);
  });
});
