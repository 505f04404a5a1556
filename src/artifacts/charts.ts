import type { Chart } from './artifact.js';
import { PARENT_ONLY } from './artifact.js';

/** The small monitoring, kmon's own. */
export const KMON_LITE: Chart = {
  kind: 'chart',
  name: 'kmon-lite',
  neededBy: { ...PARENT_ONLY, profile: 'lite' },
  template: 'addons/lite',
};

export const CHARTS: readonly Chart[] = [KMON_LITE];
