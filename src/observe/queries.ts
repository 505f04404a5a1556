import { EXPORTER_JOB, OBSERVED_JOB } from './exporter-job.js';
import { within } from './plausible.js';

/** Over what an expression is taken. */
export interface Scope {
  /** Further label matchers, such as `role="child"`; none: every machine. */
  readonly only?: string;
  /** Under which job Prometheus has the machines; absent: the one of kmon's own (`EXPORTER_JOB`). */
  readonly job?: string;
  /** Window of the rates, such as "20s"; see `rateWindow`. */
  readonly window: string;
}

export type Query = (scope: Scope) => string;

/**
 * The shortest window in which a rate survives a missed answer: four samples, and no less than 20 s. With the interval of 5 s a full
 * load shows as 100 % after 20 s; a window of a minute would never show a stress of 45 s at its height.
 */
export function rateWindow(scrapeIntervalSeconds: number): string {
  return `${rateSeconds(scrapeIntervalSeconds)}s`;
}

/** For so long after a load has ended a rate may still be of it: its window, and the answer that comes before the next one. */
export function afterglowSeconds(scrapeIntervalSeconds: number): number {
  return rateSeconds(scrapeIntervalSeconds) + scrapeIntervalSeconds;
}

function rateSeconds(scrapeIntervalSeconds: number): number {
  return Math.max(20, 4 * scrapeIntervalSeconds);
}

function of(metric: string, scope: Scope, ...matchers: readonly string[]): string {
  const only = scope.only === undefined || scope.only === '' ? [] : [scope.only];
  return `${metric}{${[`job="${scope.job ?? EXPORTER_JOB}"`, ...matchers, ...only].join(',')}}`;
}

/** The same for computers that are only observed: whichever exporter runs there, of whichever system. */
function observed(metric: string, scope: Scope, ...matchers: readonly string[]): string {
  return of(metric, { ...scope, job: OBSERVED_JOB }, ...matchers);
}

/** Drivers of the processor's own sensor. By these names alone: a plain maximum would show a hot disk as a hot processor. */
const CPU_CHIPS = 'coretemp|k10temp|zenpower|cpu_thermal|soc_thermal|k8temp|via_cputemp';
const CPU_ZONES = 'x86_pkg_temp|cpu.?thermal.*|soc.?thermal.*|TCPU';
/** Links that come and go with pods, or are not the machine's own. */
const NOT_PHYSICAL =
  'lo|veth.*|docker.*|cni.*|flannel.*|kmon-vxlan|cali.*|cilium.*|lxc.*|tunl.*|kube-ipvs.*|br-.*|virbr.*|dummy.*|nodelocaldns';
const BUSY_DISKS = '(sd|vd|xvd|hd).+|nvme.+|mmcblk.+|dm-.+|md.+';
const WHOLE_DISKS = 'sd[a-z]+|vd[a-z]+|nvme[0-9]+n[0-9]+|mmcblk[0-9]+';
const REAL_ROOT = ['mountpoint="/"', 'fstype!~"tmpfs|overlay"'];

/** Degrees of every sensor of hwmon, as they are. */
const hwmon = (s: Scope): string => of('node_hwmon_temp_celsius', s);

/**
 * What AMD's chips tell their fan, of those that say what the processor has as well: on some it is 27 degrees more (Linux,
 * Documentation/hwmon/k10temp). Both are of one register, so neither is saner than the other. Old exporters write labels in small letters.
 */
const forTheFan = (s: Scope): string =>
  `(${of('node_hwmon_sensor_label', s, 'label=~"(?i:tctl)"')} and on (node, instance, chip) ${of('node_hwmon_sensor_label', s, 'label=~"(?i:tdie)"')})`;

/** Degrees Celsius of the processor: its own sensor, else its thermal zone, else the mainboard's; each judged by `judge` before any is chosen. */
function processor(s: Scope, judge: (expr: string) => string): string {
  return [
    `max by (node, instance) ((${judge(hwmon(s))} unless on (node, instance, chip, sensor) ${forTheFan(s)}) * on (node, instance, chip) group_left (chip_name) ${of('node_hwmon_chip_names', s, `chip_name=~"${CPU_CHIPS}"`)})`,
    `max by (node, instance) (${judge(of('node_thermal_zone_temp', s, `type=~"${CPU_ZONES}"`))})`,
    `max by (node, instance) (${judge(of('node_thermal_zone_temp', s, 'type="acpitz"'))})`,
  ].join(' or ');
}

/** Of several sensors those that lie do not count. */
const temperature: Query = (s) => processor(s, (expr) => within('celsius', expr));
/** Whatever they say. */
const temperatureRead: Query = (s) => processor(s, (expr) => expr);

