import { tableText } from '../../ui/table.js';
import type { Theme } from '../../ui/theme.js';
import type { Unknown } from './known-machines.js';
import type { Whereabouts } from './seek.js';

export type Row = Whereabouts | Unknown;

/** A line a machine: where it was, where it is, by which key. */
export function whereaboutsText(rows: readonly Row[], theme: Theme): string {
  return tableText(
    [{ title: 'machine' }, { title: 'in kmon.yaml' }, { title: 'is at' }, { title: 'host key' }],
    rows.map((row) => [row.name, row.was, ...place(row)]),
    theme,
  );
}

function place(row: Row): readonly [string, string] {
  switch (row.is) {
    case 'there':
      return [row.was, 'as pinned'];
    case 'moved':
      return [row.now, row.fingerprint];
    case 'doubled':
      return [row.at.join(' and '), 'as pinned'];
    case 'shared':
      return [`one of ${row.of.join(', ')}`, 'pinned for all of these'];
    case 'lost':
      return ['not found', ''];
    case 'unknown':
      return ['not looked for', row.because];
  }
}
