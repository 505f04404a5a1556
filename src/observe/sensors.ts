/** Readings that cannot be, by the value that they would have been. */
export interface Lies {
  readonly cpuPercent?: number;
  readonly memoryPercent?: number;
  readonly load1?: number;
  readonly celsius?: number;
}

/**
 * A processor's temperature in degrees Celsius. `no sensor`: the machine answers and has none (virtual machines, WSL); it is no error and
 * never 0 °C. `sensor lies`: all that it has say what cannot be.
 */
export type Temperature = number | 'no sensor' | 'sensor lies';

/** `undefined` while nothing is known of the machine. */
export function temperatureOf(
  machine: { readonly up: boolean; readonly celsius?: number; readonly lies?: Lies } | undefined,
): Temperature | undefined {
  if (machine === undefined || !machine.up) return undefined;
  return machine.celsius ?? (machine.lies?.celsius === undefined ? 'no sensor' : 'sensor lies');
}

/**
 * In words, what a machine says that cannot be, its temperature aside: that has a column in which this stands. Empty when there is
 * nothing.
 */
export function liesText({ cpuPercent, memoryPercent, load1 }: Lies = {}): readonly string[] {
  return [
    ...(cpuPercent === undefined ? [] : [`its CPU reading cannot be (${numberText(cpuPercent)} %)`]),
    ...(memoryPercent === undefined ? [] : [`its memory reading cannot be (${numberText(memoryPercent)} %)`]),
    ...(load1 === undefined ? [] : [`its load reading cannot be (${numberText(load1)})`]),
  ];
}

function numberText(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 10) / 10) : String(value);
}

/** "47 °C", "no sensor", "sensor lies", or "-" for unknown. */
export function temperatureText(temperature: Temperature | undefined): string {
  if (temperature === undefined) return '-';
  return typeof temperature === 'number' ? `${Math.round(temperature)} °C` : temperature;
}
