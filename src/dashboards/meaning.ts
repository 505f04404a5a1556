import {
  MappingType,
  SpecialValueMatch,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { HOT_CELSIUS } from '../observe/room-queries.js';

/** What a value means to who looks at it: its unit, from where on it is bad, and what is said in words. */
export interface Meaning {
  readonly unit: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly levels?: Levels;
  readonly mappings?: readonly ValueMapping[];
}

/** A colour from a value on, the lowest first. */
export type Levels = readonly (readonly [from: number | null, colour: string])[];

const ALMOST_FULL: Levels = [
  [null, 'green'],
  [70, 'yellow'],
  [90, 'red'],
];

function words(texts: Readonly<Record<string, readonly [text: string, colour: string]>>): ValueMapping {
  const entries = Object.entries(texts);
  return {
    type: MappingType.ValueToText,
    options: Object.fromEntries(
      entries.map(([value, [text, color]], index) => [value, { text, color, index }]),
    ),
  };
}

/** What `temperatureOrNone` says of a machine without a sensor. */
const NO_SENSOR: ValueMapping = {
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.NotANumber, result: { text: 'no sensor', color: 'text', index: 9 } },
};

export const MEANINGS = {
  count: { unit: units.Short, decimals: 0, levels: [[null, 'text']] },
  /** Good while it is zero. */
  troubles: {
    unit: units.Short,
    decimals: 0,
    min: 0,
    levels: [
      [null, 'green'],
      [1, 'red'],
    ],
  },
  percent: { unit: units.Percent, decimals: 0, min: 0, max: 100, levels: ALMOST_FULL },
  celsius: {
    unit: units.Celsius,
    decimals: 0,
    levels: [
      [null, 'green'],
      [60, 'yellow'],
      [75, 'orange'],
      [HOT_CELSIUS, 'red'],
    ],
    mappings: [NO_SENSOR],
  },
  degreesLeft: {
    unit: units.Celsius,
    decimals: 0,
    levels: [
      [null, 'red'],
      [10, 'orange'],
      [20, 'green'],
    ],
  },
  perCore: {
    unit: units.Short,
    decimals: 2,
    min: 0,
    levels: [
      [null, 'green'],
      [1, 'yellow'],
      [2, 'red'],
    ],
  },
  load: { unit: units.Short, decimals: 2, min: 0 },
  bits: { unit: units.BitsPerSecondSI, decimals: 1 },
  bytes: { unit: units.BytesIEC, min: 0 },
  bytesPerSecond: { unit: units.BytesPerSecondIEC, min: 0 },
  cores: { unit: 'suffix: cores', decimals: 2, min: 0 },
  gigahertz: { unit: 'suffix: GHz', decimals: 2, min: 0 },
  revolutions: { unit: units.RevolutionsPerMinute, decimals: 0, min: 0 },
  watts: { unit: units.Watt, decimals: 1, min: 0 },
  times: { unit: units.Short, decimals: 0, min: 0 },
  perSecond: { unit: 'suffix: /s', decimals: 0, min: 0 },
  seconds: { unit: units.Seconds, min: 0 },
  duration: { unit: units.DurationSeconds, decimals: 0 },
  clock: {
    unit: units.Seconds,
    decimals: 1,
    min: 0,
    levels: [
      [null, 'green'],
      [2, 'yellow'],
      [10, 'red'],
    ],
  },
  answers: { unit: units.NoUnit, mappings: [words({ 0: ['silent', 'red'], 1: ['answers', 'green'] })] },
  /** Who is named is silent. */
  silent: {
    unit: units.NoUnit,
    levels: [
      [null, 'green'],
      [0, 'red'],
    ],
    mappings: [words({ 0: ['silent', 'red'] })],
  },
  lies: { unit: units.NoUnit, mappings: [words({ 1: ['sensor lies', 'orange'] })] },
  plugged: {
    unit: units.NoUnit,
    mappings: [words({ 0: ['on its battery', 'orange'], 1: ['plugged in', 'green'] })],
  },
  teams: {
    unit: units.Short,
    decimals: 0,
    mappings: [words({ 0: ['no team: write team: red beside a machine in kmon.yaml', 'text'] })],
  },
} as const satisfies Readonly<Record<string, Meaning>>;

export type MeaningName = keyof typeof MEANINGS;

export function meaningOf(name: MeaningName): Meaning {
  return MEANINGS[name];
}

export function levelsOf(levels: Levels): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(levels.map(([value, color]) => ({ value, color })));
}

/** What a machine needs to have for a panel to show it. */
export const NEEDS = {
  sensor: 'a temperature sensor',
  fan: 'a fan that is told of',
  frequency: 'a processor that says how fast it runs',
  throttles: 'a processor that counts how often it is throttled (Intel)',
  power: 'a processor that says what it takes (Intel, read as root)',
  pressure: 'a kernel that tells what waits',
  swap: 'swap',
  disk: 'a disk of its own',
  battery: 'a battery or a charger that is told of',
  board: 'a mainboard that tells its maker',
  team: 'a team',
  observed: 'a computer that is only observed',
  trouble: 'something to be the matter',
  load: 'a load',
  blackbox: 'the add-on blackbox',
  pods: 'pods of which a kubelet tells',
  cpuLimit: 'pods with a limit of their CPU',
  kubeStateMetrics: 'kube-state-metrics, which only the profile stack has',
} as const;
export type Need = keyof typeof NEEDS;
