import { countsText } from './report-text.js';
import { harmlessLine } from './harmless.js';
import type { MachineState, MachineStory, StageStory } from './story.js';
import type { Theme } from './theme.js';
import { cutTo, padTo, widthOf } from './width.js';

/** More machines than this are not listed one by one: only those that run or failed are. */
export const MANY_MACHINES = 12;
/** A wait is worth its seconds only when it is noticed. */
const SHOW_SECONDS_FROM = 5;
const LONGEST_NAME = 24;

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface StageLines {
  readonly title: string;
  /** One line a machine, in the room's order; machines that are not shown now have none. */
  readonly machines: ReadonlyMap<string, string>;
}

/**
 * What the live list says about a stage now, without icons and indentation: the title with counts, and a line a machine that fits
 * into `columns`. While `isOpen` at most `rows` machines have a line: failed ones first, then running ones. Pure.
 */
export function stageLines(
  story: StageStory,
  { columns, rows }: Size,
  { isOpen, now, theme }: { readonly isOpen: boolean; readonly now: number; readonly theme: Theme },
): StageLines {
  const all = [...story.machines.values()];
  const nameColumns = Math.min(LONGEST_NAME, Math.max(...all.map((m) => widthOf(harmlessLine(m.name)))));
  const shown = shownMachines(all, rows, isOpen);
  return {
    title: titleOf(story, all, columns, isOpen, theme),
    machines: new Map(
      shown.map((m) => [m.name, machineLine(m, nameColumns, columns, isOpen ? now : undefined, theme)]),
    ),
  };
}

/** A stage that is under way beside the one that is shown, in one line: its title and what its machines came to. */
export function meanwhileLine(story: StageStory, columns: number, theme: Theme): string {
  const all = [...story.machines.values()];
  const running = all.filter((m) => m.state === 'running').map((m) => harmlessLine(m.name));
  const of = running.length === 1 ? `${running[0] ?? ''}: ${lastWordOf(all)}` : '';
  const title = titleOf(story, all, columns - 2, true, theme);
  return cutTo(`· ${title}${of === '' ? '' : `  ${theme.dim(of)}`}`, columns);
}

function lastWordOf(all: readonly MachineStory[]): string {
  const text = harmlessLine(all.find((m) => m.state === 'running')?.text ?? '');
  return text === '' ? 'running' : text;
}

function shownMachines(all: readonly MachineStory[], rows: number, isOpen: boolean): readonly MachineStory[] {
  const isCompact = all.length > MANY_MACHINES || (isOpen && all.length > rows);
  if (!isCompact) return all;
  const failed = all.filter((m) => isBad(m.state));
  if (!isOpen) return failed;
  const kept = new Set([...failed, ...all.filter((m) => m.state === 'running')].slice(0, Math.max(0, rows)));
  return all.filter((m) => kept.has(m));
}

function titleOf(
  story: StageStory,
  all: readonly MachineStory[],
  columns: number,
  isOpen: boolean,
  theme: Theme,
): string {
  const running = all.filter((m) => m.state === 'running').length;
  const waiting = all.filter((m) => m.state === 'waiting').length;
  const done = all.flatMap(({ state }) =>
    state === 'waiting' || state === 'running' ? [] : [state === 'set-aside' ? 'failed' : state],
  );
  const parts = [
    ...(isOpen && running > 0 ? [`running ${running}`] : []),
    ...(isOpen && waiting > 0 ? [`waiting ${waiting}`] : []),
    ...(!isOpen && running + waiting > 0 ? [`not finished ${running + waiting}`] : []),
    ...(done.length > 0 ? [countsText(done)] : []),
  ];
  const title = cutTo(harmlessLine(story.title), columns);
  const counts = cutTo(parts.join(', '), columns - widthOf(title) - 2);
  return counts === '' ? title : `${title}  ${theme.dim(counts)}`;
}

/** `now` is undefined when the stage is over. */
function machineLine(
  machine: MachineStory,
  nameColumns: number,
  columns: number,
  now: number | undefined,
  theme: Theme,
): string {
  const name = padTo(cutTo(harmlessLine(machine.name), nameColumns), nameColumns);
  const text = cutTo(stateText(machine, now), columns - nameColumns - 2);
  return `${name}  ${paintOf(machine.state, theme)(text)}`;
}

function stateText({ state, text, since }: MachineStory, now: number | undefined): string {
  const why = harmlessLine(text);
  if (now === undefined && (state === 'running' || state === 'waiting')) {
    return why === '' ? 'not finished' : `not finished: ${why}`;
  }
  if (now !== undefined && state === 'running') {
    const seconds = Math.floor((now - since) / 1000);
    return (why === '' ? 'running' : why) + (seconds < SHOW_SECONDS_FROM ? '' : ` (${seconds} s)`);
  }
  const word = state === 'set-aside' ? 'set aside' : state === 'not-reached' ? 'not reached' : state;
  return why === '' ? word : `${word}: ${why}`;
}

function paintOf(state: MachineState, theme: Theme): (text: string) => string {
  if (isBad(state)) return theme.bad;
  if (state === 'running') return (text) => text;
  return state === 'planned' ? theme.warn : theme.dim;
}

export function isBad(state: MachineState): boolean {
  return state === 'failed' || state === 'set-aside';
}
