import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

/** What `scripts/test types` looks at. */
function checked(): readonly string[] {
  const parsed = ts.getParsedCommandLineOfConfigFile(
    join(ROOT, 'tsconfig.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (d) => {
        throw new Error(ts.flattenDiagnosticMessageText(d.messageText, '\n'));
      },
    },
  );
  return parsed?.fileNames ?? [];
}

it('checks the types of every TypeScript file', () => {
  const there = ts.sys.readDirectory(ROOT, ['.ts'], ['**/node_modules', 'dist', 'coverage']);
  expect(there.length).toBeGreaterThan(900);
  const known = new Set(checked());
  expect(there.filter((file) => !known.has(file))).toEqual([]);
});
