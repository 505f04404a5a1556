import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { CLUSTER_QUERIES } from '../observe/cluster-queries.js';
import { POD_QUERIES } from '../observe/pod-queries.js';
import { PROBE_QUERIES } from '../observe/probe-queries.js';
import { QUERIES, QUERY_LABEL, together, type QueryName } from '../observe/queries.js';
import { ROOM_QUERIES } from '../observe/room-queries.js';

/** Whatever a panel may ask: the values that gates, the status and reports go by, under the same names. */
export const NAMED = { ...QUERIES, ...ROOM_QUERIES, ...CLUSTER_QUERIES, ...PROBE_QUERIES, ...POD_QUERIES };
export type Named = keyof typeof NAMED;

/**
 * Grafana's own: at least four answers of a machine, by the scrape interval that the data source is told. No panel has an interval of its
 * own, so a dashboard fits every Prometheus whose data source says how often it asks.
 */
const WINDOW = '$__rate_interval';

export interface Ask {
  readonly query: Named;
  /** What a series of it is called; `{{node}}` is its machine. */
  readonly legend: string;
}

/** The letters of the queries of a panel, in their order. */
export function refId(place: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + place);
}

/**
 * @param only which machines, as matchers with the dashboard's variables; absent: all
 * @param when `now`: one value; `over time`: as many as the panel is wide
 */
export function asked(ask: Ask, only: string | undefined, when: 'now' | 'over time'): DataqueryBuilder {
  const query = new DataqueryBuilder().expr(expression(ask.query, only)).legendFormat(ask.legend);
  return when === 'now' ? query.instant() : query.range();
}

/** The value of each machine now, as a table of two columns: `node` and the value. */
export function askedOfEach(query: QueryName, title: string, only: string | undefined): DataqueryBuilder {
  return new DataqueryBuilder()
    .expr(`max by (node) (${expression(query, only)})`)
    .legendFormat(title)
    .format(PromQueryFormat.Table)
    .instant();
}

/** Several values of a machine in one request; each is called by the name of its query. */
export function askedTogether(queries: readonly QueryName[], only: string): DataqueryBuilder {
  return new DataqueryBuilder()
    .expr(together(queries, { only, window: WINDOW }))
    .legendFormat(`{{${QUERY_LABEL}}}`)
    .instant();
}

export function expression(query: Named, only: string | undefined): string {
  return NAMED[query]({ window: WINDOW, ...(only === undefined ? {} : { only }) });
}
