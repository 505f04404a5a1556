import { HOT_CELSIUS, LOADED_PERCENT } from '../observe/room-queries.js';
import { tagsOf } from '../observe/stress-marks.js';
import type { Dashboard } from './frame.js';
import { lines } from './lines.js';
import { numbers } from './numbers.js';
import { beforePeakAfter } from './tables.js';

const ONLY = 'node=~"$node"';
const BY_MACHINE = '{{node}}';
const EMPTY = 'nobody answers';

/** What a load does to machines: how they were before, at its height, and after. */
export const STRESS: Dashboard = {
  name: 'kmon-stress',
  title: 'Stress',
  about:
    'What a load does. Choose a time that begins a little before it and ends a little after it: the tables say how it was before, at its height, and after.',
  variables: [{ label: 'node', title: 'Machine', of: 'job="node-exporter",role="child"', several: true }],
  marks: [
    { name: 'Under load', query: 'underLoad', only: ONLY, says: '{{node}} works hard', colour: 'orange' },
    // Written by `kmon stress`, once it is over.
    { name: 'Before kmon stress', tags: tagsOf('before'), colour: 'green' },
    { name: 'kmon stress', tags: tagsOf('load'), colour: 'purple' },
    { name: 'After kmon stress', tags: tagsOf('after'), colour: 'blue' },
  ],
  rows: [
    {
      title: 'Now',
      panels: [
        numbers(
          {
            title: 'Who works hard',
            about: `Children whose processor is at ${LOADED_PERCENT} % or more, whatever makes it so.`,
            needs: 'load',
            empty: 'nobody',
            means: 'percent',
            asks: [{ query: 'underLoad', legend: BY_MACHINE }],
            size: [24, 4],
          },
          ONLY,
        ),
      ],
    },
    {
      title: 'Before, at its height, and after',
      panels: [
        beforePeakAfter(
          {
            title: 'CPU: before, peak, after',
            about: 'At the beginning of the time shown, the highest in it, and at its end.',
            empty: '–',
            means: 'percent',
            ask: { query: 'cpu', legend: BY_MACHINE },
            size: [8, 8],
          },
          ONLY,
        ),
        beforePeakAfter(
          {
            title: 'Memory: before, peak, after',
            about: 'At the beginning of the time shown, the highest in it, and at its end.',
            empty: '–',
            means: 'percent',
            ask: { query: 'memory', legend: BY_MACHINE },
            size: [8, 8],
          },
          ONLY,
        ),
        beforePeakAfter(
          {
            title: 'Temperature: before, peak, after',
            about: 'At the beginning of the time shown, the highest in it, and at its end.',
            empty: '–',
            means: 'celsius',
            ask: { query: 'temperatureOrNone', legend: BY_MACHINE },
            size: [8, 8],
          },
          ONLY,
        ),
      ],
    },
    {
      title: 'How it went',
      panels: [
        lines(
          {
            title: 'CPU',
            about: 'The line is from where on a child is taken to be under load.',
            empty: EMPTY,
            means: 'percent',
            line: LOADED_PERCENT,
            asks: [{ query: 'cpu', legend: BY_MACHINE }],
            size: [12, 8],
          },
          ONLY,
        ),
        lines(
          {
            title: 'Temperature',
            about: 'It follows the load, and stays for a while when that has ended.',
            empty: EMPTY,
            means: 'celsius',
            line: HOT_CELSIUS,
            asks: [{ query: 'temperatureOrNone', legend: BY_MACHINE }],
            size: [12, 8],
          },
          ONLY,
        ),
        lines(
          {
            title: 'Memory',
            about: 'What programs have taken.',
            empty: EMPTY,
            means: 'percent',
            asks: [{ query: 'memory', legend: BY_MACHINE }],
            size: [12, 8],
          },
          ONLY,
        ),
        lines(
          {
            title: 'Load per core',
            about: 'It needs more than a minute, and is highest after the load has ended.',
            empty: EMPTY,
            means: 'load',
            asks: [{ query: 'loadPerCore', legend: BY_MACHINE }],
            size: [12, 8],
          },
          ONLY,
        ),
      ],
    },
    {
      title: 'What the heat does',
      panels: [
        lines(
          {
            title: 'Clock',
            about: 'A hot processor runs slower.',
            needs: 'frequency',
            empty: 'not told',
            means: 'gigahertz',
            asks: [{ query: 'gigahertz', legend: BY_MACHINE }],
            size: [8, 8],
          },
          ONLY,
        ),
        lines(
          {
            title: 'Throttled in 5 minutes',
            about: 'How often a core slowed down because of the heat.',
            needs: 'throttles',
            empty: 'not counted',
            means: 'times',
            asks: [{ query: 'throttles', legend: BY_MACHINE }],
            size: [8, 8],
          },
          ONLY,
        ),
        lines(
          {
            title: 'Fan',
            about: 'The fastest one of each machine.',
            needs: 'fan',
            empty: 'no fan that is told of',
            means: 'revolutions',
            asks: [{ query: 'fan', legend: BY_MACHINE }],
            size: [8, 8],
          },
          ONLY,
        ),
      ],
    },
  ],
};
