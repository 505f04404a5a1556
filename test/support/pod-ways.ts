import { setTimeout as delay } from 'node:timers/promises';
import type { TestMachine } from './lab.js';

/** Programs that were sent come first, as kmon calls them. */
const KUBECTL = 'HOME=/proc/no-home PATH=/opt/kmon/bin:$PATH kubectl --kubeconfig /etc/kubernetes/admin.conf';

const PORT = 8080;

/** The network namespace of the machine's pod, as an option of nsenter; the image of the pod has no program but `pause`. */
const POD_NET = (
  id: string,
): string => `pid=$(PATH=/opt/kmon/bin:$PATH ctr --address /run/kmon-containerd/containerd.sock -n k8s.io tasks ls 2>/dev/null |
  awk '$1 == "${id}" { print $2 }')
[ -n "$pid" ] || { echo "the pod does not run" >&2; exit 1; }`;

/** Says the name of the machine to whoever connects. */
const SERVES = (name: string): string =>
  `perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalPort => ${PORT}, Listen => 9, ReuseAddr => 1) or die $!;
  while (my $c = $s->accept) { print $c "${name}"; close $c }'`;

/** Prints what is said there. */
const ASKS = (address: string, port: number): string =>
  `perl -MIO::Socket::INET -e 'alarm 5; my $s = IO::Socket::INET->new(PeerAddr => "${address}", PeerPort => ${port}, Timeout => 3) or die "$@\\n"; print <$s>'`;

/** Asks the name server of the cluster for a service, and prints its address. */
const NAMES = (server: string, name: string): string =>
  `perl -MIO::Socket::INET -e 'alarm 5;
  my $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => "${server}", PeerPort => 53) or die $!;
  my $name = join "", map { pack "C/a*", $_ } split /[.]/, "${name}";
  $s->send(pack("n6", 7, 256, 1, 0, 0, 0) . $name . "\\0" . pack("n2", 1, 1)); $s->recv(my $answer, 512);
  print join(".", unpack("C4", substr $answer, -4))'`;

interface Pod {
  readonly machine: TestMachine;
  readonly id: string;
  readonly address: string;
}

/**
 * One pod a machine, and a service of all of them. Proves every way between them by real connections: from each machine and from each pod
 * to each pod and to the service, and from each pod to the cluster's DNS.
 */
export class PodWays {
  private readonly parent: TestMachine;
  private readonly machines: readonly TestMachine[];

  constructor(machines: readonly TestMachine[]) {
    const [parent] = machines;
    if (parent === undefined) throw new Error('a room has a parent');
    this.parent = parent;
    this.machines = machines;
  }

  /** Makes the pods and the service, and waits for nothing. */
  make(): void {
    const images = this.kubectl(`get nodes -o jsonpath='{.items[*].status.images[*].names[*]}'`);
    const image = /registry\.k8s\.io\/pause:\S+/.exec(images)?.[0] ?? '';
    const pods = this.machines.map(({ name }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `way-${name}`, labels: { app: 'way' } },
      spec: {
        nodeName: name,
        terminationGracePeriodSeconds: 0,
        tolerations: [{ operator: 'Exists' }],
        containers: [{ name: 'way', image, imagePullPolicy: 'IfNotPresent' }],
      },
    }));
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'way' },
      spec: { selector: { app: 'way' }, ports: [{ port: PORT }] },
    };
    const list = { apiVersion: 'v1', kind: 'List', items: [...pods, service] };
    this.parent.sh(`${KUBECTL} apply -f - <<'EOF'\n${JSON.stringify(list)}\nEOF`);
  }

  /** Ends what was started in the pods: as long as it runs, the kernel keeps their networks. */
  end(): void {
    for (const machine of this.machines) machine.sh(`systemctl stop 'way-*'`);
  }

  /** Resolves when every way is proven; rejects with those that are not after so long. */
  async proven(withinMs: number): Promise<void> {
    const end = Date.now() + withinMs;
    for (;;) {
      const broken = this.broken();
      if (broken.length === 0) return;
      if (Date.now() > end) throw new Error(`after ${String(withinMs / 1000)} s:\n${broken.join('\n')}`);
      await delay(1000);
    }
  }

  private broken(): readonly string[] {
    try {
      const service = this.kubectl(`get service way -o jsonpath='{.spec.clusterIP}'`);
      const dns = this.kubectl(`-n kube-system get service kube-dns -o jsonpath='{.spec.clusterIP}'`);
      const pods = this.machines.map((machine) => this.pod(machine));
      for (const pod of pods) serve(pod);
      return pods.flatMap((from) => [
        ...pods.flatMap((to) => [
          ...failing(`pod on ${from.machine.name} to pod on ${to.machine.name}`, to.machine.name, () =>
            inPod(from, ASKS(to.address, PORT)),
          ),
          ...failing(`${from.machine.name} to pod on ${to.machine.name}`, to.machine.name, () =>
            from.machine.sh(ASKS(to.address, PORT)),
          ),
        ]),
        ...failing(`pod on ${from.machine.name} to the service`, 'any', () =>
          inPod(from, ASKS(service, PORT)),
        ),
        ...failing(`${from.machine.name} to the service`, 'any', () => from.machine.sh(ASKS(service, PORT))),
        ...failing(`names for the pod on ${from.machine.name}`, service, () =>
          inPod(from, NAMES(dns, 'way.default.svc.cluster.local')),
        ),
      ]);
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  }

  private pod(machine: TestMachine): Pod {
    const said = this.kubectl(
      `get pod way-${machine.name} -o jsonpath='{.status.podIP} {.status.containerStatuses[0].containerID}'`,
    );
    const [, address = '', id = ''] = /^(\S+) containerd:\/\/(\S+)$/.exec(said.trim()) ?? [];
    if (id === '') throw new Error(`the pod on ${machine.name} has not started: ${said}`);
    return { machine, address, id };
  }

  private kubectl(args: string): string {
    return this.parent.sh(`${KUBECTL} ${args}`);
  }
}

/** A server in the pod, unless this very pod has one. */
function serve({ machine, id }: Pod): void {
  const unit = `way-${id.slice(0, 12)}`;
  machine.sh(`if ! systemctl is-active --quiet ${unit}; then
${POD_NET(id)}
systemd-run --quiet --collect --unit ${unit} nsenter --target "$pid" --net ${SERVES(machine.name)}
fi`);
}

function inPod({ machine, id }: Pod, script: string): string {
  return machine.sh(`${POD_NET(id)}\nnsenter --target "$pid" --net ${script}`);
}

function failing(way: string, expected: string, ask: () => string): readonly string[] {
  try {
    const said = ask();
    return said === expected || (expected === 'any' && said !== '') ? [] : [`${way}: ${said}`];
  } catch (error) {
    return [`${way}: ${(error instanceof Error ? error.message : String(error)).split('\n').at(-2) ?? ''}`];
  }
}
