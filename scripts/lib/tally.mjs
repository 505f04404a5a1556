// tally.mjs REPORT STATUS: prints "PASSED FAILED" for a run of vitest, from its JSON report and its exit code. On stderr what was
// skipped: nothing is left out silently, and in CI nothing may be.
import { readFileSync } from 'node:fs';

const [file, status] = process.argv.slice(2);
const ci = process.env.CI === 'true';

function report() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { testResults: [] };
  }
}

const files = report().testResults;
const tests = files.flatMap((f) => f.assertionResults.map((t) => ({ ...t, file: f.name })));
const passed = tests.filter((t) => t.status === 'passed').length;
const skipped = tests.filter((t) => t.status !== 'passed' && t.status !== 'failed');
let failed = tests.filter((t) => t.status === 'failed').length;
// A file that could not be read or set up, or whose clean-up failed.
failed += files.filter(
  (f) => f.status === 'failed' && !f.assertionResults.some((t) => t.status === 'failed'),
).length;
for (const t of skipped)
  process.stderr.write(`skipped: ${t.file.replace(`${process.cwd()}/`, '')}: ${t.fullName}\n`);
if (ci) failed += skipped.length;
// No report, no tests, or an error outside of any test.
if (failed === 0 && (status !== '0' || tests.length === 0)) failed = 1;
process.stdout.write(`${passed} ${failed}\n`);
