import type { Bundle } from '../../../src/bundle/bundle.js';
import { constantLoad } from '../../support/sample-load.js';
import { sampleBundle } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { loadFits } from '../../../src/stages/cluster/load-fits.js';
import { load } from '../../../src/stages/cluster/stress.js';
import { asPodOf } from '../../../src/stages/cluster/team-load.js';
import { forStress } from '../../../src/stages/machine/for-addons.js';
import { asksMetrics, asksNodes } from './answers.js';
import type { Scenario } from './scenario.js';
import { lab } from './scenarios-monitoring.js';
import { sampleConfig } from '../../support/sample-room.js';

const full = sampleBundle();
const image = 'ghcr.io/colinianking/stress-ng:0.15.06';

/** With the image of stress-ng. */
export const withStress: Bundle = {
  ...full,
  parts: [
    ...full.parts,
    {
      ...{ name: 'stress', kind: 'images', version: '0.15.06', file: 'images/stress.tar' },
      ...{ sha256: 'd'.repeat(64), sizeBytes: 4_400_000, for: ['child'], images: [image] },
    },
  ],
};

const nodes = asksNodes({ name: 'pc-10' }, { name: 'pc-11' });

/** What the pods of a load run is sent to a child. */
export const FOR_STRESS: Scenario = {
  name: 'for-stress',
  stage: () => forStress,
  setting: { bundle: withStress },
  bare: { parent: [nodes], child: [asks('images ls')] },
  work: {
    child: [asks('ledger.jsonl'), does('load 1 image: stress (5 MB)'), asks('images ls', image)],
    parent: [nodes],
  },
  done: { parent: [nodes], child: [asks('images ls', image)] },
};

/** The stage that loads a child as the pod of the team red. */
export function teamLoad(cpuPercent: number, seconds: number): ReturnType<typeof load> {
  const options = { load: constantLoad(cpuPercent, seconds), team: 'red' };
  return load(options, loadFits(options), asPodOf('red'));
}

const JOB = '/apis/batch/v1/namespaces/red/jobs/kmon-stress-pc-11';

/** An object that the API has, or has not. */
export function asksObject(path: string, managedBy?: string | null): Step {
  if (managedBy === undefined)
    return asks(path, { exitCode: 1, stderr: 'Error from server (NotFound): not found' });
  const labels = managedBy === null ? {} : { 'app.kubernetes.io/managed-by': managedBy };
  return asks(path, JSON.stringify({ metadata: { labels, uid: 'the-uid' } }));
}

export const asksTeam = (managedBy?: string | null): Step => asksObject('/api/v1/namespaces/red', managedBy);
export const asksJob = (managedBy?: string | null): Step => asksObject(JOB, managedBy);

/** The pod of the Job, as it is; absent: there is none. */
export function asksPod(of?: object): Step {
  const pod = {
    metadata: { name: 'kmon-stress-pc-11-x1', namespace: 'red' },
    spec: { nodeName: 'pc-11' },
    ...of,
  };
  return asks('/namespaces/red/pods', JSON.stringify({ items: of === undefined ? [] : [pod] }));
}

export const running = asksPod({ status: { phase: 'Running' } });

/** A Job never was there before: it has no second run. */
export const STRESS_JOB: Omit<Scenario, 'done'> = {
  name: 'stress-job',
  stage: () => teamLoad(80, 6),
  setting: {
    ...lab,
    bundle: withStress,
    config: { ...lab.config, monitoring: { ...sampleConfig().monitoring, scrapeIntervalSeconds: 1 } },
  },
  bare: { parent: [asksTeam('kmon'), asksJob()] },
  work: {
    parent: [
      asksMetrics({ 'pc-11': 5 }),
      does('make a Job in red: 80 % CPU for 6 s'),
      asksPod({ status: { phase: 'Running' } }),
      ...[60, 81, 81].flatMap((cpu) => [asksMetrics({ 'pc-11': cpu }), running]),
      does('take the Job away'),
      ...Array<number>(11)
        .fill(5)
        .map((cpu) => asksMetrics({ 'pc-11': cpu })),
      does('take the Job away'),
    ],
    child: [asks('ledger.jsonl')],
  },
};
