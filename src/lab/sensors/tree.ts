import type { Chip, Sensors, Zone } from './kinds.js';

/** Files and symbolic links by their paths below `/sys/class`, as the kernel would have them. */
export interface SensorTree {
  readonly files: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, string>>;
}

/**
 * What sensors look like in /sys. A chip's device lies in the chip's own folder, since nothing can be put where a kernel has devices: whoever
 * follows the link sees the same last two names.
 */
export function sensorTree({ chips, zones }: Sensors): SensorTree {
  return {
    files: Object.fromEntries([...chips.flatMap(chipFiles), ...zones.flatMap(zoneFiles)]),
    links: Object.fromEntries(chips.map(({ device }, i) => [`hwmon/hwmon${i}/device`, `on/${device}`])),
  };
}

type File = readonly [path: string, text: string];

function chipFiles({ name, temperatures }: Chip, i: number): readonly File[] {
  const folder = `hwmon/hwmon${i}`;
  return [
    [`${folder}/name`, name],
    // Written one after the other, under somebody's eyes: the name of a value before it, and what is read only for want of another (Tctl) last.
    ...temperatures
      .flatMap(({ celsius, label, critical }, j): readonly File[] => {
        const sensor = `${folder}/temp${j + 1}`;
        return [
          [`${sensor}_input`, thousandths(celsius)],
          ...(label === undefined ? [] : [[`${sensor}_label`, label] as const]),
          ...(critical === undefined ? [] : [[`${sensor}_crit`, thousandths(critical)] as const]),
        ];
      })
      .toReversed(),
  ];
}

function zoneFiles({ type, celsius }: Zone, i: number): readonly File[] {
  const folder = `thermal/thermal_zone${i}`;
  return [
    [`${folder}/type`, type],
    [`${folder}/temp`, thousandths(celsius)],
    [`${folder}/policy`, 'step_wise'],
  ];
}

function thousandths(celsius: number): string {
  return String(Math.round(celsius * 1000));
}
