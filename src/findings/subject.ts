import type { KmonError } from '../errors/kmon-error.js';
import type { Machine } from '../room/machine.js';
import type { Severity } from './severity.js';
import type { Present, Sight } from './sight/sight.js';

/** What there is to know of a code without a machine at hand. docs/findings.md is made from this. */
export interface CatalogueEntry {
  /** A few words, as a heading: "Another machine has the same hostname". */
  readonly title: string;
  /** The severities it may come with, the worst first. */
  readonly severities: readonly Severity[];
  /** Said with every finding of this code, unless the verdict knows better. */
  readonly cause: string;
  /** What to do, in general; a finding says it with the names and figures of its machine. */
  readonly remedy: string;
  /** What `kmon check --fix` does about it; absent: a person must. */
  readonly fix?: string;
}

/** By code. Codes are only ever added: scripts rely on them. */
export type Entries = Readonly<Record<string, CatalogueEntry>>;

/** The same of known codes only. */
type EntriesIn<E> = { readonly [Code in keyof E]: CatalogueEntry };

/** One thing worth saying about a machine, or about the room, in words a person can act on. */
export interface FindingOf<Code extends string> {
  /** Stable; scripts and the documentation name it. */
  readonly code: Code;
  readonly severity: Severity;
  /** Absent: it is about the room as a whole. */
  readonly machine?: string;
  /** What was seen, with figures and names: lower case, no full stop. */
  readonly evidence: string;
  /** Why it is so, or why it matters: lower case, no full stop. */
  readonly cause: string;
  /** What to do, imperative, no full stop. */
  readonly remedy: string;
  /** `kmon check --fix` can do it on this machine, as it was found. */
  readonly fixable: boolean;
}

/** Whom a finding is about; `undefined`: the room as a whole. */
export type About = Pick<Machine, 'name'> | undefined;

interface Said<Entry extends CatalogueEntry> {
  readonly evidence: string;
  readonly remedy: string;
  /** Only where the verdict knows better than the catalogue. */
  readonly cause?: string;
  /** Only for codes that the catalogue has a fix for. */
  readonly fixable?: Entry extends { readonly fix: string } ? boolean : false;
}

/** Makes a finding of one of these entries, with its cause unless another is given. Another code, or a severity that it does not have, does not compile. */
type Sayer<E extends EntriesIn<E>> = <Code extends keyof E & string>(
  code: Code,
  severity: E[Code]['severities'][number],
  about: About,
  said: Said<E[Code]>,
) => FindingOf<Code>;

/** What a subject has to say at all, and the function by which its verdicts say it. */
export function catalogue<const E extends EntriesIn<E>>(
  entries: E,
): { readonly entries: E; readonly finding: Sayer<E> } {
  return {
    entries,
    finding: (code, severity, about, { evidence, remedy, cause, fixable }) => ({
      code,
      severity,
      ...(about === undefined ? {} : { machine: about.name }),
      evidence,
      cause: cause ?? entries[code].cause,
      remedy,
      fixable: fixable ?? false,
    }),
  };
}

/** What a verdict on one machine may look at beside that machine. */
export interface Group {
  readonly sight: Sight;
  /** In the room's order. */
  readonly present: readonly Present[];
}

/** Everything of one kind that is worth saying about a machine that told its facts. Pure, as all verdicts are. */
export type VerdictOf<Code extends string> = (one: Present, group: Group) => readonly FindingOf<Code>[];

/** The same about a machine that could not be looked at, and why. */
export type UnseenVerdictOf<Code extends string> = (
  machine: Machine,
  error: KmonError,
) => readonly FindingOf<Code>[];

/** The same about the room, or whatever is seen only when all machines are looked at together. */
export type RoomVerdictOf<Code extends string> = (sight: Sight) => readonly FindingOf<Code>[];

/** What findings are about: what there is to know of them, and the verdicts that make them. One file a subject. */
export interface Subject<E extends Entries = Entries, Code extends string = string> {
  readonly entries: E;
  readonly ofUnseen: readonly UnseenVerdictOf<Code>[];
  readonly ofMachine: readonly VerdictOf<Code>[];
  readonly ofRoom: readonly RoomVerdictOf<Code>[];
}

/** A subject; what it has no verdicts of is left out. */
export function subject<E extends Entries, Code extends string = never>({
  entries,
  ofUnseen = [],
  ofMachine = [],
  ofRoom = [],
}: Pick<Subject<E>, 'entries'> & Partial<Omit<Subject<E, Code>, 'entries'>>): Subject<E, Code> {
  return { entries, ofUnseen, ofMachine, ofRoom };
}

/** The codes of a subject's entries. */
export type CodeOf<S> = S extends Subject<infer E> ? keyof E & string : never;

/** Subjects that the documentation explains under one heading. */
export interface Chapter<S extends Subject = Subject> {
  readonly title: string;
  readonly subjects: readonly S[];
}

/** A chapter. Its subjects may use each other's codes, and no others: anything else does not compile. */
export function chapter<S extends Subject<Entries, CodeOf<S>>>(
  title: string,
  subjects: readonly S[],
): Chapter<S> {
  return { title, subjects };
}
