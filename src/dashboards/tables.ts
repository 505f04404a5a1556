import {
  BarGaugeDisplayMode,
  TableCellDisplayMode,
  TableSortByFieldStateBuilder,
  type TableCellOptions,
} from '@grafana/grafana-foundation-sdk/common';
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { QueryName } from '../observe/queries.js';
import { asked, askedOfEach, refId, type Ask } from './ask.js';
import { levelsOf, meaningOf, NEEDS, type MeaningName, type Need } from './meaning.js';
import { properties } from './numbers.js';
import { about, type About } from './panel.js';

interface Column {
  readonly query: QueryName;
  readonly title: string;
  readonly means: MeaningName;
  /** A bar in the cell; else its colour tells. */
  readonly bar?: true;
  /** A machine without it has a dash there. */
  readonly needs?: Need;
}

export interface MachineTable extends About {
  readonly columns: readonly Column[];
  readonly sortBy: string;
  /** Where a click on a machine leads; `${__value.text}` is its name. */
  readonly leadsTo: { readonly title: string; readonly url: string };
}

/** Without any levels Grafana would make everything above 80 red. */
const NEUTRAL = levelsOf([[null, 'text']]);
const BAR: TableCellOptions = { type: TableCellDisplayMode.Gauge, mode: BarGaugeDisplayMode.Basic };
const PLAIN: TableCellOptions = { type: TableCellDisplayMode.Auto };
const COLOURED: TableCellOptions = { type: TableCellDisplayMode.ColorText };

/** A row a machine, a column a value. */
export function machineTable(shown: MachineTable, only?: string): PanelBuilder {
  const { columns } = shown;
  const needs = columns.flatMap(({ title, needs: need }) =>
    need === undefined ? [] : [` “${title}” needs ${NEEDS[need]}.`],
  );
  const panel = about(new PanelBuilder(), { ...shown, about: [shown.about, ...needs].join('') })
    .unit('none')
    .thresholds(NEUTRAL)
    .showHeader(true)
    .cellOptions(PLAIN)
    .sortBy([new TableSortByFieldStateBuilder().displayName(shown.sortBy).desc(true)])
    .withTransformation({ id: 'joinByField', options: { byField: 'node', mode: 'outer' } })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(
          ['Time', ...columns.map((_, i) => `Time ${i + 1}`)].map((name) => [name, true]),
        ),
        renameByName: {
          node: 'Machine',
          ...Object.fromEntries(columns.map(({ title }, i) => [`Value #${refId(i)}`, title])),
        },
      },
    })
    .overrideByName('Machine', [{ id: 'links', value: [shown.leadsTo] }]);
  for (const [place, { query, title, means, bar }] of columns.entries()) {
    panel.withTarget(askedOfEach(query, title, only).refId(refId(place)));
    panel.overrideByName(title, [
      ...properties(meaningOf(means)),
      { id: 'custom.cellOptions', value: bar === true ? BAR : COLOURED },
    ]);
  }
  return panel;
}

export interface BeforePeakAfter extends About {
  readonly ask: Ask;
  readonly means: MeaningName;
}

/** A row a machine: its value where the time shown begins, the highest in it, and where it ends. */
export function beforePeakAfter(shown: BeforePeakAfter, only?: string): PanelBuilder {
  const { unit, decimals, levels, mappings } = meaningOf(shown.means);
  const panel = about(new PanelBuilder(), shown)
    .unit(unit)
    .thresholds(levels === undefined ? NEUTRAL : levelsOf(levels))
    .cellOptions(COLOURED)
    .sortBy([new TableSortByFieldStateBuilder().displayName('Peak').desc(true)])
    .withTarget(asked(shown.ask, only, 'over time').refId(refId(0)))
    .withTransformation({
      id: 'reduce',
      options: { mode: 'seriesToRows', reducers: ['first', 'max', 'last'] },
    })
    .withTransformation({
      id: 'organize',
      options: { renameByName: { Field: 'Machine', First: 'Before', Max: 'Peak', Last: 'After' } },
    });
  if (decimals !== undefined) panel.decimals(decimals);
  if (mappings !== undefined) panel.mappings([...mappings]);
  return panel;
}

/** A row a sample, with some of its labels. */
export interface LabelTable extends About {
  readonly ask: Ask;
  /** Labels in their order, with the title of the column. */
  readonly labels: Readonly<Record<string, string>>;
}

export function labelTable(shown: LabelTable, only?: string): PanelBuilder {
  const names = Object.keys(shown.labels);
  return about(new PanelBuilder(), shown)
    .unit('none')
    .thresholds(NEUTRAL)
    .cellOptions(PLAIN)
    .withTarget(asked(shown.ask, only, 'now').format(PromQueryFormat.Table).refId(refId(0)))
    .withTransformation({ id: 'filterFieldsByName', options: { include: { names } } })
    .withTransformation({
      id: 'organize',
      options: {
        indexByName: Object.fromEntries(names.map((name, place) => [name, place])),
        renameByName: shown.labels,
      },
    });
}
