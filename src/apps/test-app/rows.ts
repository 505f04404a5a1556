import type { NoPage, PagesHeard } from './ask-pages.js';

/** What is known of the page of one child; `null`: not known. */
export interface AppRow {
  readonly child: string;
  readonly pod: string | null;
  /** The pod itself answered the parent, and its page names this child. */
  readonly fromParent: boolean;
  /** Of that answer, from the connection to the last byte. */
  readonly milliseconds: number | null;
  /** The machines by whose port the pod has answered, and those by whose it has not. */
  readonly byPort: readonly string[];
  readonly notByPort: readonly { readonly machine: string; readonly because?: string }[];
  /** Why the parent got no page of it. */
  readonly because?: string;
}

/** An answer that is missing: of which child, from where, and why. */
export interface Lack {
  readonly child: string;
  readonly because: string;
  readonly fix?: string;
}

const IN_WORDS: Readonly<Record<NoPage, string>> = {
  silent: 'no answer',
  refused: 'the connection is refused',
  'no-route': 'there is no way to it',
  other: 'something else answers',
};

/** A row a child. `machines`: those whose port was asked. Without what was heard nothing is known of the answers. */
export function appRows(
  children: readonly { readonly child: string; readonly pod?: { readonly name: string } | undefined }[],
  machines: readonly string[],
  heard: PagesHeard | undefined,
): readonly AppRow[] {
  return children.map(({ child, pod }) => {
    const own = pod === undefined ? undefined : heard?.pods.get(pod.name);
    const says = own?.says;
    const right = typeof says === 'object' && says.child === child;
    const by = (machine: string): boolean =>
      pod !== undefined && heard?.machines.get(machine)?.pods.has(pod.name) === true;
    const because = whyNot(child, says);
    return {
      child,
      pod: pod?.name ?? null,
      fromParent: right,
      milliseconds: right ? (own?.milliseconds ?? null) : null,
      byPort: machines.filter(by),
      notByPort: machines.filter((machine) => !by(machine)).map((machine) => notBy(machine, heard)),
      ...(because === undefined ? {} : { because }),
    };
  });
}

/** Which of the pods a try without a page was for nobody knows: it is told of each that has not answered. */
function notBy(machine: string, heard: PagesHeard | undefined): AppRow['notByPort'][number] {
  const [trouble] = heard?.machines.get(machine)?.troubles ?? [];
  return { machine, ...(trouble === undefined ? {} : { because: IN_WORDS[trouble] }) };
}

function whyNot(child: string, says: { readonly child: string } | NoPage | undefined): string | undefined {
  if (typeof says !== 'object') return IN_WORDS[says ?? 'silent'];
  return says.child === child ? undefined : `its page says that it is ${says.child}`;
}

/** Each answer that is missing, by child. */
export function lackingIn(rows: readonly AppRow[]): readonly Lack[] {
  return rows.flatMap(({ child, pod, fromParent, because, notByPort }): readonly Lack[] => {
    if (pod === null) return [{ child, because: 'no pod of it runs yet' }];
    const ports = notByPort.map((n) => (n.because === undefined ? n.machine : `${n.machine} (${n.because})`));
    return [
      ...(fromParent ? [] : [{ child, because: `the parent gets no page from its pod: ${because ?? ''}` }]),
      ...(ports.length === 0 ? [] : [{ child, because: `no page of it by the port of ${ports.join(', ')}` }]),
    ];
  });
}

/** "pc-11: no pod of it runs yet; pc-12: …" */
export function lackText(lacks: readonly Lack[]): string {
  return lacks.map(({ child, because }) => `${child}: ${because}`).join('; ');
}
