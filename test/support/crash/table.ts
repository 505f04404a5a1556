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
    row.faults.end.length > 0 ? 'NO (bad end)' : yesNo(row.faults.converged, row.proven),
    yesNo(row.faults.asFound, row.proven),
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

export function hasPassed({ faults, proven }: Row): boolean {
  return proven && Object.values(faults).every((list) => list.length === 0);
}

/** Every row that failed, with all that was seen. */
export function faultsText(rows: readonly Row[]): string {
  return rows
    .filter((row) => !hasPassed(row))
    .map((row) => {
      const said = Object.entries(row.faults).flatMap(([about, list]) =>
        list.map((fault) => `  ${about}: ${fault.replaceAll('\n', '\n    ')}`),
      );
      if (!row.proven) said.push('  the cycle came to no end: not proven');
      return [`${row.command}, ${row.name}, ${row.where}, ${row.blow} (${row.mode})`, ...said].join('\n');
    })
    .join('\n');
}

function yesNo(faults: readonly string[], proven = true): string {
  if (faults.length > 0) return 'NO';
  return proven ? 'yes' : 'not proven';
}
