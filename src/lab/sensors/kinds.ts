/** One temperature of a chip, in degrees Celsius. */
export interface Temperature {
  readonly celsius: number;
  /** Absent: the driver has no name for it. */
  readonly label?: string;
  /** Where the hardware protects itself. */
  readonly critical?: number;
}

/** A chip as Linux shows it below /sys/class/hwmon. */
export interface Chip {
  /** Its driver, or what that calls it: `coretemp`, `nvme`. */
  readonly name: string;
  /** The device it belongs to, by the last two folders of its path: by these node_exporter tells chips apart. */
  readonly device: `${string}/${string}`;
  readonly temperatures: readonly Temperature[];
}

/** A zone as Linux shows it below /sys/class/thermal. */
export interface Zone {
  readonly type: string;
  readonly celsius: number;
}

export interface Sensors {
  readonly chips: readonly Chip[];
  readonly zones: readonly Zone[];
}

/**
 * Computers by the temperature sensors that they have, with the names, labels and devices that their drivers give
 * (Linux, Documentation/hwmon). Each tempts whoever reads it to take something else for the processor's temperature.
 */
export const SENSORS = {
  /** A virtual machine. */
  none: { chips: [], zones: [] },
  /** The package is as hot as its hottest core; the mainboard's zone says little. */
  intel: {
    chips: [
      {
        name: 'coretemp',
        device: 'platform/coretemp.0',
        temperatures: [
          { celsius: 63, label: 'Package id 0', critical: 100 },
          { celsius: 61, label: 'Core 0', critical: 100 },
          { celsius: 58, label: 'Core 1', critical: 100 },
        ],
      },
    ],
    zones: [
      { type: 'acpitz', celsius: 27.8 },
      { type: 'x86_pkg_temp', celsius: 63 },
    ],
  },
  /** `Tctl` is what its fan goes by: 27 degrees more than the processor has, which is `Tdie`. */
  amd: {
    chips: [
      {
        name: 'k10temp',
        device: 'pci0000:00/0000:00:18.3',
        temperatures: [
          { celsius: 95, label: 'Tctl' },
          { celsius: 68, label: 'Tdie' },
          { celsius: 66.5, label: 'Tccd1' },
        ],
      },
      {
        name: 'amdgpu',
        device: '0000:00:08.1/0000:04:00.0',
        temperatures: [{ celsius: 72, label: 'edge', critical: 100 }],
      },
    ],
    zones: [],
  },
  /** A Raspberry Pi: a zone, and no chip. */
  pi: { chips: [], zones: [{ type: 'cpu-thermal', celsius: 51.5 }] },
  /** Everything in it is hotter than its processor. */
  laptop: {
    chips: [
      {
        name: 'nvme',
        device: 'nvme/nvme0',
        temperatures: [
          { celsius: 84, label: 'Composite', critical: 94 },
          { celsius: 89, label: 'Sensor 1' },
        ],
      },
      { name: 'acpitz', device: 'thermal/thermal_zone0', temperatures: [{ celsius: 97 }] },
      { name: 'BAT0', device: 'power_supply/BAT0', temperatures: [{ celsius: 78 }] },
      { name: 'iwlwifi_1', device: 'thermal/thermal_zone1', temperatures: [{ celsius: 81 }] },
      {
        name: 'coretemp',
        device: 'platform/coretemp.0',
        temperatures: [
          { celsius: 55, label: 'Package id 0', critical: 100 },
          { celsius: 54, label: 'Core 0', critical: 100 },
        ],
      },
    ],
    zones: [
      { type: 'acpitz', celsius: 97 },
      { type: 'iwlwifi_1', celsius: 81 },
    ],
  },
  /** Nothing that it says can be. */
  lying: {
    chips: [
      {
        name: 'coretemp',
        device: 'platform/coretemp.0',
        temperatures: [{ celsius: -128, label: 'Package id 0' }, { celsius: 4_294_948.3 }],
      },
    ],
    zones: [{ type: 'acpitz', celsius: -268.8 }],
  },
} as const satisfies Readonly<Record<string, Sensors>>;

export type SensorKind = keyof typeof SENSORS;
export const SENSOR_KINDS = [
  'none',
  'intel',
  'amd',
  'pi',
  'laptop',
  'lying',
] as const satisfies readonly SensorKind[];
