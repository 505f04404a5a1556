import { temperatureText } from '../observe/sensors.js';
import type { Temperature } from '../observe/sensors.js';

/** A load that may not make its machine hotter than this. */
export interface Limit {
  readonly celsius: number;
}

/** No limit is to be trusted whose thermometer has been silent for longer: a machine is measured every few seconds. */
export function silenceMs(scrapeIntervalSeconds: number): number {
  return Math.max(15, 3 * scrapeIntervalSeconds) * 1000;
}

/** Why a load with a limit may not begin; `undefined`: it may. */
export function beforeLimit(
  { celsius }: Limit,
  temperature: Temperature | undefined,
): { readonly why: string; readonly remedy: string } | undefined {
  if (typeof temperature === 'number')
    return temperature < celsius
      ? undefined
      : {
          why: `it is at ${temperatureText(temperature)} before the load: the limit is ${celsius} °C`,
          remedy: 'let it cool down, or give a higher limit',
        };
  const remedy = 'leave the limit out, or the machine';
  switch (temperature) {
    case 'no sensor':
      return { why: `it has no temperature sensor that could hold the limit of ${celsius} °C`, remedy };
    case 'sensor lies':
      return { why: `its temperature sensor lies: it cannot hold the limit of ${celsius} °C`, remedy };
    case undefined:
      return {
        why: `nobody measures its temperature: the limit of ${celsius} °C cannot be held`,
        remedy: 'run `kmon deploy-monitoring` first, or leave the limit out',
      };
  }
}

/**
 * Why a load ends now, because of its limit; `undefined`: it goes on.
 *
 * @param temperature what is seen now
 * @param silentMs how long nothing has been seen of the machine; 0 when something is seen now
 */
export function cutOff(
  { celsius }: Limit,
  temperature: Temperature | undefined,
  { silentMs, mostSilentMs }: { readonly silentMs: number; readonly mostSilentMs: number },
): string | undefined {
  if (typeof temperature === 'number')
    return temperature < celsius
      ? undefined
      : `at ${temperatureText(temperature)}, the limit is ${celsius} °C`;
  switch (temperature) {
    case 'no sensor':
      return 'the temperature sensor is lost';
    case 'sensor lies':
      return 'the temperature sensor lies';
    case undefined:
      return silentMs < mostSilentMs
        ? undefined
        : `no temperature for ${Math.round(silentMs / 1000)} s: the limit cannot be held`;
  }
}
