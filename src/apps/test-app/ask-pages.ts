import { reads, withOptions } from '../../shell/command.js';
import type { Command } from '../../shell/command.js';
import { NO_PERL, programStdin } from '../../trial/program.js';

/** Somebody who is asked for a page. */
export interface Asked {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** Why no page came. `other`: something came that is not the page. */
const REFUSALS = ['silent', 'refused', 'no-route', 'other'] as const;
export type NoPage = (typeof REFUSALS)[number];

/** What a pod said when it was asked itself. */
export interface PageOfPod {
  readonly milliseconds: number;
  /** The child that its page names. */
  readonly says: { readonly child: string } | NoPage;
}

/** What was heard at a port that leads to one of the pods by chance. */
export interface PagesAtMachine {
  /** The pods that have answered there. */
  readonly pods: ReadonlySet<string>;
  /** What came of tries that gave no page. */
  readonly troubles: readonly NoPage[];
}

export interface PagesHeard {
  readonly pods: ReadonlyMap<string, PageOfPod>;
  readonly machines: ReadonlyMap<string, PagesAtMachine>;
}

/**
 * Asks each pod, and each machine until all pods have answered there, a quarter of a minute at the most. It only asks for pages: nothing is
 * opened. The exit code is for the caller: `NO_PERL` where the machine that asks has none.
 */
export async function askPages(
  pods: readonly Asked[],
  machines: readonly Asked[],
): Promise<Command<'reads'>> {
  const line = (word: string) => (asked: Asked) => [word, asked.name, asked.address, asked.port] as const;
  return withOptions(reads`command -v perl >/dev/null || exit ${NO_PERL}; exec perl -`, {
    stdin: await programStdin('pages', [...pods.map(line('pod')), ...machines.map(line('machine'))]),
    timeoutMs: 45_000,
    ok: 'any',
  });
}

/** Reads what `askPages` printed; of whom it says nothing, nothing was heard. */
export function parsePages(stdout: string): PagesHeard {
  const pods = new Map<string, PageOfPod>();
  const machines = new Map<string, { pods: Set<string>; troubles: NoPage[] }>();
  const at = (machine: string): { pods: Set<string>; troubles: NoPage[] } => {
    const known = machines.get(machine) ?? { pods: new Set(), troubles: [] };
    machines.set(machine, known);
    return known;
  };
  for (const line of stdout.split('\n')) {
    const [word, name = '', third = '', said = '', child = ''] = line.split(' ');
    if (word === 'pod') {
      const says = said === 'page' ? { child } : (refusal(said) ?? 'silent');
      pods.set(name, { milliseconds: Number(third), says });
    }
    if (word === 'at') at(name).pods.add(third);
    const trouble = word === 'trouble' ? refusal(third) : undefined;
    if (trouble !== undefined) at(name).troubles.push(trouble);
  }
  return { pods, machines };
}

function refusal(word: string): NoPage | undefined {
  return REFUSALS.find((r) => r === word);
}
