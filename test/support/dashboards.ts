/** What tests read of a dashboard. */
export interface ShownDashboard {
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly links: readonly object[];
  readonly panels: readonly ShownPanel[];
  readonly templating: { readonly list: readonly ShownVariable[] };
  readonly annotations: { readonly list: readonly ShownMark[] };
}

/** By Prometheus, or kept by Grafana itself and found by its tags. */
export interface ShownMark {
  readonly name: string;
  readonly expr?: string;
  readonly target?: { readonly tags: readonly string[]; readonly matchAny: boolean };
}

export interface ShownVariable {
  readonly name: string;
  readonly type: string;
  readonly query: string | { readonly query: string };
}

export interface ShownPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: object;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly ShownTarget[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly thresholds?: { readonly steps: readonly { readonly value: number | null }[] };
    };
  };
}

export interface ShownTarget {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly interval?: string;
}

export function readDashboard(text: string): ShownDashboard {
  return JSON.parse(text) as ShownDashboard;
}

/** Rows among them. */
export function panelsOf({ panels }: ShownDashboard): readonly ShownPanel[] {
  return panels;
}

/** What a machine needs to have to be in the panel, in its own words; `column`: to have a value in that column of a table. */
export function needOf({ description = '' }: ShownPanel, column?: string): string | undefined {
  const whole = / Needs ([^.]+)\.$/.exec(description)?.[1];
  const columns = [...description.matchAll(/“([^”]+)” needs ([^.]+)\./g)];
  return whole ?? columns.find(([, title]) => title === column)?.[2];
}

/** Everything that there is to choose from, at an interval of five seconds. */
export const VARIABLES = { node: '.+', team: '.+', namespace: '.+', __rate_interval: '20s' };

/** As Grafana asks it: with every variable replaced. */
export function filled(expr: string, values: Readonly<Record<string, string>>): string {
  const text = Object.entries(values).reduce((so, [name, value]) => so.replaceAll(`$${name}`, value), expr);
  // `$1` is PromQL's own; Grafana leaves what is no variable of the dashboard.
  if (/\$(?!\d)/.test(text)) throw new Error(`a variable is left in ${text}`);
  return text;
}
