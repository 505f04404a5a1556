import { CHAPTERS } from '../index.js';
import type { CatalogueEntry } from '../subject.js';

/** docs/findings.md: every finding of the room check, by groups. Ends with a line break. */
export function findingsPage(): string {
  return `${[
    '# Findings of the room check',
    `Every finding that \`kmon check\` can make, made from the catalogue in src/findings/ by scripts/docs. What a finding says of a machine
is more exact than this page: it names the figures, programs and addresses that were seen, and the command or the line of kmon.yaml
that helps there.`,
    `- **stops**: the workshop cannot work there; \`kmon up\` sets the machine aside.
- **hurts**: it will work, badly.
- **note**: good to know; \`kmon up\` does not mention it.`,
    'Codes are only ever added. `kmon check --json` gives the same as JSON lines, described by [check.schema.json](check.schema.json).',
    ...CHAPTERS.flatMap(({ title, subjects }) => {
      const entries = subjects.flatMap((s) => Object.entries<CatalogueEntry>(s.entries));
      return [`## ${title}`, table(entries), ...sections(entries)];
    }),
  ].join('\n\n')}\n`;
}

type Coded = readonly [code: string, entry: CatalogueEntry];

function table(entries: readonly Coded[]): string {
  return [
    '| Code | Severity | Finding |',
    '| --- | --- | --- |',
    ...entries.map(
      ([code, e]) => `| [\`${code}\`](#${code.toLowerCase()}) | ${e.severities.join(', ')} | ${e.title} |`,
    ),
  ].join('\n');
}

function sections(entries: readonly Coded[]): readonly string[] {
  return entries.map(([code, e]) =>
    [
      `### ${code}`,
      `${e.title}.`,
      [
        `- Cause: ${e.cause}.`,
        `- What to do: ${e.remedy}.`,
        ...(e.fix === undefined ? [] : [`- What \`kmon check --fix ${code}\` does: ${e.fix}.`]),
      ].join('\n'),
    ].join('\n\n'),
  );
}
