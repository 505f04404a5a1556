import { folded } from '../writing/fitting.js';
import type { Cell, Row } from './cells.js';

/** What a column may be taken for. */
export type Meaning = 'address' | 'name' | 'team';

/** What a column of the table is. */
export interface Column {
  readonly heading: Cell;
  /** Absent: it is not used. */
  readonly meaning?: Meaning;
}

/** Words of a heading, the surest ones first: a class list may have the pupil's `Nom` beside the machine's `Poste`. */
const WORDS: Readonly<Record<Meaning, readonly (readonly string[])[]>> = {
  address: [
    [
      'ip',
      'ipv4',
      'adresse-ip',
      'adresse-ipv4',
      'adr-ip',
      'no-ip',
      'n-ip',
      'ip-machine',
      'ip-poste',
      'ip-du-poste',
      'ip-de-la-machine',
      'ip-address',
      'ipv4-address',
    ],
    ['adresse', 'adr', 'address', 'addr'],
  ],
  name: [
    [
      'hostname',
      'host-name',
      'nom-d-hote',
      'nom-hote',
      'nom-de-la-machine',
      'nom-machine',
      'nom-du-poste',
      'nom-poste',
      'nom-de-l-ordinateur',
      'nom-ordinateur',
      'nom-du-pc',
      'nom-pc',
      'machine-name',
      'computer-name',
      'node-name',
    ],
    ['host', 'hote', 'machine', 'poste', 'ordinateur', 'pc', 'computer', 'node', 'noeud', 'child', 'enfant'],
    ['nom', 'name'],
  ],
  team: [
    ['equipe', 'team', 'nom-de-l-equipe', 'team-name'],
    ['groupe', 'group', 'nom-du-groupe', 'group-name'],
    ['binome'],
  ],
};

/** Headings of names under which addresses may stand as well: `host` of an Ansible inventory. */
const EITHER = WORDS.name[1] ?? [];

/** For people: some of the words that head a column. */
export const KNOWN_WORDS =
  'adresse IP, IP, address; nom, poste, machine, host, name; équipe, groupe, team, group';

interface Known {
  readonly meaning: Meaning;
  readonly rank: number;
}

/**
 * What the columns of a title row are; `undefined` when it is none. A column of addresses is never missed: where no heading says address,
 * one that may be either (`host`, `poste`) is, when `holdsAddresses` says so of its place.
 *
 * @returns `mistakes`: columns of which nobody can tell which one is meant
 */
export function columnsOf(
  row: Row,
  holdsAddresses: (place: number) => boolean,
):
  | { readonly columns: readonly Column[]; readonly mistakes: readonly { cell: Cell; text: string }[] }
  | undefined {
  const known = row.map((cell) => meaningOf(cell.text));
  if (!known.some((k) => k?.meaning === 'address')) {
    const place = row.findIndex((cell, i) => EITHER.includes(headingWord(cell.text)) && holdsAddresses(i));
    if (place === -1) return undefined;
    known[place] = { meaning: 'address', rank: 0 };
  }
  const mistakes: { cell: Cell; text: string }[] = [];
  const columns = row.map((heading, i): Column => {
    const own = known[i];
    if (own === undefined) return { heading };
    const others = known.flatMap((k, j) =>
      k?.meaning === own.meaning && j !== i ? [{ rank: k.rank, j }] : [],
    );
    if (others.some((o) => o.rank < own.rank)) return { heading };
    const first = others.find((o) => o.rank === own.rank && o.j < i);
    if (first !== undefined) {
      const before = row[first.j]?.text ?? '';
      const text = `"${heading.text}" may be the ${own.meaning} as well as "${before}" before it: give one of them another heading`;
      mistakes.push({ cell: heading, text });
    }
    return { heading, meaning: own.meaning };
  });
  return { columns, mistakes };
}

/** Titles that are apart by blanks alone: neighbours that are one known heading together (`Adresse IP`) become one. */
export function joinTitles(words: Row): Row {
  const titles: Cell[] = [];
  for (let i = 0; i < words.length;) {
    let length = Math.min(5, words.length - i);
    const joined = (): string =>
      words
        .slice(i, i + length)
        .map((word) => word.text)
        .join(' ');
    while (length > 1 && meaningOf(joined()) === undefined) length -= 1;
    const [first] = words.slice(i);
    if (first !== undefined) titles.push({ ...first, text: joined() });
    i += length;
  }
  return titles;
}

function meaningOf(heading: string): Known | undefined {
  const word = headingWord(heading);
  for (const meaning of ['address', 'name', 'team'] as const) {
    const rank = WORDS[meaning].findIndex((words) => words.includes(word));
    if (rank !== -1) return { meaning, rank };
  }
  return undefined;
}

/** `Adresses IP (v4) :` is `adresse-ip`: case, accents, plurals, and what stands in brackets do not count. */
function headingWord(text: string): string {
  return folded(text.replaceAll(/\(.*?\)|\[.*?\]/g, ' '))
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .split('-')
    .map((word) => (word.length > 2 && word !== 'address' ? word.replace(/s$/, '') : word))
    .map((word) => (word === 'addresse' ? 'address' : word))
    .join('-');
}
