import {
  AxisPlacement,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { asked, refId, type Ask } from './ask.js';
import { levelsOf, meaningOf, type MeaningName } from './meaning.js';
import { about, type About } from './panel.js';

export interface Lines extends About {
  readonly asks: readonly Ask[];
  readonly means: MeaningName;
  /** The queries that are drawn below zero, beside those above it. */
  readonly below?: Ask['query'];
  /** Where a line is drawn across, such as from where on something is hot. */
  readonly line?: number;
}

/** Values over time, a line a machine; the legend says the last one of each. */
export function lines(shown: Lines, only?: string): PanelBuilder {
  const { unit, decimals, min, max, mappings } = meaningOf(shown.means);
  const panel = about(new PanelBuilder(), shown)
    .unit(unit)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .lineWidth(1)
    .fillOpacity(5)
    .showPoints(VisibilityMode.Never)
    .axisPlacement(AxisPlacement.Auto)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs(['last']),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (decimals !== undefined) panel.decimals(decimals);
  if (min !== undefined) panel.min(min);
  if (max !== undefined) panel.max(max);
  if (mappings !== undefined) panel.mappings([...mappings]);
  if (shown.line !== undefined)
    panel
      .thresholds(
        levelsOf([
          [null, 'transparent'],
          [shown.line, 'red'],
        ]),
      )
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  for (const [place, ask] of shown.asks.entries()) {
    panel.withTarget(asked(ask, only, 'over time').refId(refId(place)));
    if (ask.query === shown.below)
      panel.overrideByQuery(refId(place), [{ id: 'custom.transform', value: 'negative-Y' }]);
  }
  return panel;
}
