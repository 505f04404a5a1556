import { harmlessLine } from './harmless.js';
import { tableText } from './table.js';
import { plainTheme } from './theme.js';
import type { Theme } from './theme.js';

/** What `kmon test-app` found, also as JSON: null is "not known". */
export interface TestAppResult {
  /** For everybody in the room: the port of every machine leads to one of the children. */
  readonly address: string | null;
  readonly rows: readonly {
    readonly child: string;
    readonly pod: string | null;
    readonly fromParent: boolean;
    readonly milliseconds: number | null;
    readonly byPort: readonly string[];
    readonly notByPort: readonly { readonly machine: string; readonly because?: string }[];
  }[];
  readonly missing: readonly { readonly child: string; readonly because: string; readonly fix?: string }[];
}

const COLUMNS = [
  { title: 'child' },
  { title: 'pod' },
  { title: 'from the parent' },
  { title: 'ms', align: 'right' },
  { title: 'by the port of' },
] as const;

/** The table, what is missing with what to do, and where the page is. */
export function testAppText({ address, rows, missing }: TestAppResult, theme: Theme = plainTheme): string {
  const table = tableText(
    COLUMNS,
    rows.map(({ child, pod, fromParent, milliseconds, byPort, notByPort }) => [
      child,
      pod ?? undefined,
      fromParent ? 'answers' : 'no answer',
      milliseconds === null ? undefined : milliseconds.toFixed(1),
      notByPort.length === 0
        ? `all ${byPort.length} machines`
        : `${byPort.length} of ${byPort.length + notByPort.length}, not ${notByPort.map((n) => n.machine).join(', ')}`,
    ]),
    theme,
  );
  return [
    table,
    ...missing.flatMap(({ child, because, fix }) => [
      `${theme.bad(theme.signs.failed)} ${harmlessLine(`${child}: ${because}`)}`,
      ...(fix === undefined ? [] : [`  fix: ${harmlessLine(fix)}`]),
    ]),
    ...(address === null
      ? []
      : [`open ${address} in a browser of the room, and reload it: the page says which child serves it`]),
  ].join('\n');
}
