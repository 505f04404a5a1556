import { CATALOGUE_GROUPS } from './catalogue.js';
import type { CatalogueEntry } from './catalogue/entry.js';

/** docs/findings.md: every finding of the room check, by groups. Ends with a line break. */
export function findingsPage(): string {
  return `${[
    '# Findings of the room check',
    `Every finding that \`kmon check\` can make, made from the catalogue in src/findings/catalogue/ by scripts/docs. What a finding says of a machine
is more exact than this page: it names the figures, programs and addresses that were seen, and the command or the line of kmon.yaml
that helps there.`,
    `- **stops**: the workshop cannot work there; \`kmon up\` sets the machine aside.
- **hurts**: it will work, badly.
- **note**: good to know; \`kmon up\` does not mention it.`,
    'Codes are only ever added. `kmon check --json` gives the same as JSON lines, described by [check.schema.json](check.schema.json).',
    ...CATALOGUE_GROUPS.flatMap(({ title, entries }) => [
      `## ${title}`,
      table(entries),
      ...sections(entries),
    ]),
  ].join('\n\n')}\n`;
}

function table(entries: Readonly<Record<string, CatalogueEntry>>): string {
  return [
    '| Code | Severity | Finding |',
    '| --- | --- | --- |',
    ...Object.entries(entries).map(
      ([code, e]) => `| [\`${code}\`](#${code.toLowerCase()}) | ${e.severities.join(', ')} | ${e.title} |`,
    ),
  ].join('\n');
}

function sections(entries: Readonly<Record<string, CatalogueEntry>>): readonly string[] {
  return Object.entries(entries).map(([code, e]) =>
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
