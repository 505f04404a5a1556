import type { CatalogueEntry } from './catalogue/entry.js';
import { ACCESS } from './catalogue/access.js';
import { ADDRESSES } from './catalogue/addresses.js';
import { CLOCK } from './catalogue/clock.js';
import { IDENTITY } from './catalogue/identity.js';
import { LAPTOP } from './catalogue/laptop.js';
import { LEFTOVERS } from './catalogue/leftovers.js';
import { NETWORK } from './catalogue/network.js';
import { SOURCES } from './catalogue/sources.js';
import { SYSTEM } from './catalogue/system.js';

/** Every finding there is. Codes are only ever added: scripts rely on them. */
export const CATALOGUE = {
  ...ACCESS,
  ...SYSTEM,
  ...IDENTITY,
  ...LEFTOVERS,
  ...ADDRESSES,
  ...NETWORK,
  ...CLOCK,
  ...LAPTOP,
  ...SOURCES,
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

/** The same by what they are about, in the order of the documentation. */
export const CATALOGUE_GROUPS: readonly {
  readonly title: string;
  readonly entries: Readonly<Record<string, CatalogueEntry>>;
}[] = [
  { title: 'Access', entries: ACCESS },
  { title: 'System', entries: SYSTEM },
  { title: 'Identity', entries: IDENTITY },
  { title: 'What is there already', entries: LEFTOVERS },
  { title: 'Addresses', entries: ADDRESSES },
  { title: 'The network, proven', entries: NETWORK },
  { title: 'Clock', entries: CLOCK },
  { title: 'Laptop', entries: LAPTOP },
  { title: 'Packages and images', entries: SOURCES },
];

export type FindingCode = keyof typeof CATALOGUE;

/** The codes that `kmon check --fix` can do something about. */
export type FixableCode = {
  readonly [C in FindingCode]: (typeof CATALOGUE)[C] extends { readonly fix: string } ? C : never;
}[FindingCode];
