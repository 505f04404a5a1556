import { isShort, networkOf, readAddresses } from '../networks/addresses.js';
import { defaultName } from '../sections/machines.js';
import { REACHABLE_ADDRESS } from '../names.js';
import { present } from '../optional-key.js';
import { showText } from '../mistakes/problems.js';
import { readCells } from './cells.js';
import type { Cell, Separator } from './cells.js';
import { readTitled, readUntitled, titleOf } from './entries.js';
import type { Entry } from './entries.js';
import type { Column } from './headings.js';
import { labelTeams, nameFor } from './labels.js';
import { at } from './mistake.js';
import type { ListMistake } from './mistake.js';

/** A machine as a list names it. */
export interface ListedMachine {
  readonly address: string;
  readonly name?: string;
  readonly team?: string;
}

/** A machine with the line that it stands on. */
export interface ReadMachine {
  readonly machine: ListedMachine;
  readonly line: number;
  /** What was written for its name and its team, where that is another text. */
  readonly written: { readonly name?: string; readonly team?: string };
}

export interface ChildrenRead {
  readonly machines: readonly ReadMachine[];
  readonly mistakes: readonly ListMistake[];
  readonly separator: Separator;
  /** What the columns were taken for; absent: there is no title row, so they are address, name, team. */
  readonly columns?: readonly Column[];
  /** Lines that were not read although something stands there. */
  readonly passedOver: readonly number[];
}

export interface ReadOptions {
  /** Cannot be a child as well. */
  readonly parent?: string;
  /** Names and teams that Kubernetes does not take are mistakes, and not made to fit: nobody is shown what would become of them. */
  readonly exact?: boolean;
}

/**
 * Children as people write them, by hand or in a spreadsheet. A title row says which column is what (`KNOWN_WORDS`, in any order); without
 * one a machine is `address name team`, an empty cell or `-` stands for nothing, and every address begins a machine, so that a list on one
 * line is read alike. An address may be a range: `192.168.1.11-14`, `192.168.1.11 - 192.168.1.14`; last numbers alone (`11 - 14`) where all
 * other addresses and the parent's are of one network.
 *
 * Never throws and never guesses: every mistake is told, and `machines` has what is right.
 */
export function readChildren(text: string, options: ReadOptions = {}): ChildrenRead {
  const cells = readCells(text);
  const titled = titleOf(cells);
  const table = titled === undefined ? readUntitled(cells.rows) : readTitled(cells, titled);
  const { entries } = table;
  const mistakes: ListMistake[] = [...table.mistakes];
  if (cells.openQuote !== undefined)
    mistakes.push({ ...cells.openQuote, text: 'a quote (") opens here, and nothing closes it' });
  const teams = labelTeams(entries, options.exact === true, mistakes);
  const network = networkAround(entries, options);
  const placed = entries.flatMap((entry) => readEntry(entry, network, teams, options, mistakes));
  mistakes.push(...together(placed, options));
  return {
    machines: placed.map(({ machine, entry, written }) => ({ machine, line: entry.where.line, written })),
    mistakes: mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column),
    separator: cells.separator,
    ...(titled === undefined ? {} : { columns: titled.columns }),
    passedOver: table.passedOver,
  };
}

interface Placed {
  readonly machine: ListedMachine;
  readonly entry: Entry;
  readonly written: ReadMachine['written'];
}

/** The machines of one entry; what is wrong with it goes to `mistakes`. */
function readEntry(
  { where, name: nameCell, team: teamCell }: Entry,
  network: string | undefined,
  teams: ReadonlyMap<Cell, string>,
  options: ReadOptions,
  mistakes: ListMistake[],
): readonly Placed[] {
  const before = mistakes.length;
  const addresses = addressesAt(where, network);
  if (typeof addresses === 'string') mistakes.push(at(where, addresses));
  const team = teamCell === undefined ? undefined : teams.get(teamCell);
  let name: string | undefined;
  if (nameCell !== undefined) {
    if (addresses.length > 1 && typeof addresses !== 'string')
      mistakes.push(
        at(
          nameCell,
          `${where.text} are ${addresses.length} machines, and ${showText(nameCell.text)} is one name: name them one by one, or none (-)`,
        ),
      );
    else {
      const read = nameFor(nameCell.text, options.exact === true);
      if (read.valid) ({ name } = read);
      else
        mistakes.push(
          at(nameCell, `${showText(nameCell.text)} cannot be the name of ${where.text}: ${read.must}`),
        );
    }
  }
  if (typeof addresses === 'string' || mistakes.length > before) return [];
  const written = {
    ...(nameCell === undefined || nameCell.text === name ? {} : { name: nameCell.text }),
    ...(teamCell === undefined || teamCell.text === team ? {} : { team: teamCell.text }),
  };
  const entry: Entry = { where, ...present('name', nameCell), ...present('team', teamCell) };
  return addresses.map((address) => ({
    machine: { address, ...present('name', name), ...present('team', team) },
    entry,
    written,
  }));
}

function addressesAt(where: Cell, network: string | undefined): readonly string[] | string {
  if (isShort(where.text) && network === undefined)
    return `${where.text} does not say of which network: write it out, such as 192.168.1.${where.text.replaceAll(/\s/g, '')}`;
  const read = readAddresses(where.text, network);
  return typeof read === 'string' && read.endsWith('is no IPv4 address') && !read.includes(': ')
    ? `${read} (a machine is: address, name, team)`
    : read;
}

/** What last numbers alone stand behind: the first three numbers of all other addresses, when these are the same. */
function networkAround(entries: readonly Entry[], { parent }: ReadOptions): string | undefined {
  const full = [
    ...(parent === undefined ? [] : [parent]),
    ...entries.map(({ where }) => where.text).filter((text) => !isShort(text)),
  ];
  const firsts = full
    .map((text) => /^[\d.]+/.exec(text)?.[0] ?? '')
    .filter((text) => REACHABLE_ADDRESS.test(text));
  const networks = new Set(firsts.map(networkOf));
  return networks.size === 1 ? [...networks][0] : undefined;
}

/** What is wrong only because of other lines: an address or a name that is there already, the parent among the children. */
function together(placed: readonly Placed[], { parent }: ReadOptions): readonly ListMistake[] {
  const mistakes: ListMistake[] = [];
  const addresses = new Map<string, number>();
  const names = new Map<string, { readonly who: string; readonly line?: number }>([
    [defaultName(['parent']), { who: 'the parent' }],
  ]);
  for (const [i, { machine, entry }] of placed.entries()) {
    const { where, name: nameCell = where } = entry;
    const { address, name = defaultName(['children', i]) } = machine;
    const before = addresses.get(address);
    if (address === parent) {
      mistakes.push(
        at(where, `${address} is the parent: it cannot be its own child (take it out of the list)`),
      );
    } else if (before !== undefined) {
      const place = before === where.line ? 'twice' : `already, on line ${before}`;
      mistakes.push(at(where, `${address} is listed ${place}`));
    } else {
      const same = names.get(name);
      if (same !== undefined) {
        const place = same.line === undefined || same.line === nameCell.line ? '' : ` on line ${same.line}`;
        mistakes.push(
          at(nameCell, `${address} is named ${name} like ${same.who}${place}: names must be unique`),
        );
      }
    }
    if (!addresses.has(address)) {
      addresses.set(address, where.line);
      if (!names.has(name)) names.set(name, { who: address, line: nameCell.line });
    }
  }
  return mistakes;
}
