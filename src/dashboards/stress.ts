import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { QueryName } from '../observe/queries.js';
import { LOADED_PERCENT } from '../observe/room-queries.js';
import { tagsOf } from '../observe/stress-marks.js';
import type { Dashboard } from './frame.js';
import type { MeaningName } from './meaning.js';
import { numbers } from './numbers.js';
import { BY_MACHINE, ofMachines, type Place } from './of-machines.js';
import { beforePeakAfter } from './tables.js';

const ONLY = 'node=~"$node"';
const EACH: Place = { only: ONLY, empty: 'nobody answers', size: [12, 8] };
const THIRD: Place = { ...EACH, size: [8, 8] };

const threeValues = (title: string, query: QueryName, means: MeaningName): PanelBuilder =>
  beforePeakAfter(
    {
      title: `${title}: before, peak, after`,
      about: 'At the beginning of the time shown, the highest in it, and at its end.',
      empty: '–',
      means,
      ask: { query, legend: BY_MACHINE },
      size: [8, 8],
    },
    ONLY,
  );

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
        threeValues('CPU', 'cpu', 'percent'),
        threeValues('Memory', 'memory', 'percent'),
        threeValues('Temperature', 'temperatureOrNone', 'celsius'),
      ],
    },
    {
      title: 'How it went',
      panels: [
        ofMachines('cpu', EACH, {
          about: 'The line is from where on a child is taken to be under load.',
          line: LOADED_PERCENT,
        }),
        ofMachines('temperature', EACH, {
          about: 'It follows the load, and stays for a while when that has ended.',
        }),
        ofMachines('memory', EACH),
        ofMachines('load', EACH, {
          about: 'It needs more than a minute, and is highest after the load has ended.',
        }),
      ],
    },
    {
      title: 'What the heat does',
      panels: [ofMachines('clock', THIRD), ofMachines('throttles', THIRD), ofMachines('fan', THIRD)],
    },
  ],
};
