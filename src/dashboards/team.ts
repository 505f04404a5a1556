import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { HOT_CELSIUS } from '../observe/room-queries.js';
import type { Named } from './ask.js';
import type { Dashboard } from './frame.js';
import { lines } from './lines.js';
import type { MeaningName } from './meaning.js';
import { numbers } from './numbers.js';
import { ofMachines, type Place } from './of-machines.js';

const ONLY = 'team=~"$team"';
const NO_TEAM = 'no team';
const BY_TEAM = '{{team}}';
const MEMBERS: Place = { only: ONLY, needs: 'team', empty: NO_TEAM, size: [12, 8] };

/** A line a team. */
const average = (title: string, query: Named, means: MeaningName): PanelBuilder =>
  lines(
    { ...MEMBERS, title, about: 'The average of its machines.', means, asks: [{ query, legend: BY_TEAM }] },
    ONLY,
  );

/** Machines by their team, one team against the other. */
export const TEAM: Dashboard = {
  name: 'kmon-team',
  title: 'Team',
  about: 'Teams against each other, and the machines of those that are chosen at the top.',
  variables: [{ label: 'team', title: 'Team', of: 'job="node-exporter",team!=""', several: true }],
  rows: [
    {
      title: 'Teams',
      panels: [
        numbers({
          title: 'Teams in the room',
          about: 'A machine is of the team that kmon.yaml says.',
          empty: NO_TEAM,
          means: 'teams',
          asks: [{ query: 'teams', legend: 'teams' }],
          size: [6, 6],
        }),
        numbers(
          {
            title: 'Members',
            about: 'Each machine of the team, and whether it answers.',
            needs: 'team',
            empty: NO_TEAM,
            means: 'answers',
            asks: [{ query: 'teamMembers', legend: '{{team}}: {{node}}' }],
            size: [18, 6],
          },
          ONLY,
        ),
        average('CPU by team', 'teamCpu', 'percent'),
        average('Memory by team', 'teamMemory', 'percent'),
        lines(
          {
            title: 'Hottest of each team',
            about: 'A team none of whose machines has a sensor is missing here.',
            needs: 'sensor',
            empty: 'no team with a sensor',
            means: 'celsius',
            line: HOT_CELSIUS,
            asks: [{ query: 'teamTemperature', legend: BY_TEAM }],
            size: [12, 8],
          },
          ONLY,
        ),
        average('Load per core by team', 'teamLoadPerCore', 'load'),
      ],
    },
    {
      title: 'Machines of the team',
      panels: [
        ofMachines('cpu', MEMBERS, { title: 'CPU of the members' }),
        ofMachines('memory', MEMBERS, { title: 'Memory of the members' }),
        ofMachines('temperature', MEMBERS, { title: 'Temperature of the members' }),
        ofMachines('network', MEMBERS, { title: 'Network of the members' }),
      ],
    },
  ],
};
