/** What a gauge can be. A reading outside is no reading: it is not shown, and nothing is decided by it. */
export interface Plausible {
  readonly least: number;
  readonly most: number;
  /** In between, from the first to the last: what stands for "nothing was read". */
  readonly never?: { readonly least: number; readonly most: number };
  /** Out of counters that are read one after the other: what is out by a hair is taken for the nearest end of these. */
  readonly ends?: { readonly least: number; readonly most: number };
}

/**
 * One definition for Prometheus (`within`) and for kmon itself (`plausible`).
 *
 * `celsius`: what a processor in a room can have, and what its sensor can tell. Sensors that are not there, or not read, say:
 *
 * | reading            | from                                                       | source                                             |
 * | ------------------ | ---------------------------------------------------------- | -------------------------------------------------- |
 * | 0.02 to 0.125      | degrees that were told as thousandths of a degree          | the unit of temp1_input, of thermal_zone0/temp     |
 * | 0                  | a register that nothing writes; k10temp below its offset   | Fred78290/nct6687d#6, lm-sensors#70                |
 * | -273.15, -268.8    | an ACPI zone of 0 or few tenths of a kelvin                | windows_exporter#495, leukipp/touchkio#192         |
 * | -128, 127, 127.5   | the ends of a register of eight bits, with an open input   | range of one signed byte, and of one and a half    |
 * | 230, 255           | a signed byte that was read without its sign               | tianocore/edk2-platforms#572                       |
 * | 511                | the end of nine bits, of a graphics chip that is asleep    | lm-sensors#2, lm-sensors#289                       |
 * | 3892314, 4294948.3 | a negative number of four bytes that was read without sign | henrygd/beszel#201, lm-sensors#70                  |
 * | -650788984         | a firmware's mailbox that was read too early               | raspberrypi/firmware#133                           |
 *
 * Real ones: coretemp tells 0 to TjMax, which is 125 at the most (Linux, Documentation/hwmon/coretemp.rst). Below freezing only a computer
 * comes that was carried in from a winter night.
 */
export const PLAUSIBLE = {
  celsius: { least: -20, most: 125, never: { least: 0, most: 0.125 } },
  /** Where a computer protects itself: some boards say 20.8, others 65261.8 (intel/thermal_daemon#550, lm-sensors#303). */
  criticalCelsius: { least: 40, most: 150 },
  percentOfTime: { least: -2, most: 102, ends: { least: 0, most: 100 } },
  percent: { least: 0, most: 100 },
  load: { least: 0, most: 100_000 },
  cores: { least: 1, most: 10_000 },
  /** Of memory: up to a pebibyte. */
  bytes: { least: 0, most: 2 ** 50 },
  /** In a second, of disks. */
  bytesPerSecond: { least: 0, most: 1e12 },
  bitsPerSecond: { least: 0, most: 1e13 },
  /** 65535 is a fan that was not read. */
  rpm: { least: 0, most: 30_000 },
  gigahertz: { least: 0.01, most: 20 },
  watts: { least: 0, most: 5000 },
  times: { least: 0, most: 1e9 },
  /** Up to thirty years: a clock that jumped makes a time since the start that is longer, or negative. */
  seconds: { least: 0, most: 1e9 },
} as const satisfies Readonly<Record<string, Plausible>>;

export type Gauge = keyof typeof PLAUSIBLE;

/** A reading as it counts; `undefined`: it cannot be. */
export function plausible(gauge: Gauge, value: number): number | undefined {
  const { least, most, never, ends }: Plausible = PLAUSIBLE[gauge];
  // No number is neither.
  if (!(value >= least && value <= most)) return undefined;
  if (never !== undefined && value >= never.least && value <= never.most) return undefined;
  return ends === undefined ? value : Math.min(ends.most, Math.max(ends.least, value));
}

/** The same in PromQL: the samples of an expression that can be. No number and an endless one are never among them. */
export function within(gauge: Gauge, expr: string): string {
  const { least, most, never, ends }: Plausible = PLAUSIBLE[gauge];
  const possible =
    never === undefined
      ? `${expr} >= ${least} <= ${most}`
      : `${expr} >= ${least} < ${never.least} or ${expr} > ${never.most} <= ${most}`;
  return ends === undefined
    ? `(${possible})`
    : `clamp_max(clamp_min(${possible}, ${ends.least}), ${ends.most})`;
}
