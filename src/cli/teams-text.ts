import { isAbsolute, relative } from 'node:path';
import type { TeamRow, Used } from '../cluster/teams/rows.js';
import { processors } from '../tools/node-sizes.js';
import { tableText } from '../ui/table.js';

const COLUMNS = [
  { title: 'team' },
  { title: 'children' },
  { title: 'cpu', align: 'right' },
  { title: 'memory', align: 'right' },
  { title: 'pods', align: 'right' },
  { title: 'kubeconfig' },
  { title: 'until' },
] as const;

/** The table of the teams, and what is to be said of some of them. */
export function teamsText(rows: readonly TeamRow[], cwd: string): string {
  if (rows.length === 0) return 'there is no team, in kmon.yaml or in the cluster';
  const cells = rows.map((row) => [
    row.team,
    row.children.join(', '),
    row.cpu === null ? undefined : `${processors(row.cpu.used)} of ${processors(row.cpu.of)}`,
    usedText(row.memory),
    usedText(row.pods),
    row.kubeconfig === null ? undefined : near(row.kubeconfig, cwd),
    row.until === null ? undefined : untilText(row.until),
  ]);
  return [tableText(COLUMNS, cells), ...rows.flatMap(remarks)].join('\n');
}

function remarks({ team, state, wanted }: TeamRow): readonly string[] {
  if (state === 'absent') return [`${team}: not made yet: run \`kmon teams\``];
  if (state === 'ending') return [`${team}: it is being removed`];
  return wanted ? [] : [`${team}: not in kmon.yaml any more: \`kmon teams remove ${team}\` takes it away`];
}

function usedText(used: Used | null): string | undefined {
  return used === null ? undefined : `${used.used} of ${used.of}`;
}

/** Relative where that is shorter to type. */
export function near(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}

/** By the clock of this computer: "2026-11-30 18:40". */
export function untilText(until: string): string {
  const date = new Date(until);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
