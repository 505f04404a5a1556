import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { HOT_CELSIUS } from '../observe/room-queries.js';
import type { Named } from './ask.js';
import { lines, type Lines } from './lines.js';
import type { About } from './panel.js';

/** What a series of a machine is called where there are several machines. */
export const BY_MACHINE = '{{node}}';

/** Where a panel is: whose machines, how large, and what stands there when there are none. */
export interface Place extends Pick<About, 'empty' | 'size' | 'needs'> {
  /** Matchers with the dashboard's variables. */
  readonly only: string;
}

const of = (query: Named): Pick<Lines, 'asks'> => ({ asks: [{ query, legend: BY_MACHINE }] });

/** What several dashboards draw of machines over time, told once. What it needs of a machine goes before what a place needs. */
const DRAWN = {
  cpu: {
    title: 'CPU',
    about: 'Of all cores. Waiting for a disk is not busy.',
    means: 'percent',
    ...of('cpu'),
  },
  memory: {
    title: 'Memory',
    about: 'What programs have taken; what is kept of files does not count.',
    means: 'percent',
    ...of('memory'),
  },
  temperature: {
    title: 'Temperature',
    about: 'Of the processor. A machine without a sensor has no line, and says so below.',
    means: 'celsius',
    line: HOT_CELSIUS,
    ...of('temperatureOrNone'),
  },
  load: {
    title: 'Load per core',
    about: 'How many programs want to run, for each core. It rises and falls a minute late.',
    means: 'load',
    ...of('loadPerCore'),
  },
  network: {
    title: 'Network',
    about: 'Received above, sent below; real network cards only.',
    means: 'bits',
    below: 'sent',
    asks: [
      { query: 'received', legend: `${BY_MACHINE} received` },
      { query: 'sent', legend: `${BY_MACHINE} sent` },
    ],
  },
  disk: {
    title: 'Disk busy',
    about: 'Share of the time that the busiest disk works.',
    needs: 'disk',
    empty: 'no disk',
    means: 'percent',
    ...of('diskBusy'),
  },
  clock: {
    title: 'Clock',
    about: 'How fast its cores run, on average. A hot processor runs slower.',
    needs: 'frequency',
    empty: 'not told',
    means: 'gigahertz',
    ...of('gigahertz'),
  },
  throttles: {
    title: 'Throttled in 5 minutes',
    about: 'How often a core slowed down because of the heat.',
    needs: 'throttles',
    empty: 'not counted',
    means: 'times',
    ...of('throttles'),
  },
  fan: {
    title: 'Fan',
    about: 'The fastest one of a machine.',
    needs: 'fan',
    empty: 'no fan that is told of',
    means: 'revolutions',
    ...of('fan'),
  },
} as const satisfies Readonly<Record<string, Omit<Lines, 'empty' | 'size'> & Partial<Place>>>;

export type Drawn = keyof typeof DRAWN;

/** A line a machine. @param own What is another here than elsewhere. */
export function ofMachines(
  drawn: Drawn,
  { only, ...place }: Place,
  own: Partial<Omit<Lines, 'means' | 'below'>> = {},
): PanelBuilder {
  return lines({ ...place, ...DRAWN[drawn], ...own }, only);
}
