import { HOT_CELSIUS } from '../observe/room-queries.js';
import type { Dashboard } from './frame.js';
import { lines } from './lines.js';
import { numbers } from './numbers.js';

const ONLY = 'team=~"$team"';
const NO_TEAM = 'no team';
const BY_TEAM = '{{team}}';
const BY_MACHINE = '{{node}}';

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
        lines(
          {
            title: 'CPU by team',
            about: 'The average of its machines.',
            needs: 'team',
            empty: NO_TEAM,
            means: 'percent',
            asks: [{ query: 'teamCpu', legend: BY_TEAM }],
            size: [12, 8],
          },
          ONLY,
        ),
        lines(
          {
            title: 'Memory by team',
            about: 'The average of its machines.',
            needs: 'team',
            empty: NO_TEAM,
            means: 'percent',
            asks: [{ query: 'teamMemory', legend: BY_TEAM }],
            size: [12, 8],
          },
          ONLY,
        ),
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
        lines(
          {
            title: 'Load per core by team',
            about: 'The average of its machines.',
            needs: 'team',
            empty: NO_TEAM,
            means: 'load',
            asks: [{ query: 'teamLoadPerCore', legend: BY_TEAM }],
            size: [12, 8],
          },
          ONLY,
        ),
      ],
    },
    {
      title: 'Machines of the team',
      panels: [
        lines(
          {
            title: 'CPU of the members',
            about: 'Of all cores.',
            needs: 'team',
            empty: NO_TEAM,
            means: 'percent',
            asks: [{ query: 'cpu', legend: BY_MACHINE }],
            size: [12, 8],
          },
          ONLY,
        ),
        lines(
          {
            title: 'Memory of the members',
            about: 'What programs have taken.',
            needs: 'team',
            empty: NO_TEAM,
            means: 'percent',
            asks: [{ query: 'memory', legend: BY_MACHINE }],
            size: [12, 8],
          },
          ONLY,
        ),
        lines(
          {
            title: 'Temperature of the members',
            about: 'Of the processor. A machine without a sensor has no line, and says so below.',
            needs: 'team',
            empty: NO_TEAM,
            means: 'celsius',
            line: HOT_CELSIUS,
            asks: [{ query: 'temperatureOrNone', legend: BY_MACHINE }],
            size: [12, 8],
          },
          ONLY,
        ),
        lines(
          {
            title: 'Network of the members',
            about: 'Received above, sent below; real network cards only.',
            needs: 'team',
            empty: NO_TEAM,
            means: 'bits',
            below: 'sent',
            asks: [
              { query: 'received', legend: '{{node}} received' },
              { query: 'sent', legend: '{{node}} sent' },
            ],
            size: [12, 8],
          },
          ONLY,
        ),
      ],
    },
  ],
};
