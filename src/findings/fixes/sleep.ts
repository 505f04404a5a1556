import { sleepInhibitor } from '../../resources/sleep-inhibitor.js';
import type { Fix } from './by-resources.js';

/** Keeps the machine awake until teardown. */
export const sleepFix: Fix = { resources: () => [sleepInhibitor()] };
