import type { After, Trial } from '../../engine/stage.js';
import { here, onParent } from '../../engine/stage.js';
import { madeNode } from '../../facts/ledger.js';
import { downloads } from '../../findings/sources/downloads.js';
import type { SourcesFinding } from '../../findings/sources/entries.js';
import { trySources } from '../../trial/sources.js';
import { CHECKED } from './check.js';
import { inTheWay } from './in-the-way.js';

interface SourcesSeen {
  /** How many answers were asked for. */
  readonly asked: number;
  readonly findings: readonly SourcesFinding[];
}

/**
 * Whether what the machine needs can be downloaded, before anything is changed for it: half an installation is worse than none. A machine that
 * kmon has made a node already has what it needs.
 */
const tryingSources = (
  which: Pick<Trial<SourcesSeen>, 'id' | 'title' | 'on' | 'after'>,
): Trial<SourcesSeen> => ({
  ...which,
  tryOut: async (c) => {
    if (madeNode(c.facts.ledger)) return { asked: 0, findings: [] };
    const { sources } = await trySources(c);
    return { asked: sources.length, findings: downloads({ config: c.config, supply: c.supply, sources }) };
  },
  inWords: ({ asked }) => (asked === 0 ? 'nothing is to be fetched' : 'what has to come from there comes'),
  fails: ({ findings }) => inTheWay(findings),
});

export const sourcesOfParent = tryingSources({
  id: 'sources-of-parent',
  title: 'Try where the parent downloads from',
  on: 'parent',
  after: CHECKED,
});

/** After the parent: what it does not get either is told once. */
export const sourcesOfChildren = tryingSources({
  id: 'sources-of-children',
  title: 'Try where the children download from',
  on: 'children',
  after: [...CHECKED, ...onParent(sourcesOfParent)],
});

/** Before anything is changed: the machine and the parent have been checked, and get what they need. */
export const TRIED: readonly After[] = [
  ...CHECKED,
  ...here(sourcesOfParent, sourcesOfChildren),
  ...onParent(sourcesOfParent),
];
