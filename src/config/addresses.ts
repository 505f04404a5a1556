import { isIPv4 } from 'node:net';
import { defaultName } from './defaults.js';
import { LABEL_VALUE, MACHINE_NAME, REACHABLE_ADDRESS, RESERVED_NAMES } from './names.js';
import { showText } from './problems.js';

/** A machine as a list names it. */
export interface ListedMachine {
  readonly address: string;
  readonly name?: string;
  readonly team?: string;
}

/** What is wrong in a list, and on which of its lines (counted from 1). */
export interface ListMistake {
  readonly line: number;
  readonly text: string;
}

export interface MachineList {
  readonly machines: readonly ListedMachine[];
  readonly mistakes: readonly ListMistake[];
}

export interface MachineListOptions {
  /** Cannot be a child as well. */
  readonly parent?: string;
}

/**
 * Children as people write them. Each machine is `address [name] [team]`; `-` stands for no name. An address may be a range whose ends
 * differ in their last number: `192.168.1.11-14` or `192.168.1.11-192.168.1.14`. Spaces, commas and semicolons are the same, so that
 * a list on one line and a table from a spreadsheet are read alike: a machine begins with its address, names have no dot. `#` begins a
 * comment. Byte order mark, CRLF and blank lines do not matter.
 *
 * Never throws: every mistake is told, and `machines` has what is right.
 */
export function parseMachineList(text: string, options: MachineListOptions = {}): MachineList {
  const placed: Placed[] = [];
  const mistakes: ListMistake[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  for (const [i, whole] of lines.entries()) {
    const line = i + 1;
    for (const words of entriesOf(whole.replace(/#.*$/, ''))) {
      const read = readEntry(words);
      if (typeof read === 'string') mistakes.push({ line, text: read });
      else placed.push(...read.map((machine) => ({ machine, line })));
    }
  }
  mistakes.push(...together(placed, options));
  return {
    machines: placed.map(({ machine }) => machine),
    mistakes: mistakes.toSorted((a, b) => a.line - b.line),
  };
}

interface Placed {
  readonly machine: ListedMachine;
  readonly line: number;
}

/** Every word that looks like an address begins a machine; the words behind it are its name and team. */
function entriesOf(line: string): readonly (readonly string[])[] {
  const entries: string[][] = [];
  // A byte order mark is a space as well.
  for (const word of line.split(/[\s,;]+/).filter((w) => w !== '')) {
    const last = entries.at(-1);
    if (last === undefined || looksLikeAddress(word)) entries.push([word]);
    else last.push(word);
  }
  return entries;
}

/** Names have no dot. `:` is for IPv6, `/` for a subnet: both are refused by name. */
function looksLikeAddress(word: string): boolean {
  return /^\d.*[./]/.test(word) || word.includes(':');
}

/** The machines of one entry, or what is wrong with it. */
function readEntry([where = '', name = '-', team, ...more]: readonly string[]):
  readonly ListedMachine[] | string {
  const addresses = readAddresses(where);
  if (typeof addresses === 'string') return addresses;
  if (more.length > 0) {
    return `${where} has too many words behind it (${showText(more.join(' '))}): it takes a name and a team`;
  }
  if (name !== '-' && addresses.length > 1) {
    return `${where} are ${addresses.length} machines, and ${showText(name)} is one name: name them one by one, or none (-)`;
  }
  if (name !== '-' && !MACHINE_NAME.test(name)) {
    return `${showText(name)} cannot be the name of ${where}: small letters, digits and hyphens, at most 63, other than ${RESERVED_NAMES.join(' and ')}`;
  }
  if (team !== undefined && !LABEL_VALUE.test(team)) {
    return `${showText(team)} cannot be the team of ${where}: letters, digits, dots, hyphens, at most 63`;
  }
  return addresses.map((address) => ({
    address,
    ...(name === '-' ? {} : { name }),
    ...(team === undefined ? {} : { team }),
  }));
}

function readAddresses(word: string): readonly string[] | string {
  const range = /^(\d+\.\d+\.\d+)\.(\d+)-(?:(\d+\.\d+\.\d+)\.)?(\d+)$/.exec(word);
  if (range === null) return readAddress(word);
  const [, net = '', from = '', otherNet = net, to = ''] = range;
  for (const end of [`${net}.${from}`, `${otherNet}.${to}`]) {
    const read = readAddress(end);
    if (typeof read === 'string') return `${word}: ${read}`;
  }
  if (net !== otherNet) return `${word} goes beyond the last number: write one range for each network`;
  if (Number(from) > Number(to)) return `${word} ends before it begins`;
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => `${net}.${Number(from) + i}`);
}

function readAddress(word: string): readonly string[] | string {
  if (REACHABLE_ADDRESS.test(word)) return [word];
  if (isIPv4(word)) return `${word} is no address of another computer`;
  if (/^[\d.]+\/\d+$/.test(word)) return `${word} is a network: write a range, such as 192.168.1.11-14`;
  return `${showText(word)} is no IPv4 address (a machine is: address, name, team)`;
}

/** What is wrong only because of other lines: an address or a name that is there already, the parent among the children. */
function together(placed: readonly Placed[], { parent }: MachineListOptions): readonly ListMistake[] {
  const mistakes: ListMistake[] = [];
  const addresses = new Map<string, number>();
  const names = new Map<string, string>([[defaultName(['parent']), 'the parent']]);
  for (const [i, { machine, line }] of placed.entries()) {
    const { address, name = defaultName(['children', i]) } = machine;
    const before = addresses.get(address);
    if (address === parent) {
      mistakes.push({ line, text: `${address} is the parent: it cannot be its own child` });
    } else if (before !== undefined) {
      const where = before === line ? 'twice' : `already, on line ${before}`;
      mistakes.push({ line, text: `${address} is listed ${where}` });
    } else {
      const sameName = names.get(name);
      if (sameName !== undefined) {
        mistakes.push({ line, text: `${address} is named ${name} like ${sameName}: names must be unique` });
      }
    }
    if (!addresses.has(address)) {
      addresses.set(address, line);
      if (!names.has(name)) names.set(name, address);
    }
  }
  return mistakes;
}
