import { encode } from 'dns-packet';
import { expect, it } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { podsReach } from '../../../src/stages/cluster/pods-reach.js';
import type { Answer, Step } from '../../support/scripted-runner.js';
import { asks, attempts } from '../../support/scripted-runner.js';
import { hindered } from './answers.js';
import { assertShellSyntax } from '../tools/shell-syntax.js';
import { play } from './stage-run.js';
import type { Played } from './stage-run.js';

const service = (clusterIP: string, port: number): string =>
  JSON.stringify({ spec: { clusterIP, ports: [{ port }] } });

const answer = (rcode: number, ...addresses: readonly string[]): string =>
  encode({
    type: 'response',
    id: 1,
    flags: rcode,
    answers: addresses.map((data) => ({ type: 'A', name: 'kubernetes.default.svc.cluster.local', data })),
  }).toString('hex');

/** The pod is named as the Job that was made; the scripted parent reads its name out of what it was given. */
class Jobs {
  private name = '';

  readonly made: Step = attempts('create --raw /apis/batch/v1/namespaces/kube-system/jobs', ({ stdin }) => {
    const job = JSON.parse(typeof stdin === 'string' ? stdin : '') as { metadata: { name: string } };
    this.name = job.metadata.name;
    return '';
  });

  /** Container states as the API has them. */
  pods(status: object): Step {
    return asks('pods?labelSelector', () =>
      JSON.stringify({
        items: [{ metadata: { name: `${this.name}-x7k2p`, namespace: 'kube-system' }, status }],
      }),
    );
  }

  warnings(reason: string, message: string): Step {
    return asks('events?fieldSelector', () =>
      JSON.stringify({ items: [{ involvedObject: { name: `${this.name}-x7k2p` }, reason, message }] }),
    );
  }
}

const RUNS = {
  phase: 'Running',
  containerStatuses: [{ name: 'pause', ready: true, containerID: 'containerd://0a1b2c' }],
};
const SERVICES = [
  asks('services/kube-dns', service('10.96.0.10', 53)),
  asks('services/kubernetes', service('10.96.0.1', 443)),
];
const ENDED = attempts(/delete --raw .*kmon-trial-/);
const fromPod = (said: Answer): Step => attempts('grep -lsF 0a1b2c /proc/', said);

function playPod(heard: readonly Answer[], pulls: readonly Step[] = []): Promise<Played> {
  const jobs = new Jobs();
  return play(podsReach, {
    parent: [...SERVICES, jobs.made, jobs.pods({ phase: 'Pending' }), jobs.pods(RUNS), ...pulls, ENDED],
    child: heard.map(fromPod),
  });
}

it('asks from a pod until it has an answer, and takes the pod away', async () => {
  const played = await playPod(
    ['dns silent\ntcp silent\n', `dns answer ${answer(0, '10.96.0.1')}\ntcp open\n`],
    hindered(),
  );
  expect(played.error).toBeUndefined();
  expect(played).toMatchObject({
    outcome: 'unchanged',
    because: 'a pod resolves names and reaches services',
  });
  for (const { command } of played.journal) assertShellSyntax(command);
});

it.each([
  ['dns silent\ntcp open\n', "pods on pc-11 do not reach the cluster's DNS: no answer"],
  ['dns refused\ntcp open\n', "pods on pc-11 do not reach the cluster's DNS: the connection is refused"],
  [`dns answer ${answer(3)}\ntcp open\n`, "the cluster's DNS does not know its own API: NXDOMAIN"],
  [
    `dns answer ${answer(0, '10.96.0.1')}\ntcp no-route\n`,
    'pods on pc-11 reach no Service: there is no way to it',
  ],
])('says what pods there do not reach: %s', async (said, message) => {
  const { error } = await playPod(
    Array.from({ length: 61 }, () => said),
    // Only where nobody answers may what answers be missing; asked every two seconds.
    /dns (silent|refused)/.test(said) ? Array.from({ length: 31 }, () => hindered()).flat() : [],
  );
  expect(error).toMatchObject({ code: 'not-verified', message });
  expect(error?.hint).toContain('run `kmon join-child --only pc-11` again');
});

it.each([[{ exitCode: 94 }, 'could not be tried: perl is missing']])(
  'keeps nobody out where it cannot be tried',
  async (said, because) => {
    const played = await playPod([said]);
    expect(played).toMatchObject({ outcome: 'unchanged', because });
    expect(played.events.filter((e) => e.type === 'note')).toHaveLength(1);
  },
);

it('says at once that the image of what answers for names is refused', async () => {
  const { error } = await playPod(
    ['dns refused\ntcp open\n'],
    hindered({
      name: 'coredns-1',
      node: 'pc-10',
      labels: { 'k8s-app': 'kube-dns' },
      image: 'registry.k8s.io/coredns/coredns:v1.14.2',
      said: 'Back-off pulling image "registry.k8s.io/coredns/coredns:v1.14.2": ErrImagePull: unexpected status from HEAD request to https://registry.k8s.io/v2/coredns: 403 Forbidden',
    }),
  );
  expect(error).toMatchObject({
    message: 'pc-10 gets no image registry.k8s.io/coredns/coredns:v1.14.2: registry.k8s.io refuses it',
    evidence: 'unexpected status from HEAD request to https://registry.k8s.io/v2/coredns: 403 Forbidden',
  });
});

it('says at once what the pod says of itself', async () => {
  const jobs = new Jobs();
  const state = { waiting: { reason: 'ErrImagePull', message: 'manifest unknown' } };
  const { error } = await play(podsReach, {
    parent: [
      ...SERVICES,
      jobs.made,
      jobs.pods({ phase: 'Pending', containerStatuses: [{ name: 'pause', state }] }),
      jobs.warnings('Failed', 'Failed to pull image "registry.k8s.io/pause:3.10.2": manifest unknown'),
      ENDED,
    ],
  });
  expect(error).toMatchObject({
    message: 'no pod starts on pc-11: ErrImagePull',
    evidence: 'Failed to pull image "registry.k8s.io/pause:3.10.2": manifest unknown',
  });
});

it.each([
  [
    'is not made',
    attempts('create --raw', { exitCode: 1, stderr: 'Error from server: etcdserver: request timed out' }),
  ],
  ['is not answered about', attempts('create --raw', new KmonError('timeout', 'no answer in 30 s'))],
])('keeps nobody out where the cluster is slow: the pod %s', async (_, made) => {
  const played = await play(podsReach, {
    parent: [...SERVICES, made, attempts(/delete --raw /, new KmonError('timeout', 'no answer in 30 s'))],
  });
  expect(played).toMatchObject({ outcome: 'unchanged' });
  expect(played.because).toMatch(/^could not be tried: /);
});

it('says why no pod starts, in the words of the kubelet', async () => {
  const jobs = new Jobs();
  const waiting = {
    phase: 'Pending',
    containerStatuses: [{ name: 'pause', state: { waiting: { reason: 'ContainerCreating' } } }],
  };
  const { error } = await play(podsReach, {
    parent: [
      ...SERVICES,
      jobs.made,
      ...Array.from({ length: 86 }, () => jobs.pods(waiting)),
      jobs.warnings('FailedCreatePodSandBox', 'failed to find plugin "loopback" in path [/opt/cni/bin]'),
      ENDED,
    ],
  });
  expect(error).toMatchObject({
    message: 'no pod starts on pc-11: FailedCreatePodSandBox',
    evidence: 'failed to find plugin "loopback" in path [/opt/cni/bin]',
  });
});
