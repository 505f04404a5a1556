import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { NEEDS, type Need } from './meaning.js';

/** What is the same of every panel. */
export interface About {
  readonly title: string;
  /** What one sees, in a sentence or two; it is behind the (i) of the panel. */
  readonly about: string;
  /** A machine without it is missing there, or said to be without. */
  readonly needs?: Need;
  /** What stands there while there is nothing. */
  readonly empty: string;
  /** In the grid of a dashboard, which is 24 wide. */
  readonly size: readonly [width: number, height: number];
}

/** The methods that the builders of all panels have. */
interface AnyPanel<Self> extends Builder<Panel> {
  title(title: string): Self;
  description(text: string): Self;
  datasource(datasource: { readonly type: string; readonly uid: string }): Self;
  noValue(text: string): Self;
  span(width: number): Self;
  height(height: number): Self;
}

/** The data source that is chosen at the top of the dashboard. */
export const PROMETHEUS = { type: 'prometheus', uid: '${datasource}' };

export function about<P extends AnyPanel<P>>(panel: P, { title, about: text, needs, empty, size }: About): P {
  const [width, height] = size;
  return panel
    .title(title)
    .description(needs === undefined ? text : `${text} Needs ${NEEDS[needs]}.`)
    .datasource(PROMETHEUS)
    .noValue(empty)
    .span(width)
    .height(height);
}
