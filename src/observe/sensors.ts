/**
 * A processor's temperature in degrees Celsius. `no sensor`: the machine answers and has none (virtual machines, WSL); it is no error and
 * never 0 °C.
 */
export type Temperature = number | 'no sensor';

/** `undefined` while nothing is known of the machine. */
export function temperatureOf(
  machine: { readonly up: boolean; readonly celsius?: number } | undefined,
): Temperature | undefined {
  if (machine === undefined || !machine.up) return undefined;
  return machine.celsius ?? 'no sensor';
}

/** "47 °C", "no sensor", or "-" for unknown. */
export function temperatureText(temperature: Temperature | undefined): string {
  if (temperature === undefined) return '-';
  return typeof temperature === 'number' ? `${Math.round(temperature)} °C` : temperature;
}
