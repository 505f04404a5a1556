import { isFixedUnasked } from '../findings/fixes/fixable.js';
import type { Finding, FindingCode } from '../findings/index.js';
import { SEVERITIES } from '../findings/severity.js';
import type { Severity } from '../findings/severity.js';
import { someOf } from '../findings/wording.js';
import type { Room } from '../room/room.js';
import { allComputers } from '../room/room.js';
import { networksText } from '../trial/networks-here.js';
import type { NetworkHere } from '../trial/networks-here.js';
import { harmlessLine } from './harmless.js';
import { proofText } from './proof-text.js';
import type { Proven } from './proof-text.js';
import { plainTheme } from './theme.js';
import type { Theme } from './theme.js';

export interface CheckTextContext extends Proven {
  readonly room: Room;
  /** Which pod networks would work; absent: the network was not tried. */
  readonly networks?: readonly NetworkHere[];
  /** Shown when something stops: what the machines said is in it. */
  readonly transcript?: string;
  /** What this very run of `kmon check --fix` puts right: it is not offered again. */
  readonly fixing?: readonly FindingCode[];
  readonly theme?: Theme;
}

function markOf(severity: Severity, { signs }: Theme): string {
  return severity === 'stops' ? signs.failed : severity === 'hurts' ? '!' : signs.note;
}

/**
 * The report of `kmon check` for people: what is in the way of the room, then of each machine in the room's order, the worst first; notes
 * in one line each, machines with the same note together; what the check rests on; the counts. Ends without a line break.
 */
export function checkText(findings: readonly Finding[], context: CheckTextContext): string {
  const theme = context.theme ?? plainTheme;
  const { room, transcript, networks, fixing = [] } = context;
  const offered = (f: Finding): boolean => f.fixable && !fixing.includes(f.code);
  const troubles = findings.filter((f) => f.severity !== 'note');
  const inOrder = [undefined, ...allComputers(room).map((m) => m.name)].flatMap((machine) =>
    SEVERITIES.flatMap((severity) =>
      troubles.filter((f) => f.machine === machine && f.severity === severity),
    ),
  );
  const stops = findings.some((f) => f.severity === 'stops');
  return [
    ...inOrder.flatMap((f) => troubleLines(f, offered(f), room, theme)),
    ...noteLines(
      findings.filter((f) => f.severity === 'note'),
      offered,
      room,
      theme,
    ),
    ...(stops && transcript !== undefined ? [theme.dim(`  transcript: ${harmlessLine(transcript)}`)] : []),
    theme.dim(proofText(context)),
    ...(networks === undefined ? [] : [theme.dim(harmlessLine(networksText(networks)))]),
    countText(findings, offered, theme),
  ].join('\n');
}

function troubleLines(f: Finding, isOffered: boolean, room: Room, theme: Theme): readonly string[] {
  const paint = f.severity === 'stops' ? theme.bad : theme.warn;
  const where = f.machine === undefined ? 'the room' : placeOf(f.machine, room);
  return [
    `${paint(markOf(f.severity, theme))} ${theme.strong(`${where}:`)} ${harmlessLine(f.evidence)} ${theme.dim(`[${f.code}]`)}`,
    `  cause: ${harmlessLine(f.cause)}`,
    `  ${theme.good('fix:')} ${harmlessLine(f.remedy)}`,
    ...(isOffered ? [`  kmon can do it: kmon check --fix ${f.code}`] : []),
  ];
}

/** One line for all machines of which the same is to be said: thirty laptops without a sensor are one note. */
function noteLines(
  notes: readonly Finding[],
  offered: (f: Finding) => boolean,
  room: Room,
  theme: Theme,
): readonly string[] {
  const groups = new Map<string, { readonly note: Finding; readonly machines: string[] }>();
  for (const note of notes) {
    const key = JSON.stringify([note.code, note.evidence, note.remedy]);
    const group = groups.get(key) ?? { note, machines: [] };
    if (note.machine !== undefined) group.machines.push(note.machine);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ note, machines }) => {
    const text = `${harmlessLine(note.evidence)}: ${harmlessLine(note.remedy)}`;
    // What is not done without being named would be offered nowhere else.
    const offer = offered(note) && !isFixedUnasked(note.code) ? `: kmon check --fix ${note.code}` : '';
    return `${theme.dim(markOf('note', theme))} ${namesText(machines, room)}: ${text} ${theme.dim(`[${note.code}${offer}]`)}`;
  });
}

function namesText(machines: readonly string[], room: Room): string {
  const [first, ...others] = machines;
  if (first === undefined) return 'the room';
  if (others.length === 0) return placeOf(first, room);
  const order = allComputers(room).map((m) => m.name);
  return someOf(machines.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)).map(harmlessLine));
}

function placeOf(machine: string, room: Room): string {
  const address = allComputers(room).find((m) => m.name === machine)?.address;
  const shown = address === undefined || address === machine ? '' : ` (${harmlessLine(address)})`;
  return `${harmlessLine(machine)}${shown}`;
}

/** "2 stop, 1 hurts, 3 notes; kmon can fix 1: kmon check --fix". */
function countText(findings: readonly Finding[], offered: (f: Finding) => boolean, theme: Theme): string {
  const count = (severity: Severity): number => findings.filter((f) => f.severity === severity).length;
  const [stops, hurts, notes] = [count('stops'), count('hurts'), count('note')];
  const fixable = findings.filter((f) => offered(f) && isFixedUnasked(f.code)).length;
  const offer = fixable === 0 ? '' : `; kmon can fix ${fixable}: kmon check --fix`;
  const noted = notes === 0 ? [] : [`${notes} note${notes === 1 ? '' : 's'}`];
  if (stops + hurts === 0) return theme.good([`nothing is in the way`, ...noted].join('; ') + offer);
  const counts = [
    ...(stops === 0 ? [] : [`${stops} stop${stops === 1 ? 's' : ''}`]),
    ...(hurts === 0 ? [] : [`${hurts} hurt${hurts === 1 ? 's' : ''}`]),
    ...noted,
  ].join(', ');
  return (stops > 0 ? theme.bad : theme.warn)(counts) + offer;
}
