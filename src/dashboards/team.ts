import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { HOT_CELSIUS } from '../observe/room-queries.js';
import type { Named } from './ask.js';
import type { Dashboard } from './frame.js';
import { lines, type Lines } from './lines.js';
import type { MeaningName } from './meaning.js';
import { numbers } from './numbers.js';
import { ofMachines, type Place } from './of-machines.js';

const ONLY = 'team=~"$team"';
const NO_TEAM = 'no team';
const BY_TEAM = '{{team}}';
const MEMBERS: Place = { only: ONLY, needs: 'team', empty: NO_TEAM, size: [12, 8] };

/** What Kubernetes and kmon have there themselves is none of a class's. */
const OTHERS = 'kube-.+|kmon-.+|monitoring';
const NO_PODS = 'no pods here, or nobody asks the kubelets';
const APPLICATIONS: Place = {
  only: 'namespace=~"$namespace"',
  needs: 'pods',
  empty: NO_PODS,
  size: [12, 8],
};
const BY_WORKLOAD = '{{namespace}}/{{workload}}';

/** A line a workload: the pods of a Deployment, say, together. */
const ofApplications = (shown: Pick<Lines, 'title' | 'about' | 'means'> & Partial<Lines>): PanelBuilder =>
  lines({ ...APPLICATIONS, asks: [], ...shown }, APPLICATIONS.only);

/** A line a team. */
const average = (title: string, query: Named, means: MeaningName): PanelBuilder =>
  lines(
    { ...MEMBERS, title, about: 'The average of its machines.', means, asks: [{ query, legend: BY_TEAM }] },
    ONLY,
  );

/** Machines by their team, one team against the other; and what they run, one application against the other. */
export const TEAM: Dashboard = {
  name: 'kmon-team',
  title: 'Team',
  about:
    'Teams against each other, the machines of those that are chosen at the top, and what runs in the namespaces that are chosen there.',
  variables: [
    { label: 'team', title: 'Team', of: 'job="node-exporter",team!=""', several: true },
    {
      label: 'namespace',
      title: 'Namespace',
      in: 'container_memory_working_set_bytes',
      of: `container="",image="",pod!="",namespace!~"${OTHERS}"`,
      several: true,
    },
  ],
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
    {
      title: 'Applications (by namespace)',
      panels: [
        ofApplications({
          title: 'CPU of each application',
          about: 'Of all its pods, in whole cores.',
          means: 'cores',
          asks: [{ query: 'workloadCores', legend: BY_WORKLOAD }],
        }),
        ofApplications({
          title: 'CPU / of what it may use',
          about:
            'Of the limits of all its pods. What stays near 100 while others grow holds them up: it needs more pods, or a higher limit.',
          needs: 'cpuLimit',
          means: 'percent',
          line: 90,
          asks: [{ query: 'workloadOfLimit', legend: BY_WORKLOAD }],
        }),
        ofApplications({
          title: 'Held back by its limit',
          about: 'Of the time slices in which it ran: those in which it had to stop.',
          needs: 'cpuLimit',
          means: 'percent',
          asks: [{ query: 'workloadHeldBack', legend: BY_WORKLOAD }],
        }),
        ofApplications({
          title: 'Pods of each application',
          about: 'Those that are on a machine.',
          means: 'times',
          asks: [{ query: 'workloadPods', legend: BY_WORKLOAD }],
        }),
        ofApplications({
          title: 'Memory of each application',
          about: 'What its pods cannot do without.',
          means: 'bytes',
          size: [24, 8],
          asks: [{ query: 'workloadMemoryBytes', legend: BY_WORKLOAD }],
        }),
      ],
    },
  ],
};
