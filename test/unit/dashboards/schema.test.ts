import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { SHIPPED, shippedDashboard } from '../../../src/dashboards/shipped.js';

/**
 * Grafana itself cannot be had where the tests run. These are its own types, of the version that the chart installs: a dashboard is written as
 * a literal of them, so that the compiler finds what is missing, misspelt, or of another kind.
 */
const TYPES = `
import type { AnnotationTarget, Dashboard, Panel, RowPanel } from '@grafana/schema';
import type { Options as Stat } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type { Options as Table, FieldConfig as TableField } from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type { Options as Lines, FieldConfig as LinesField } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

/** As JSON has it: the values of an enumeration are text. */
type Plain<T> = T extends string ? \`\${T}\`
  : T extends number | boolean | null | undefined ? T
  : T extends readonly (infer U)[] ? Plain<U>[]
  : unknown extends T ? T
  : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;

type Of<Kind, Options, Field> = Omit<Plain<Panel>, 'type' | 'options' | 'fieldConfig'> & {
  type: Kind;
  options: Plain<Options>;
  fieldConfig: Omit<Plain<NonNullable<Panel['fieldConfig']>>, 'defaults'> & {
    defaults: Omit<Plain<NonNullable<Panel['fieldConfig']>['defaults']>, 'custom'> & { custom?: Plain<Field> };
  };
};
/** Of the query that the panel's data source understands; its types are not published. */
interface PrometheusQuery {
  refId: string; expr: string; legendFormat: string; instant: boolean; range: boolean; format?: 'time_series' | 'table';
}
type Shown = Of<'stat', Stat, never> | Of<'table', Table, TableField> | Of<'timeseries', Lines, LinesField>;
type Asking<P> = P extends unknown ? Omit<P, 'targets'> & { targets: PrometheusQuery[] } : never;
/** Of a mark by Prometheus: what its data source reads beside the rest. */
type Mark = NonNullable<NonNullable<Plain<Dashboard>['annotations']>['list']>[number] & {
  expr?: string; step?: string; titleFormat?: string; textFormat?: string;
};
/** Of a mark that Grafana itself keeps. What is asked for by tags is no question to a data source. */
type Kept = Omit<NonNullable<NonNullable<Plain<Dashboard>['annotations']>['list']>[number], 'target'> & { target: Plain<AnnotationTarget> };
type Whole = Omit<Plain<Dashboard>, 'panels' | 'annotations'> & {
  panels: (Plain<RowPanel> | Asking<Shown>)[];
  annotations: { list: (Mark | Kept)[] };
};
`;

/** What the compiler has against each of these dashboards. */
function complaints(texts: readonly string[]): readonly (readonly string[])[] {
  // There are no such files.
  const files = new Map(
    texts.map((json, i) => [
      join(import.meta.dirname, `checked-${i}.ts`),
      `${TYPES}export const dashboard: Whole = ${json};`,
    ]),
  );
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    // Grafana's types name each other without the ends of files.
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
    lib: ['lib.es2023.d.ts'],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.getSourceFile = (name, ...rest) => {
    const text = files.get(name);
    return text === undefined
      ? getSourceFile(name, ...rest)
      : ts.createSourceFile(name, text, ts.ScriptTarget.ES2023);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].map((name) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(name))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  );
}

/** What a dashboard is made into that Grafana would not understand, or would pass over in silence. */
const BROKEN = [
  ['"colorMode": "value"', '"colorMode": "colourful"'],
  ['"graphMode"', '"graphMod"'],
  ['"cellHeight"', '"cellHight"'],
  ['"showPoints": "never"', '"showPoints": "seldom"'],
  ['"h": 4', '"h": "high"'],
  ['"legendFormat"', '"legend"'],
  ['"type": "stat"', '"type": "stats"'],
  ['"match": "nan"', '"match": "naan"'],
  ['"refresh": 2', '"refresh": 7'],
  ['"steps"', '"stairs"'],
  ['"matchAny"', '"matchAll"'],
] as const;

describe("Grafana's own types", () => {
  // One program for all of them: most of its time goes into reading the types.
  it('take every dashboard, and none that is broken', { timeout: 120_000 }, async () => {
    const shipped = await Promise.all(SHIPPED.map(shippedDashboard));
    const text = await shippedDashboard('kmon-stress');
    const found = complaints([...shipped, ...BROKEN.map(([from, to]) => text.replace(from, to))]);
    expect(found.slice(0, shipped.length)).toEqual(shipped.map(() => []));
    for (const [i, [, to]] of BROKEN.entries()) expect(found[shipped.length + i], to).not.toEqual([]);
  });
});
