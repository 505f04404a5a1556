// What a contender has made of the machines, as far as it is the work and not the way: two contenders that did the same work are equal.
import type { BenchLab } from './bench-lab.js';

/** A file that was put on a machine. */
export interface PutFile {
  readonly path: string;
  /** Octal digits. */
  readonly mode: string;
  readonly text: string;
}

export interface MachineSeen {
  readonly name: string;
  readonly files: readonly PutFile[];
  /** Of kmon's in /etc/hosts: an address and its names a line. */
  readonly hosts: readonly string[];
  /** Packages that somebody asked for, and not those that came with them. */
  readonly packages: readonly string[];
  readonly images: readonly string[];
  /** Programs and charts. */
  readonly parts: readonly string[];
  readonly enabled: readonly string[];
  /** Destinations of routes to pods. */
  readonly routes: readonly string[];
}

export interface NodeSeen {
  readonly name: string;
  readonly ready: boolean;
  readonly podCidr: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ClusterSeen {
  readonly machines: readonly MachineSeen[];
  readonly nodes: readonly NodeSeen[];
  readonly release: { readonly name: string; readonly namespace: string; readonly chart: string };
  /** Of the chart. */
  readonly values: string;
  /** Nodes whose processor Prometheus measures. */
  readonly measured: readonly string[];
}

export const BIN = '/opt/kmon/bin';
const ADMIN = '/etc/kubernetes/admin.conf';

/** Of the processor of every node, as soon as two answers of its exporter are there. */
export const CPU_QUERY = 'sum by (node) (rate(node_cpu_seconds_total{job="node-exporter"}[20s]))';

const LOOK = `
for d in /etc/kmon /etc/systemd/system/kmon-containerd.service /etc/systemd/system/kubelet.service /etc/systemd/system/kubelet.service.d \
  /etc/modules-load.d/kmon.conf /etc/sysctl.d/99-kmon.conf; do
  find "$d" -type f 2>/dev/null
done | while read -r f; do printf 'files %s %s %s\\n' "$f" "$(stat -c %a "$f")" "$(base64 -w 0 <"$f")"; done
sed -n '/^# BEGIN kmon/,/^# END kmon/{/^#/!s/^/hosts /p}' /etc/hosts
apt-mark showmanual | sed 's/^/packages /'
PATH=/opt/kmon/bin:$PATH ctr --address /run/kmon-containerd/containerd.sock -n k8s.io images ls -q 2>/dev/null | grep -v '^sha256:\\|@sha256:' | sed 's/^/images /'
find /opt/kmon -type f 2>/dev/null | sed 's/^/parts /'
for u in kmon-containerd kubelet; do if [ "$(systemctl is-enabled $u 2>/dev/null)" = enabled ]; then echo "enabled $u"; fi; done
ip -4 route show proto static | sed -n 's/^\\([0-9.]*\\/[0-9]*\\) .*/routes \\1/p'
`;

/** Looks at everything; only at the machines while there is no cluster. */
export async function lookAtMachines(lab: BenchLab): Promise<readonly MachineSeen[]> {
  return Promise.all(
    lab.machines.map(async ({ name }) => readMachine(name, await lab.inMachine(name, LOOK))),
  );
}

export async function lookAtCluster(lab: BenchLab): Promise<ClusterSeen> {
  const { name } = lab.parent;
  const kubectl = `HOME=/proc/no-home ${BIN}/kubectl --kubeconfig ${ADMIN} --request-timeout 20s`;
  const helm = `HOME=/proc/no-home ${BIN}/helm --kubeconfig ${ADMIN}`;
  const ask = async (script: string): Promise<unknown> => JSON.parse(await lab.inMachine(name, script));
  const nodes = (await ask(`${kubectl} get --raw /api/v1/nodes`)) as { readonly items: readonly RawNode[] };
  const [release] = (await ask(`${helm} list --all-namespaces -o json`)) as readonly RawRelease[];
  if (release === undefined) throw new Error('there is no release of Helm');
  const values = await ask(`${helm} get values ${release.name} -n ${release.namespace} -o json`);
  const proxy = `/api/v1/namespaces/${release.namespace}/services/kmon-prometheus:http/proxy/api/v1/query`;
  const answer = (await ask(
    `${kubectl} get --raw '${proxy}?query=${encodeURIComponent(CPU_QUERY)}'`,
  )) as RawAnswer;
  return {
    machines: await lookAtMachines(lab),
    nodes: nodes.items.map(readNode),
    release: { name: release.name, namespace: release.namespace, chart: release.chart },
    values: JSON.stringify(values),
    measured: answer.data.result.map(({ metric }) => metric.node).toSorted(),
  };
}

interface RawNode {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly podCIDR?: string };
  readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
}