const busy = (s: Scope, counter: string): string =>
  `100 * (1 - avg by (node, instance) (sum without (mode) (rate(${counter}[${s.window}]))))`;
const free = (available: string, total: string): string => `100 * (1 - ${available} / ${total})`;

/**
 * What the exporters say, judged by nobody: to tell a reading that cannot be from one that is not there. Never to be shown.
 */
export const READINGS = {
  /** Percent of all cores; waiting for a disk or for the host of a virtual machine is not busy. */
  cpuRead: (s) => busy(s, of('node_cpu_seconds_total', s, 'mode=~"idle|iowait|steal"')),
  /** Percent. */
  memoryRead: (s) => free(of('node_memory_MemAvailable_bytes', s), of('node_memory_MemTotal_bytes', s)),
  load1Read: (s) => of('node_load1', s),
  /** Of a machine that has a sensor, or several, whatever they say. */
  temperatureRead,
  /** As `cpuRead`: node_exporter (Linux, macOS) or windows_exporter. */
  observedCpuRead: (s) =>
    [
      busy(s, observed('node_cpu_seconds_total', s, 'mode=~"idle|iowait|steal"')),
      `100 * (1 - avg by (node, instance) (rate(${observed('windows_cpu_time_total', s, 'mode="idle"')}[${s.window}])))`,
    ].join(' or '),
  /** As `memoryRead`. A Mac has no "available": what its Activity Monitor calls used. windows_exporter moved the total in 0.30. */
  observedMemoryRead: (s) =>
    [
      free(observed('node_memory_MemAvailable_bytes', s), observed('node_memory_MemTotal_bytes', s)),
      `100 * (${observed('node_memory_internal_bytes', s)} - ${observed('node_memory_purgeable_bytes', s)} + ${observed('node_memory_wired_bytes', s)} + ${observed('node_memory_compressed_bytes', s)}) / ${observed('node_memory_total_bytes', s)}`,
      `100 * (${observed('node_memory_active_bytes', s)} + ${observed('node_memory_wired_bytes', s)} + ${observed('node_memory_compressed_bytes', s)}) / ${observed('node_memory_total_bytes', s)}`,
      free(observed('windows_memory_available_bytes', s), observed('windows_memory_physical_total_bytes', s)),
      free(observed('windows_memory_available_bytes', s), observed('windows_cs_physical_memory_bytes', s)),
    ].join(' or '),
} as const satisfies Readonly<Record<string, Query>>;

/**
 * PromQL by name, one sample a machine with its name in the label `node` (`cpuByMode`, `sensors` and `model`: several). A machine that
 * has no such metric, or whose reading cannot be, is absent: no sensor is no sample, never 0.
 */
