import type { RunReport } from '../../engine/report.js';
import type { Machine, Observed } from '../../room/machine.js';
import { leftAsItIs } from '../../stages/machine/give-back.js';
import type { Left } from '../../stages/machine/give-back.js';

/** What a teardown came to, by name. */
export interface TeardownResult {
  readonly asFound: readonly string[];
  readonly of: readonly string[];
  readonly left: readonly Left[];
}

/** Whom a teardown was about. */
interface Asked {
  readonly machines: readonly Machine[];
  readonly observed: readonly Observed[];
  /** Given back before, and not asked again. */
  readonly gone?: readonly Machine[];
}

/** What is told of a teardown: of machines, of `observed` computers that had something to give back, and of what others have changed since. */
export function teardownResult(
  report: RunReport,
  { machines, observed, gone = [] }: Asked,
): { readonly text: string; readonly data: TeardownResult } {
  const back = [...asFound(report, machines), ...gone.map((m) => m.name)];
  const backThere = asFound(report, observed);
  const left = leftAsItIs(report.seen);
  const lines = [
    `machines as found: ${back.length}/${machines.length + gone.length}`,
    ...(observed.length === 0 ? [] : [`observed computers as found: ${backThere.length}/${observed.length}`]),
    ...left.map((l) => `but for what others have changed since: ${l.id} on ${l.machine} (${l.reason})`),
  ];
  return {
    text: lines.join('\n'),
    data: {
      asFound: [...back, ...backThere],
      of: [...machines, ...gone, ...observed].map((m) => m.name),
      left,
    },
  };
}

/** The same where each of the machines was given back before. */
export function nothingToDo(gone: readonly Machine[]): {
  readonly text: string;
  readonly data: TeardownResult;
} {
  const names = gone.map((m) => m.name);
  return {
    text: `machines as found: ${gone.length}/${gone.length}`,
    data: { asFound: names, of: names, left: [] },
  };
}

/** Those whose ledger is played back and proven: nothing in it is left. */
function asFound(report: RunReport, computers: readonly (Machine | Observed)[]): readonly string[] {
  return report.rows
    .filter((r) => r.stage.startsWith('give-back') && (r.outcome === 'changed' || r.outcome === 'unchanged'))
    .map((r) => r.machine)
    .filter((name) => computers.some((c) => c.name === name));
}
