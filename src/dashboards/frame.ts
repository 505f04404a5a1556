import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  AnnotationQueryBuilder,
  AnnotationTargetBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkPlacement,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TimePickerBuilder,
  VariableRefresh,
  VariableSort,
  type AnnotationTarget,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { expression, type Named } from './ask.js';
import { PROMETHEUS } from './panel.js';
import type { ShippedName } from './shipped.js';

/** A dashboard as it is written down; `dashboardText` makes Grafana's JSON of it. */
export interface Dashboard {
  readonly name: ShippedName;
  readonly title: string;
  readonly about: string;
  readonly variables: readonly Variable[];
  /** What is marked in its panels, beside alerts. */
  readonly marks?: readonly Mark[];
  readonly rows: readonly Row[];
}

/** A choice at the top: the values of a label of what Prometheus asks. */
export interface Variable {
  /** The label, and the name of the variable. */
  readonly label: 'node' | 'team' | 'namespace';
  readonly title: string;
  /** The metric that has it; `up`, which every target has, when absent. Of another, all is what can be chosen, and no more. */
  readonly in?: string;
  /** Matchers of that. */
  readonly of: string;
  readonly several: boolean;
}

/** Where a query has a sample; or what was written into Grafana itself with these tags. */
export type Mark = { readonly name: string; readonly colour: string } & (
  | { readonly query: Named; readonly only?: string; readonly says: string }
  | { readonly tags: readonly string[] }
);

export interface Row {
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
}

/** What Grafana keeps by itself. */
const GRAFANA_ITSELF = { type: 'grafana', uid: '-- Grafana --' };

const ALERTS: Mark = { name: 'Alerts', query: 'firing', says: '{{alertname}} {{node}}', colour: 'red' };

/** What Grafana reads: the same text each time. */
export function dashboardText({ name, title, about, variables, marks = [], rows }: Dashboard): string {
  const dashboard = new DashboardBuilder(title)
    .uid(name)
    .description(about)
    .tags(['kmon'])
    .timezone('browser')
    .time({ from: 'now-15m', to: 'now' })
    .refresh('5s')
    .timepicker(new TimePickerBuilder().refreshIntervals(['5s', '10s', '30s', '1m', '5m']))
    .tooltip(DashboardCursorSync.Crosshair)
    .version(1)
    .link(
      new DashboardLinkBuilder('kmon')
        .type(DashboardLinkType.Dashboards)
        .tags(['kmon'])
        .asDropdown(true)
        .keepTime(true),
    )
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .annotations([ALERTS, ...marks].map(markOf));
  for (const variable of variables) dashboard.withVariable(variableOf(variable));
  for (const row of rows) {
    dashboard.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) dashboard.withPanel(panel);
  }
  const built = dashboard.build();
  const numbered = { ...built, panels: (built.panels ?? []).map((panel, i) => ({ ...panel, id: i + 1 })) };
  return `${JSON.stringify(numbered, withoutSurplus, 1)}\n`;
}

/**
 * What the library writes unasked and cannot be told to leave out (0.0.21): fields that Grafana does not know, and every link and mark hidden in
 * a menu.
 */
function withoutSurplus(key: string, value: unknown): unknown {
  if (['auto', 'auto_min', 'auto_count', 'footer'].includes(key)) return undefined;
  return key === 'placement' && value === DashboardLinkPlacement.InControlsMenu ? undefined : value;
}

function variableOf({ label, title, in: metric = 'up', of, several }: Variable): QueryVariableBuilder {
  const query = `label_values(${metric}{${of}}, ${label})`;
  const variable = new QueryVariableBuilder(label)
    .label(title)
    .datasource(PROMETHEUS)
    .query({ query, refId: label })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .multi(several);
  if (!several) return variable.includeAll(false);
  variable.includeAll(true);
  if (metric === 'up') variable.allValue('.+');
  return variable.current({ text: 'All', value: '$__all' });
}

/** Grafana's own questions are none of the library's kind of question, which wants a function that its JSON leaves out. */
function taggedWith(tags: readonly string[]): AnnotationTarget & Dataquery {
  const target = new AnnotationTargetBuilder()
    .type('tags')
    .tags([...tags])
    .matchAny(false)
    .limit(100);
  return { ...target.build(), _implementsDataqueryVariant: () => undefined };
}

function markOf(mark: Mark): AnnotationQueryBuilder {
  const builder = new AnnotationQueryBuilder()
    .name(mark.name)
    .enable(true)
    .hide(false)
    .iconColor(mark.colour);
  if ('tags' in mark)
    return builder.datasource(GRAFANA_ITSELF).target({ build: () => taggedWith(mark.tags) });
  return builder
    .datasource(PROMETHEUS)
    .expr(expression(mark.query, mark.only))
    .step('5s')
    .titleFormat(mark.says)
    .textFormat('{{node}}');
}
