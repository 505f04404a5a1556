import { HOT_CELSIUS } from '../observe/room-queries.js';
import type { Dashboard } from './frame.js';
import { lines } from './lines.js';
import { numbers, tiles } from './numbers.js';
import { BY_MACHINE, ofMachines, type Place } from './of-machines.js';
import { machineTable } from './tables.js';

const ONLY = 'node=~"$node"';
const EACH: Place = { only: ONLY, empty: 'nobody answers', size: [12, 8] };
const TO_MACHINE = 'd/kmon-machine/machine?${__url_time_range}&var-node=';

/** Everybody at a glance: it is the first one that a class sees. */
export const ROOM: Dashboard = {
  name: 'kmon-room',
  title: 'Room',
  about: 'Every machine of the room: who is busy, who is hot, who is silent.',
  variables: [{ label: 'node', title: 'Machine', of: 'job="node-exporter"', several: true }],
  rows: [
    {
      title: 'Overview',
      panels: [
        numbers({
          title: 'Children up',
          about: 'Children that answer, of those in the room.',
          empty: 'nobody',
          means: 'count',
          asks: [
            { query: 'childrenUp', legend: 'up' },
            { query: 'childrenInRoom', legend: 'in the room' },
          ],
          size: [4, 4],
        }),
        numbers(
          {
            title: 'Who is silent',
            about: 'Machines, and computers that are only observed, whose exporter does not answer.',
            needs: 'trouble',
            empty: 'nobody',
            means: 'silent',
            asks: [
              { query: 'silent', legend: BY_MACHINE },
              { query: 'observedSilent', legend: BY_MACHINE },
            ],
            size: [5, 4],
          },
          ONLY,
        ),
        numbers(
          {
            title: 'Who is hot',
            about: `Machines above ${HOT_CELSIUS} °C.`,
            needs: 'trouble',
            empty: 'nobody',
            means: 'celsius',
            asks: [{ query: 'hot', legend: BY_MACHINE }],
            size: [5, 4],
          },
          ONLY,
        ),
        numbers(
          {
            title: 'Hottest',
            about: "By the processor's own sensor.",
            needs: 'sensor',
            empty: 'no sensor',
            means: 'celsius',
            asks: [{ query: 'hottest', legend: BY_MACHINE }],
            size: [4, 4],
          },
          ONLY,
        ),
        numbers(
          {
            title: 'Busiest',
            about: 'By its processor.',
            empty: 'nobody answers',
            means: 'percent',
            asks: [{ query: 'busiest', legend: BY_MACHINE }],
            size: [3, 4],
          },
          ONLY,
        ),
        numbers({
          title: 'Alerts firing',
          about: '`kmon alerts` says what to do about each.',
          empty: '0',
          means: 'troubles',
          asks: [{ query: 'alertsFiring', legend: 'firing' }],
          size: [3, 4],
        }),
      ],
    },
    {
      title: 'A tile a machine',
      panels: [
        tiles(
          {
            title: '$node',
            about: 'What it says now. A machine that is silent has nothing but that.',
            empty: 'nothing known',
            each: 'node',
            perRow: 6,
            leadsTo: { title: 'Everything of it', url: `${TO_MACHINE}$node` },
            values: [
              { query: 'up', name: 'Exporter', means: 'answers' },
              { query: 'cpu', name: 'CPU', means: 'percent' },
              { query: 'memory', name: 'Memory', means: 'percent' },
              { query: 'temperatureOrNone', name: 'Temperature', means: 'celsius' },
              { query: 'sensorLies', name: 'Temperature', means: 'lies' },
              { query: 'loadPerCore', name: 'Load per core', means: 'perCore' },
              { query: 'received', name: 'Received', means: 'bits' },
              { query: 'sent', name: 'Sent', means: 'bits' },
            ],
            size: [24, 7],
          },
          ONLY,
        ),
      ],
    },
    {
      title: 'Machines',
      panels: [
        machineTable(
          {
            title: 'Machines',
            about: 'A dash is a value that is not there. A click on a machine shows everything of it.',
            empty: '–',
            size: [24, 9],
            sortBy: 'CPU',
            leadsTo: { title: 'Everything of it', url: `${TO_MACHINE}\${__value.text}` },
            columns: [
              { query: 'up', title: 'Exporter', means: 'answers' },
              { query: 'cores', title: 'Cores', means: 'count' },
              { query: 'gigahertz', title: 'Clock', means: 'gigahertz', needs: 'frequency' },
              { query: 'cpu', title: 'CPU', means: 'percent', bar: true },
              { query: 'memory', title: 'Memory', means: 'percent', bar: true },
              { query: 'temperatureOrNone', title: 'Temperature', means: 'celsius' },
              { query: 'sensorLies', title: 'Sensor', means: 'lies', needs: 'trouble' },
              { query: 'degreesLeft', title: 'To critical', means: 'degreesLeft', needs: 'sensor' },
              { query: 'loadPerCore', title: 'Load per core', means: 'perCore' },
              { query: 'received', title: 'Received', means: 'bits' },
              { query: 'sent', title: 'Sent', means: 'bits' },
              { query: 'rootFill', title: 'Disk /', means: 'percent', needs: 'disk' },
              { query: 'uptimeSeconds', title: 'Up for', means: 'duration' },
            ],
          },
          ONLY,
        ),
      ],
    },
    {
      title: 'Over time',
      panels: [
        ofMachines('cpu', EACH),
        ofMachines('memory', EACH),
        ofMachines('temperature', EACH),
        ofMachines('load', EACH),
        ofMachines('network', EACH),
        ofMachines('disk', EACH),
      ],
    },
    {
      title: 'Computers that are only observed',
      panels: [
        numbers({
          title: 'Observed: exporter',
          about: 'Computers outside of the cluster, under `observed` in kmon.yaml.',
          needs: 'observed',
          empty: 'no computer is only observed',
          means: 'answers',
          asks: [{ query: 'observedUp', legend: BY_MACHINE }],
          size: [8, 6],
        }),
        lines({
          title: 'Observed: CPU',
          about: 'Of all cores, on Linux, macOS or Windows.',
          needs: 'observed',
          empty: 'no computer is only observed',
          means: 'percent',
          asks: [{ query: 'observedCpu', legend: BY_MACHINE }],
          size: [8, 6],
        }),
        lines({
          title: 'Observed: memory',
          about: 'On Linux, macOS or Windows, each in the way it counts itself.',
          needs: 'observed',
          empty: 'no computer is only observed',
          means: 'percent',
          asks: [{ query: 'observedMemory', legend: BY_MACHINE }],
          size: [8, 6],
        }),
      ],
    },
  ],
};
