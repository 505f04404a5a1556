import { parseAllDocuments } from 'yaml';
import type { Step } from '../../support/scripted-runner.js';
import { asks } from '../../support/scripted-runner.js';

export interface SampleNode {
  readonly name: string;
  readonly ready?: boolean | 'unknown';
  readonly podCidr?: string;
  readonly address?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A question for the nodes, and the API's answer. */
/** All objects of a manifest are there, but for those of these kinds. */
export function allThere(...without: readonly string[]): Step {
  return asks('get -f - --ignore-not-found', ({ stdin }) =>
    parseAllDocuments(typeof stdin === 'string' ? stdin : '')
      .map((d) => d.toJS() as { kind: string; metadata: { name: string; namespace?: string } })
      .filter(({ kind }) => !without.includes(kind))
      .map(({ kind, metadata: { namespace = '<none>', name } }) => `${kind} ${namespace} ${name} any`)
      .join('\n'),
  );
}

export function asksNodes(...nodes: readonly SampleNode[]): Step {
  const items = nodes.map(({ name, ready = true, podCidr, address, labels = {} }) => ({
    metadata: { name, labels },
    spec: { podCIDR: podCidr },
    status: {
      addresses: address === undefined ? [] : [{ type: 'InternalIP', address }],
      conditions: [
        {
          type: 'Ready',
          status: ready === 'unknown' ? 'Unknown' : ready ? 'True' : 'False',
          message: ready === true ? 'kubelet is posting ready status' : 'cni plugin not initialized',
        },
      ],
    },
  }));
  return asks('get --raw /api/v1/nodes', JSON.stringify({ kind: 'NodeList', items }));
}

export interface SamplePull {
  readonly name: string;
  readonly namespace?: string;
  readonly node?: string;
  readonly madeBy?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly image: string;
  readonly said: string;
}

/** A question for the pods that have not begun, and the API's answer: those whose image does not come. */
export function asksPulls(...pulls: readonly SamplePull[]): Step {
  const items = pulls.map(
    ({ name, namespace = 'kube-system', node, madeBy = 'ReplicaSet', labels, image, said }) => ({
      metadata: { name, namespace, labels, ownerReferences: [{ kind: madeBy }] },
      spec: { nodeName: node },
      status: {
        phase: 'Pending',
        containerStatuses: [
          { name: 'c', image, state: { waiting: { reason: 'ImagePullBackOff', message: said } } },
        ],
      },
    }),
  );
  return asks('/api/v1/pods?fieldSelector=status.phase%3DPending', JSON.stringify({ items }));
}

/** A question for what is begun again and again, and the API's answer: pods whose program ends. */
export function asksBackOffs(
  ...pods: readonly { readonly namespace: string; readonly name: string }[]
): Step {
  const items = pods.map(({ namespace, name }) => ({
    involvedObject: { namespace, name },
    reason: 'BackOff',
    message: `Back-off restarting failed container c in pod ${name}_${namespace}(0)`,
  }));
  return asks('/api/v1/events?fieldSelector=reason%3DBackOff', JSON.stringify({ items }));
}

/** All that a stage asks of the pods that it waits for: those whose image does not come, where none ends again and again. */
export function hindered(...pulls: readonly SamplePull[]): readonly Step[] {
  return [asksPulls(...pulls), asksBackOffs()];
}

/** What a stage asks that settles for so long in vain: what it looks at each second, and every three what it waits for. */
export function settling(
  seconds: number,
  look: readonly Step[],
  hindrance: readonly Step[] = hindered(),
): readonly Step[] {
  return Array.from({ length: seconds + 1 }, (_, second) =>
    second > 0 && second % 3 === 0 ? [...look, ...hindrance] : look,
  ).flat();
}

/** The parent has a kubeconfig, and its API server is ready. */
export const clusterReady: readonly Step[] = [
  asks('[ -e /etc/kubernetes/admin.conf ]', 'yes\ndone\n'),
  asks(/get --raw '\/readyz\?verbose'/, 'readyz check passed'),
];

export const clusterAbsent: readonly Step[] = [asks('[ -e /etc/kubernetes/admin.conf ]', '')];

export const clusterSilent: readonly Step[] = [
  asks('[ -e /etc/kubernetes/admin.conf ]', 'yes\ndone\n'),
  asks(/get --raw '\/readyz\?verbose'/, { exitCode: 1, stderr: 'The connection to the server was refused' }),
];

/** The same of one whose init has not come to its end. */
export const clusterHalfSilent: readonly Step[] = [
  asks('[ -e /etc/kubernetes/admin.conf ]', 'yes\n'),
  asks(/get --raw '\/readyz\?verbose'/, { exitCode: 1, stderr: 'The connection to the server was refused' }),
];

/** A question for the metrics, and Prometheus' answer: CPU percent by machine, memory and load of all the same; degrees where there are some. */
export function asksMetrics(
  cpu: Readonly<Record<string, number>>,
  observed: Readonly<Record<string, 'up' | 'down'>> = {},
  celsius: Readonly<Record<string, number>> = {},
): Step {
  const sample = (query: string, node: string, value: number): object => ({
    metric: { kmon_query: query, node },
    value: [1767225600, String(value)],
  });
  const nodes = Object.entries(cpu).flatMap(([node, percent]) => [
    sample('up', node, 1),
    sample('cpuRead', node, percent),
    sample('memoryRead', node, 40),
    sample('load1Read', node, 0.5),
    ...(celsius[node] === undefined ? [] : [sample('temperatureRead', node, celsius[node])]),
  ]);
  const others = Object.entries(observed).flatMap(([node, state]) =>
    state === 'down'
      ? [sample('observedUp', node, 0)]
      : [
          sample('observedUp', node, 1),
          sample('observedCpuRead', node, 9),
          sample('observedMemoryRead', node, 60),
        ],
  );
  const result = [...nodes, ...others];
  const values = { status: 'success', data: { resultType: 'vector', result } };
  const targets = { status: 'success', data: { activeTargets: [] } };
  return asks('kmon-prometheus', [values, targets].map((a) => `${JSON.stringify(a)}\n@@kmon 0\n`).join(''));
}

/** Prometheus cannot be asked. */
export const asksSilentPrometheus: Step = asks(
  'kmon-prometheus',
  'Error from server (NotFound): services "kmon-prometheus" not found\n@@kmon 1\n'.repeat(2),
);

/** A certificate of an authority, made for these tests alone; its key is gone. */
export const CA = `-----BEGIN CERTIFICATE-----
MIIBgjCCASegAwIBAgIUHD0nplolzZ2URA10R6JXCxLe6UwwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKa3ViZXJuZXRlczAgFw0yNjExMjEwNTQxMDVaGA8yMTI2MTAy
ODA1NDEwNVowFTETMBEGA1UEAwwKa3ViZXJuZXRlczBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABMAjYyLlTrFnfpc7WFtb/6ZXfGjXTyBqVWa0atKcZtOyC4yY9ysS
3Sfk5YTZlL5EtIwRNXAroXvCZK/9kMAP4sOjUzBRMB0GA1UdDgQWBBSTSGPS0ga7
DEEAPavP+pAoGIgudzAfBgNVHSMEGDAWgBSTSGPS0ga7DEEAPavP+pAoGIgudzAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDu4IJb1gLxsj+bAYH9
sV2aNoEV8atyTuSqMJuGmCwNHgIhAMgRtNOl1reBmnQzOew7odb6Obbh1Q0lr+aU
Q+fOG6Bn
-----END CERTIFICATE-----
`;
