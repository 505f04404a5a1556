import { describe, expect, it } from 'vitest';
import { FACTS_BEGIN, FACTS_END } from '../../../src/facts/script.js';
import { readFacts } from '../../../src/facts/read.js';
import type { Runner } from '../../../src/runner/runner.js';
import type { ExecResult } from '../../../src/transport/transport.js';

const NOW = 1_800_000_000_000;

/** A machine whose clock is right, and which answered within 100 ms that ended at `end`. */
const answering = (end: number, more: Partial<ExecResult>): Runner => ({
  machine: 'pc-1',
  dryRun: false,
  query: async () => ({
    exitCode: 0,
    stdout: `\n${FACTS_BEGIN}\nuptime=9.00 9.00\nclock=${end - 60}000000\nuptime=9.02 9.00\n\n${FACTS_END}\n`,
    stderr: '',
    durationMs: 100,
    ...more,
  }),
  attempt: () => Promise.reject(new Error('facts try nothing out')),
  mutate: () => Promise.reject(new Error('facts change nothing')),
});

describe('the clock of a machine', () => {
  it('is held against the moment its answer came', async () => {
    const facts = await readFacts(answering(NOW, {}), '192.168.1.10', { now: () => NOW });
    expect(Math.abs(facts.clockOffsetMs)).toBeLessThanOrEqual(50);
  });

  it('is held against that moment too when the answer had to wait to be asked for', async () => {
    const early = answering(NOW - 60_000, { endedAt: NOW - 60_000 });
    const facts = await readFacts(early, '192.168.1.10', { now: () => NOW });
    expect(Math.abs(facts.clockOffsetMs)).toBeLessThanOrEqual(50);
  });
});
