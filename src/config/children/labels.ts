import { fitted, folded } from '../writing/fitting.js';
import { LABEL_VALUE, MACHINE_NAME, RESERVED_NAMES } from '../names.js';
import { showText } from '../mistakes/problems.js';
import type { Cell } from './cells.js';
import type { Entry } from './entries.js';
import { at } from './mistake.js';
import type { ListMistake } from './mistake.js';

type ReadName =
  { readonly valid: true; readonly name: string } | { readonly valid: false; readonly must: string };

export function nameFor(written: string, exact: boolean): ReadName {
  if (MACHINE_NAME.test(written)) return { valid: true, name: written };
  // A full name of a network: its first part.
  const short = /^([A-Za-z0-9_-]+)(?:\.[A-Za-z0-9_-]+)+$/.exec(written)?.[1] ?? written;
  const name = fitted(short);
  const fits = name !== undefined && MACHINE_NAME.test(name);
  if (fits && !exact) return { valid: true, name };
  const rule = `small letters, digits and hyphens, at most 63, other than ${RESERVED_NAMES.join(' and ')}`;
  return { valid: false, must: fits ? `${rule}; write ${name}` : rule };
}

/**
 * A label for each team that is named. Spellings of one team (`Équipe A`, `equipe a`) get one label; two teams whose names become the same
 * are a mistake.
 */
export function labelTeams(
  entries: readonly Entry[],
  exact: boolean,
  mistakes: ListMistake[],
): ReadonlyMap<Cell, string> {
  const owners = new Map(entries.flatMap(({ team, where }) => (team === undefined ? [] : [[team, where]])));
  const spellings = new Map<string, Set<string>>();
  for (const { text } of owners.keys()) {
    const known = spellings.get(folded(text)) ?? new Set();
    spellings.set(folded(text), known.add(text));
  }
  const labels = new Map<Cell, string>();
  const holders = new Map<string, Cell>();
  for (const [cell, where] of owners) {
    const isAlone = spellings.get(folded(cell.text))?.size === 1;
    const asWritten = LABEL_VALUE.test(cell.text) && (exact || isAlone);
    const label = asWritten ? cell.text : fitted(cell.text);
    const rule = 'letters, digits, dots, hyphens, at most 63';
    if (label === undefined || (exact && !asWritten)) {
      const advice = label === undefined ? '' : `; write ${label}`;
      mistakes.push(at(cell, `${showText(cell.text)} cannot be the team of ${where.text}: ${rule}${advice}`));
      continue;
    }
    const holder = holders.get(label.toLowerCase());
    if (!exact && holder !== undefined && folded(holder.text) !== folded(cell.text)) {
      const other = `${showText(holder.text)} on line ${holder.line}`;
      mistakes.push(
        at(cell, `${showText(cell.text)} and ${other} would both become the team ${label}: name them apart`),
      );
      continue;
    }
    holders.set(label.toLowerCase(), cell);
    labels.set(cell, label);
  }
  return labels;
}
