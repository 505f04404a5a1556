import { expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/engine/report.js';
import { EXIT_CODES } from '../../../src/errors/exit-codes.js';
import type { ErrorCode } from '../../../src/errors/exit-codes.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { sampleReport } from '../../support/sample-report.js';

const report = sampleReport();
const aside = [{ machine: 'pc-11', error: new KmonError('no-sudo', 'no') }];

it.each([
  ['nothing failed', report, 0],
  ['only a row failed', { ...report, rows: [{ stage: 'a', machine: 'b', outcome: 'failed' as const }] }, 0],
  ['somebody was set aside', { ...report, setAside: aside }, 24],
  ['it was a dry run, and somebody was set aside', { ...report, dryRun: true, setAside: aside }, 24],
  ['something stopped it, too', { ...report, setAside: aside, failure: new KmonError('timeout', 'no') }, 21],
])('of a run in which %s', (_, of, exitCode) => {
  expect(exitCodeOf(of)).toBe(exitCode);
});

it.each(Object.keys(EXIT_CODES) as ErrorCode[])('is that of what stopped the run: %s', (code) => {
  expect(exitCodeOf({ ...report, failure: new KmonError(code, 'no') })).toBe(EXIT_CODES[code]);
});