interface RawRelease {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
}

interface RawAnswer {
  readonly data: { readonly result: readonly { readonly metric: { readonly node: string } }[] };
}

function readNode({ metadata, spec, status }: RawNode): NodeSeen {
  return {
    name: metadata.name,
    ready: status.conditions.some((c) => c.type === 'Ready' && c.status === 'True'),
    podCidr: spec.podCIDR ?? '',
    labels: metadata.labels,
  };
}

export function readMachine(name: string, stdout: string): MachineSeen {
  const lines = stdout.split('\n');
  const all = (word: string): readonly string[] =>
    lines
      .filter((line) => line.startsWith(`${word} `))
      .map((line) => line.slice(word.length + 1))
      .toSorted();
  return {
    name,
    files: all('files').map((line) => {
      const [path = '', mode = '', text = ''] = line.split(' ');
      return { path, mode, text: Buffer.from(text, 'base64').toString('utf8') };
    }),
    hosts: all('hosts'),
    packages: all('packages'),
    images: all('images'),
    parts: all('parts'),
    enabled: all('enabled'),
    routes: all('routes'),
  };
}

/** Why this is no workshop: a node that is not Ready, or that nobody measures. Empty: it came up. */
export function lacking({ nodes, machines, measured }: ClusterSeen): readonly string[] {
  return machines.flatMap(({ name }) => {
    const node = nodes.find((n) => n.name === name);
    return [
      ...(node === undefined
        ? [`${name} is not in the cluster`]
        : node.ready
          ? []
          : [`${name} is not Ready`]),
      ...(measured.includes(name) ? [] : [`${name} has no CPU series in Prometheus`]),
    ];
  });
}

/**
 * It is no part of the work that is compared: it holds a token of one run, or the routes to the ranges that the nodes of one run got, which
 * kmon writes down for the next start of the machine. The routes themselves are compared.
 */
export function ofOneRun(path: string): boolean {
  return path === '/etc/kmon/kubeadm-init.yaml' || path.startsWith('/etc/kmon/pod-network/');
}

/** The work as lines that are equal for equal work: without the addresses of a lab, and without the ranges that nodes get by chance. */
export function workOf(seen: ClusterSeen, before: readonly MachineSeen[]): readonly string[] {
  const places = new Map(
    seen.machines.flatMap(({ name, hosts }) =>
      hosts.flatMap((line) =>
        line.split(' ').slice(1).includes(name) ? [[line.split(' ')[0] ?? '', name] as const] : [],
      ),
    ),
  );
  const neutral = (text: string): string => {
    let now = text;
    for (const [address, name] of places) now = now.replaceAll(address, `@${name}`);
    for (const { podCidr, name } of seen.nodes)
      if (podCidr !== '') now = now.replaceAll(prefixOf(podCidr), `@pods-${name}.`);
    return now;
  };
  const ofMachine = ({
    name,
    files,
    hosts,
    packages,
    images,
    parts,
    enabled,
    routes,
  }: MachineSeen): readonly string[] => {
    const had = before.find((m) => m.name === name)?.packages ?? [];
    return [
      ...files
        .filter(({ path }) => !ofOneRun(path))
        .map(({ path, mode, text }) => `file ${path} ${mode} ${JSON.stringify(neutral(text))}`),
      ...hosts.map((line) => `hosts ${neutral(line)}`),
      ...packages.filter((p) => !had.includes(p)).map((p) => `package ${p}`),
      ...images.map((image) => `image ${image}`),
      ...parts.map((path) => `part ${path}`),
      ...enabled.map((unit) => `enabled ${unit}`),
      ...routes.map((to) => `route ${neutral(to)}`),
    ].map((line) => `${name}: ${line}`);
  };
  return [
    ...seen.machines.flatMap(ofMachine),
    ...seen.nodes.flatMap(({ name, labels }) =>
      Object.entries(labels).map(([key, value]) => `node ${name}: ${key}=${value}`),
    ),
    `release ${seen.release.name} in ${seen.release.namespace}: ${seen.release.chart}`,
    `values ${neutral(seen.values)}`,
  ].toSorted();
}

/** `10.244.1.` of 10.244.1.0/24. */
export function prefixOf(cidr: string): string {
  return cidr.replace(/\d+\/\d+$/, '');
}

/** Lines of one that the other has not: `-` only the first, `+` only the second. */
export function differences(a: readonly string[], b: readonly string[]): readonly string[] {
  return [
    ...a.filter((x) => !b.includes(x)).map((x) => `- ${x}`),
    ...b.filter((x) => !a.includes(x)).map((x) => `+ ${x}`),
  ];
}