export const QUERIES = {
  /** 1 or 0: whether the machine's node-exporter answers. */
  up: (s) => of('up', s),
  cpu: (s) => within('percentOfTime', READINGS.cpuRead(s)),
  cpuByMode: (s) =>
    within(
      'percentOfTime',
      `100 * sum by (node, mode) (rate(${of('node_cpu_seconds_total', s, 'mode!="idle"')}[${s.window}])) / on (node) group_left count by (node) (${of('node_cpu_seconds_total', s, 'mode="idle"')})`,
    ),
  cores: (s) => within('cores', `count by (node) (${of('node_cpu_seconds_total', s, 'mode="idle"')})`),
  memory: (s) => within('percent', READINGS.memoryRead(s)),
  memoryUsedBytes: (s) =>
    within('bytes', `${of('node_memory_MemTotal_bytes', s)} - ${of('node_memory_MemAvailable_bytes', s)}`),
  memoryTotalBytes: (s) => within('bytes', of('node_memory_MemTotal_bytes', s)),
  /** Percent; absent where there is no swap. */
  swap: (s) =>
    within(
      'percent',
      free(of('node_memory_SwapFree_bytes', s), `(${of('node_memory_SwapTotal_bytes', s)} > 0)`),
    ),
  load1: (s) => within('load', READINGS.load1Read(s)),
  loadPerCore: (s) =>
    `${within('load', READINGS.load1Read(s))} / on (node) count by (node) (${of('node_cpu_seconds_total', s, 'mode="idle"')})`,
  temperature,
  /**
   * As `temperature`, and no number (NaN) of a machine that answers and has no sensor: who draws it can say so, where an absent sample leaves
   * a blank. Absent of one whose sensors all lie: see `sensorLies`.
   */
  temperatureOrNone: (s) =>
    `${temperature(s)} or max by (node, instance) (${of('up', s)} == 1 unless on (node) (${temperatureRead(s)})) * NaN`,
  /** 1, of a machine that has sensors, none of which says what can be. */
  sensorLies: (s) =>
    `count by (node, instance) ((${temperatureRead(s)}) unless on (node) (${temperature(s)}))`,
  /** Every temperature of hwmon with the sensor's label, or its number where it has none. */
  sensors: (s) =>
    `(${within('celsius', hwmon(s))} * on (instance, chip, sensor) group_left (label) ${of('node_hwmon_sensor_label', s)}) or on (instance, chip, sensor) label_replace(${within('celsius', hwmon(s))}, "label", "$1", "sensor", "(.+)")`,
  /** Degrees left until the hardware protects itself. */
  degreesLeft: (s) =>
    `min by (node) (${within('criticalCelsius', of('node_hwmon_temp_crit_celsius', s))} - ${within('celsius', hwmon(s))})`,
  fan: (s) => `max by (node) (${within('rpm', of('node_hwmon_fan_rpm', s))})`,
  /** Bits per second on real network cards. */
  received: (s) =>
    within(
      'bitsPerSecond',
      `8 * sum by (node) (rate(${of('node_network_receive_bytes_total', s, `device!~"${NOT_PHYSICAL}"`)}[${s.window}]))`,
    ),
  sent: (s) =>
    within(
      'bitsPerSecond',
      `8 * sum by (node) (rate(${of('node_network_transmit_bytes_total', s, `device!~"${NOT_PHYSICAL}"`)}[${s.window}]))`,
    ),
  /** Percent of the time that the busiest disk works. */
  diskBusy: (s) =>
    `max by (node) (${within('percentOfTime', `100 * rate(${of('node_disk_io_time_seconds_total', s, `device=~"${BUSY_DISKS}"`)}[${s.window}])`)})`,
  diskBytes: (s) =>
    within(
      'bytesPerSecond',
      `sum by (node) (rate(${of('node_disk_read_bytes_total', s, `device=~"${WHOLE_DISKS}"`)}[${s.window}]) + rate(${of('node_disk_written_bytes_total', s, `device=~"${WHOLE_DISKS}"`)}[${s.window}]))`,
    ),
  /** Percent of the root file system. */
  rootFill: (s) =>
    `max by (node) (${within('percent', free(of('node_filesystem_avail_bytes', s, ...REAL_ROOT), of('node_filesystem_size_bytes', s, ...REAL_ROOT)))})`,
  /** Percent of the time that something waits for a processor. */
  cpuPressure: (s) =>
    within('percentOfTime', `100 * rate(${of('node_pressure_cpu_waiting_seconds_total', s)}[${s.window}])`),
  gigahertz: (s) =>
    `avg by (node) (${within('gigahertz', `${of('node_cpu_scaling_frequency_hertz', s)} / 1e9`)})`,
  throttles: (s) =>
    within('times', `sum by (node) (increase(${of('node_cpu_core_throttles_total', s)}[5m]))`),
  watts: (s) =>
    within('watts', `sum by (node) (rate(${of('node_rapl_package_joules_total', s)}[${s.window}]))`),
  uptimeSeconds: (s) => within('seconds', `time() - ${of('node_boot_time_seconds', s)}`),
  model: (s) => of('node_dmi_info', s),
  /** 1 or 0: whether it is charged; absent where there is nothing to charge. */
  plugged: (s) => `max by (node, instance) (${of('node_power_supply_online', s)})`,
  /** How far its clock is from Prometheus'. */
  clockOffSeconds: (s) =>
    within('seconds', `abs(${of('node_time_seconds', s)} - timestamp(${of('node_time_seconds', s)}))`),
  /** How long its exporter takes to answer. */
  answersInSeconds: (s) => within('seconds', of('scrape_duration_seconds', s)),
  /** As `up`, of the computers that are only observed. */
  observedUp: (s) => observed('up', s),
  observedCpu: (s) => within('percentOfTime', `(${READINGS.observedCpuRead(s)})`),
  observedMemory: (s) => within('percent', `(${READINGS.observedMemoryRead(s)})`),
} as const satisfies Readonly<Record<string, Query>>;

/** A query that may be shown. */
export type QueryName = keyof typeof QUERIES;
export type ReadingName = keyof typeof READINGS;

/**
 * Several queries as one expression, hence one request and one moment: each sample says in the label `kmon_query` which one it answers.
 */
export function together(names: readonly (QueryName | ReadingName)[], scope: Scope): string {
  const all = { ...READINGS, ...QUERIES };
  return names
    .map((name) => `label_replace(${all[name](scope)}, "${QUERY_LABEL}", "${name}", "", "")`)
    .join(' or ');
}

export const QUERY_LABEL = 'kmon_query';
