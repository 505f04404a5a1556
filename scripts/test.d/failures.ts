import { filesIn } from './tally.js';

/** Of a message, which may be a whole log with what was wanted behind it: how it begins, and how it ends. */
const FIRST_LINES = 4;
const LAST_LINES = 12;
const COLUMNS = 200;

/**
 * What failed in a run of vitest, by its JSON report: a line that names the test, and why, shortened. Who sees only the end of what a run
 * prints needs them there. Nothing for a report that is not whole.
 */
export function failuresOf(report: string | undefined, project: string): readonly string[] {
  return filesIn(report).flatMap(({ name, status, message = '', assertionResults }) => {
    const file = name.replace(`${project}/`, '');
    const tests = assertionResults.filter((test) => test.status === 'failed');
    if (status === 'failed' && tests.length === 0) return [told(file, [message])];
    return tests.map(({ fullName, failureMessages = [] }) => told(`${file}: ${fullName}`, failureMessages));
  });
}

function told(title: string, messages: readonly string[]): string {
  const lines = messages
    .join('\n')
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at /.test(line))
    .map((line) => `    ${line.slice(0, COLUMNS)}`);
  const left = lines.length - FIRST_LINES - LAST_LINES;
  if (left <= 1) return [title, ...lines].join('\n');
  return [title, ...lines.slice(0, FIRST_LINES), `    (${left} lines)`, ...lines.slice(-LAST_LINES)].join(
    '\n',
  );
}
