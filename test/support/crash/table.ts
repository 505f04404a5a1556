import type { Row } from './cycle.js';

/** The crash table: what was struck, where and how, and what came of it. */
export function tableText(rows: readonly Row[]): string {
  const head = ['command', 'step', 'where', 'blow', 'mode', 'ledger whole', 'converged', 'as found'];
  const cells = rows.map((row) => [
    row.command,
    row.name,
    row.where,
    row.blow,
    row.mode,
    yesNo(row.faults.ledger),
    row.faults.end.length > 0 ? 'NO (bad end)' : yesNo(row.faults.converged),
    yesNo(row.faults.asFound),
  ]);
  const all = [head, ...cells];
  const widths = head.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  return all
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function hasPassed({ faults }: Row): boolean {
  return Object.values(faults).every((list) => list.length === 0);
}

/** Every row that failed, with all that was seen. */
export function faultsText(rows: readonly Row[]): string {
  return rows
    .filter((row) => !hasPassed(row))
    .map((row) => {
      const said = Object.entries(row.faults).flatMap(([about, list]) =>
        list.map((fault) => `  ${about}: ${fault.replaceAll('\n', '\n    ')}`),
      );
      return [`${row.command}, ${row.name}, ${row.where}, ${row.blow} (${row.mode})`, ...said].join('\n');
    })
    .join('\n');
}

function yesNo(faults: readonly string[]): string {
  return faults.length === 0 ? 'yes' : 'NO';
}
