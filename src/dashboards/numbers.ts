import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
  VizTextDisplayOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { DashboardLinkBuilder, type DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import type { QueryName } from '../observe/queries.js';
import { asked, askedTogether, refId, type Ask } from './ask.js';
import { levelsOf, meaningOf, type Meaning, type MeaningName } from './meaning.js';
import { about, type About } from './panel.js';

export interface Numbers extends About {
  readonly asks: readonly Ask[];
  readonly means: MeaningName;
}

/** Values of now, in large figures with their names. */
export function numbers(shown: Numbers, only?: string): PanelBuilder {
  const { unit, decimals, min, max, levels, mappings } = meaningOf(shown.means);
  const panel = figures(shown).unit(unit);
  if (decimals !== undefined) panel.decimals(decimals);
  if (min !== undefined) panel.min(min);
  if (max !== undefined) panel.max(max);
  panel.thresholds(levelsOf(levels ?? [[null, 'text']]));
  if (mappings !== undefined) panel.mappings([...mappings]);
  for (const [place, ask] of shown.asks.entries())
    panel.withTarget(asked(ask, only, 'now').refId(refId(place)));
  return panel;
}

/** One value in a tile. */
export interface TileValue {
  readonly query: QueryName;
  readonly name: string;
  readonly means: MeaningName;
}

export interface Tiles extends About {
  /** The variable whose every value gets a tile. */
  readonly each: string;
  readonly perRow: number;
  readonly values: readonly TileValue[];
  /** Where a click leads. */
  readonly leadsTo: { readonly title: string; readonly url: string };
}

/** A tile a machine with all its values: one request each, however many values. */
export function tiles(shown: Tiles, only: string): PanelBuilder {
  const panel = figures(shown)
    .unit('none')
    .thresholds(levelsOf([[null, 'text']]))
    .orientation(VizOrientation.Horizontal)
    .text(new VizTextDisplayOptionsBuilder().titleSize(14).valueSize(20))
    .repeat(shown.each)
    .repeatDirection('h')
    .maxPerRow(shown.perRow)
    .links([new DashboardLinkBuilder(shown.leadsTo.title).url(shown.leadsTo.url)])
    .withTarget(
      askedTogether(
        shown.values.map(({ query }) => query),
        only,
      ).refId(refId(0)),
    );
  for (const { query, name, means } of shown.values)
    panel.overrideByName(query, [{ id: 'displayName', value: name }, ...properties(meaningOf(means))]);
  return panel;
}

function figures(shown: About): PanelBuilder {
  return (
    about(new PanelBuilder(), shown)
      .colorMode(BigValueColorMode.Value)
      .graphMode(BigValueGraphMode.None)
      .textMode(BigValueTextMode.ValueAndName)
      // `lastNotNull` would skip the NaN that stands for "no sensor".
      .reduceOptions(new ReduceDataOptionsBuilder().values(false).fields('').calcs(['last']))
  );
}

/** A meaning for one field of several. */
export function properties({ unit, decimals, min, max, levels, mappings }: Meaning): DynamicConfigValue[] {
  return [
    { id: 'unit', value: unit },
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(min === undefined ? [] : [{ id: 'min', value: min }]),
    ...(max === undefined ? [] : [{ id: 'max', value: max }]),
    ...(levels === undefined ? [] : [{ id: 'thresholds', value: levelsOf(levels).build() }]),
    ...(mappings === undefined ? [] : [{ id: 'mappings', value: mappings }]),
  ];
}
