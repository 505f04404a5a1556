import type { Facts } from '../../facts/facts.js';
import type { Machine } from '../../room/machine.js';
import { allMachines } from '../../room/room.js';
import { CATALOGUE } from '../catalogue.js';
import type { FindingCode, FixableCode } from '../catalogue.js';
import type { Finding } from '../finding.js';
import type { Sight } from '../sight.js';

/** A machine that told its facts. */
export interface Present {
  readonly machine: Machine;
  readonly facts: Facts;
}

/** What a verdict on one machine may look at: the machine, and everything else that was seen. */
export interface Group {
  readonly sight: Sight;
  /** In the room's order. */
  readonly present: readonly Present[];
}

/** Everything of one kind that is worth saying about one machine. Pure. */
export type Verdict = (one: Present, group: Group) => readonly Finding[];

/** The machines of the room that told their facts, in the room's order. */
export function presentIn(sight: Sight): readonly Present[] {
  return allMachines(sight.config.room).flatMap((machine) => {
    const facts = sight.factsOf.get(machine.name);
    return facts === undefined ? [] : [{ machine, facts }];
  });
}

/** The severities that the catalogue allows a code: any other does not compile. */
type SeverityOf<C extends FindingCode> = (typeof CATALOGUE)[C]['severities'][number];

interface Said<C extends FindingCode> {
  readonly evidence: string;
  readonly remedy: string;
  /** Only where the verdict knows better than the catalogue. */
  readonly cause?: string;
  /** Only for codes that the catalogue has a fix for. */
  readonly fixable?: C extends FixableCode ? boolean : false;
}

/** A finding about one machine, or about the room (`undefined`), with the catalogue's cause unless another is given. */
export function finding<C extends FindingCode>(
  code: C,
  severity: SeverityOf<C>,
  machine: Pick<Machine, 'name'> | undefined,
  { evidence, remedy, cause, fixable }: Said<C>,
): Finding {
  return {
    code,
    severity,
    ...(machine === undefined ? {} : { machine: machine.name }),
    evidence,
    cause: cause ?? CATALOGUE[code].cause,
    remedy,
    fixable: fixable ?? false,
  };
}

/** Names of machines, as they stand in a sentence. */
export function namesOf(present: readonly Present[]): string {
  return present.map((p) => p.machine.name).join(', ');
}

/** The first few of a list and how many there are besides: "a, b, c and 4 more". A single one besides is named as well. */
export function someOf(list: readonly string[], few = 3): string {
  const more = list.length - few;
  return more > 1 ? `${list.slice(0, few).join(', ')} and ${more} more` : list.join(', ');
}
