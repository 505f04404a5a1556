import { HOT_CELSIUS } from '../observe/room-queries.js';
import type { Dashboard } from './frame.js';
import { lines } from './lines.js';
import { numbers } from './numbers.js';
import { ofMachines, type Place } from './of-machines.js';
import { labelTable } from './tables.js';

const ONLY = 'node="$node"';
const SILENT = 'it is silent';
const HALF: Place = { only: ONLY, empty: SILENT, size: [12, 8] };
const THIRD: Place = { ...HALF, size: [8, 7] };
const QUARTER: Place = { ...HALF, size: [6, 8] };

/** All that is known of one machine. */
export const MACHINE: Dashboard = {
  name: 'kmon-machine',
  title: 'Machine',
  about: 'All that is known of one machine: choose it at the top.',
  variables: [{ label: 'node', title: 'Machine', of: 'job="node-exporter"', several: false }],
  rows: [
    {
      title: 'Now',
      panels: [
        numbers(
          {
            title: 'Exporter',
            about: 'Whether it answers Prometheus.',
            empty: 'nobody asks it',
            means: 'answers',
            asks: [{ query: 'up', legend: '{{node}}' }],
            size: [3, 4],
          },
          ONLY,
        ),
        numbers(
          {
            title: 'CPU',
            about: 'Of all cores.',
            empty: SILENT,
            means: 'percent',
            asks: [{ query: 'cpu', legend: 'CPU' }],
            size: [3, 4],
          },
          ONLY,
        ),
        numbers(
          {
            title: 'Memory',
            about: 'What programs have taken.',
            empty: SILENT,
            means: 'percent',
            asks: [{ query: 'memory', legend: 'Memory' }],
            size: [3, 4],
          },
          ONLY,
        ),
        numbers(
          {
            title: 'Temperature',
            about: 'Of the processor, by its own sensor.',
            empty: SILENT,
            means: 'celsius',
            asks: [{ query: 'temperatureOrNone', legend: 'Temperature' }],
            size: [3, 4],
          },
          ONLY,
        ),
        numbers(
          {
            title: 'Sensor',
            about: 'Whether all its sensors say what cannot be.',
            needs: 'trouble',
            empty: 'no lie seen',
            means: 'lies',
            asks: [{ query: 'sensorLies', legend: 'Sensor' }],
            size: [3, 4],
          },
          ONLY,
        ),
        numbers(
          {
            title: 'To critical',
            about: 'Degrees left until the hardware protects itself.',
            needs: 'sensor',
            empty: 'not told',
            means: 'degreesLeft',
            asks: [{ query: 'degreesLeft', legend: 'left' }],
            size: [3, 4],
          },
          ONLY,
        ),
        numbers(
          {
            title: 'Disk / filled',
            about: 'Of the root file system. Kubernetes ends pods on a machine whose disk is full.',
            needs: 'disk',
            empty: 'not told',
            means: 'percent',
            asks: [{ query: 'rootFill', legend: '/' }],
            size: [3, 4],
          },
          ONLY,
        ),
        numbers(
          {
            title: 'Power',
            about: 'Whether it is plugged in.',
            needs: 'battery',
            empty: 'not told',
            means: 'plugged',
            asks: [{ query: 'plugged', legend: 'Power' }],
            size: [3, 4],
          },
          ONLY,
        ),
      ],
    },
    {
      title: 'Which one it is',
      panels: [
        labelTable(
          {
            title: 'Model',
            about: 'By its mainboard.',
            needs: 'board',
            empty: 'not told',
            ask: { query: 'model', legend: 'Model' },
            labels: {
              system_vendor: 'Maker',
              product_name: 'Model',
              board_name: 'Board',
              bios_version: 'Firmware',
              bios_date: 'of',
            },
            size: [12, 4],
          },
          ONLY,
        ),
        numbers(
          {
            title: 'Cores',
            about: 'What Linux counts: threads, where a core has two.',
            empty: SILENT,
            means: 'count',
            asks: [{ query: 'cores', legend: 'cores' }],
            size: [4, 4],
          },
          ONLY,
        ),
        numbers(
          {
            title: 'Memory in all',
            about: 'As Linux sees it.',
            empty: SILENT,
            means: 'bytes',
            asks: [{ query: 'memoryTotalBytes', legend: 'in all' }],
            size: [4, 4],
          },
          ONLY,
        ),
        numbers(
          {
            title: 'Up for',
            about: 'Since it was started.',
            empty: SILENT,
            means: 'duration',
            asks: [{ query: 'uptimeSeconds', legend: 'up for' }],
            size: [4, 4],
          },
          ONLY,
        ),
      ],
    },
    {
      title: 'Processor',
      panels: [
        lines(
          {
            title: 'CPU by kind',
            about:
              'user: programs. system: the kernel. iowait: waits for a disk. steal: the host of a virtual machine.',
            empty: SILENT,
            means: 'percent',
            asks: [{ query: 'cpuByMode', legend: '{{mode}}' }],
            size: [12, 8],
          },
          ONLY,
        ),
        lines(
          {
            title: 'Load',
            about: 'Programs that want to run, over a minute; and the same for each core.',
            empty: SILENT,
            means: 'load',
            asks: [
              { query: 'load1', legend: 'load' },
              { query: 'loadPerCore', legend: 'per core' },
            ],
            size: [12, 8],
          },
          ONLY,
        ),
        ofMachines('clock', THIRD, { asks: [{ query: 'gigahertz', legend: 'clock' }] }),
        lines(
          {
            title: 'CPU pressure',
            about: 'Share of the time that something waits for a processor.',
            needs: 'pressure',
            empty: 'not told',
            means: 'percent',
            asks: [{ query: 'cpuPressure', legend: 'waits' }],
            size: [8, 7],
          },
          ONLY,
        ),
        lines(
          {
            title: 'Power drawn',
            about: 'By the processor.',
            needs: 'power',
            empty: 'not told',
            means: 'watts',
            asks: [{ query: 'watts', legend: 'processor' }],
            size: [8, 7],
          },
          ONLY,
        ),
      ],
    },
    {
      title: 'Heat',
      panels: [
        lines(
          {
            title: 'Every sensor',
            about:
              'Processor, disks, mainboard: each by its label, or its number. The line is where a processor is hot.',
            needs: 'sensor',
            empty: 'no sensor',
            means: 'celsius',
            line: HOT_CELSIUS,
            asks: [{ query: 'sensors', legend: '{{chip}} {{label}}' }],
            size: [12, 8],
          },
          ONLY,
        ),
        ofMachines('throttles', QUARTER, { asks: [{ query: 'throttles', legend: 'times' }] }),
        ofMachines('fan', QUARTER, { asks: [{ query: 'fan', legend: 'fan' }] }),
      ],
    },
    {
      title: 'Memory, network, disk',
      panels: [
        lines(
          {
            title: 'Memory taken',
            about: 'Of all that there is.',
            empty: SILENT,
            means: 'bytes',
            asks: [
              { query: 'memoryUsedBytes', legend: 'taken' },
              { query: 'memoryTotalBytes', legend: 'in all' },
            ],
            size: [12, 8],
          },
          ONLY,
        ),
        ofMachines('network', HALF, {
          asks: [
            { query: 'received', legend: 'received' },
            { query: 'sent', legend: 'sent' },
          ],
        }),
        lines(
          {
            title: 'Swap',
            about: 'Share of it that is used. A machine that uses it is slow.',
            needs: 'swap',
            empty: 'no swap',
            means: 'percent',
            asks: [{ query: 'swap', legend: 'swap' }],
            size: [8, 7],
          },
          ONLY,
        ),
        ofMachines('disk', THIRD, { asks: [{ query: 'diskBusy', legend: 'busiest disk' }] }),
        lines(
          {
            title: 'Disk, read and written',
            about: 'Of all disks together.',
            needs: 'disk',
            empty: 'no disk',
            means: 'bytesPerSecond',
            asks: [{ query: 'diskBytes', legend: 'read and written' }],
            size: [8, 7],
          },
          ONLY,
        ),
      ],
    },
  ],
};
