import type { Finding } from '../finding.js';
import type { Sight } from '../sight.js';

/** What is to be said about `sight.network`. */
export function networkVerdicts(sight: Sight): readonly Finding[] {
  void sight;
  return [];
}
