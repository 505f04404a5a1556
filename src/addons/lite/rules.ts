/**
 * The rules as the chart puts them into Prometheus: a rate needs four samples in its window to survive a missed one, so windows are those of the
 * file, or wider where machines are asked less often.
 */
export function rulesAt(rules: string, scrapeIntervalSeconds: number): string {
  const window = (seconds: number): string => `[${Math.max(seconds, 4 * scrapeIntervalSeconds)}s]`;
  return rules.replaceAll('[30s]', window(30)).replaceAll('[1m]', window(60));
}
