import {
  ADDRESS_LABEL,
  DIR_LABEL,
  LAB_LABEL,
  MACHINE_LABEL,
  MACHINE_LINK,
  containerName,
  volumeName,
} from './names.js';
import { gatewayOf } from './subnet.js';

export type EngineKind = 'podman' | 'docker';

/** What this computer has; `v1` also where both are mounted side by side. */
export type CgroupVersion = 'v1' | 'v2';

/**
 * Runs a program that can never set a clock, nor can what it starts. A machine has none of its own: to set it would set that of this computer.
 * `--cap-drop` does not do it, which both engines ignore in a privileged container.
 */
export const WITHOUT_CLOCK = ['setpriv', '--bounding-set=-sys_time'] as const;

/** The caller's own hard limits: without CAP_SYS_RESOURCE a container cannot have more. */
export interface Limits {
  readonly openFiles: number;
  readonly processes: number;
}

export interface NetworkSpec {
  readonly name: string;
  readonly lab: string;
  readonly dir: string;
  readonly subnet: string;
}

export interface MachineSpec {
  readonly lab: string;
  readonly dir: string;
  readonly machine: string;
  /** Name of the lab's network; absent: it is in none, since it is a guest whose cable is laid when it runs. */
  readonly network?: string;
  /** In the room. */
  readonly address: string;
  readonly image: string;
  readonly limits: Limits;
  /** The OCI runtime to ask for, where the engine's own choice cannot work. */
  readonly runtime?: string;
  readonly cgroups: CgroupVersion;
  /** A folder of this computer that it may read, and where it has it. */
  readonly reads?: { readonly folder: string; readonly at: string };
}

/**
 * Arguments that make the lab's network. podman gets no DNS of its own: machines resolve names as this computer does.
 * Docker takes a name for the bridge (15 characters at most); podman 4 chooses one.
 */
export function networkCreateArgs(kind: EngineKind, spec: NetworkSpec): readonly string[] {
  const bridge = `kmon-${spec.lab}`;
  return [
    'network',
    'create',
    '--driver',
    'bridge',
    '--subnet',
    spec.subnet,
    '--gateway',
    gatewayOf(spec.subnet),
    ...labelArgs({ [LAB_LABEL]: spec.lab, [DIR_LABEL]: spec.dir, [ADDRESS_LABEL]: spec.subnet }),
    ...(kind === 'podman' ? ['--disable-dns'] : []),
    ...(kind === 'docker' && bridge.length <= 15
      ? ['--opt', `com.docker.network.bridge.name=${bridge}`]
      : []),
    spec.name,
  ];
}

/**
 * Arguments that make one machine, not started.
 *
 * /var/lib is a volume because containerd and the kubelet cannot put overlays on the container's overlay; a whole /var/lib and not
 * their two folders, so that these are absent on a bare machine and can be removed from it, as on a real one.
 */
export function machineCreateArgs(kind: EngineKind, spec: MachineSpec): readonly string[] {
  return [
    ...createArgs(spec),
    // Nested runc looks for its cgroups from the root that the machine sees.
    '--cgroupns=private',
    // Systemd goes by this variable to know what it runs in.
    '--env',
    `container=${kind}`,
    '--tmpfs',
    '/run:rw,exec,nosuid,nodev,mode=755',
    '--tmpfs',
    '/tmp:rw,exec,nosuid,nodev,mode=1777',
    '--volume',
    `${volumeName(spec.lab, spec.machine)}:/var/lib${kind === 'podman' ? ':exec,suid,dev' : ''}`,
    ...(spec.reads === undefined ? [] : ['--volume', `${spec.reads.folder}:${spec.reads.at}:ro`]),
    ...networkArgs(spec),
    ...limitArgs(spec),
    '--stop-signal',
    'SIGRTMIN+3',
    // /etc/hosts and resolv.conf are plain files of the machine: as mounts they could not be replaced by renaming.
    ...(kind === 'podman' ? ['--no-hosts', ...ownResolver(spec), podmanSystemd(spec.cgroups)] : []),
    spec.image,
    // What docker gives is for its daemon to say: there the init gives it away. `docker exec` beside it has it still.
    ...(kind === 'docker' ? WITHOUT_CLOCK : []),
    '/sbin/init',
  ];
}

/** What making a container of a lab begins with, whatever it is to be. */
function createArgs(spec: MachineSpec): readonly string[] {
  return [
    ...(spec.runtime === undefined ? [] : ['--runtime', spec.runtime]),
    'create',
    '--name',
    containerName(spec.lab, spec.machine),
    '--hostname',
    spec.machine,
    ...labelArgs({
      [LAB_LABEL]: spec.lab,
      [MACHINE_LABEL]: spec.machine,
      [DIR_LABEL]: spec.dir,
      [ADDRESS_LABEL]: spec.address,
    }),
    '--privileged',
  ];
}

/** Arguments that make a laptop, not started: it has an address in the room and runs nothing but a program that waits. */
export function laptopCreateArgs(kind: EngineKind, spec: MachineSpec): readonly string[] {
  return [
    ...createArgs(spec),
    ...networkArgs(spec),
    ...limitArgs(spec),
    ...(kind === 'podman' ? ['--no-hosts', '--dns=none', '--systemd=false'] : []),
    spec.image,
    ...(kind === 'docker' ? WITHOUT_CLOCK : []),
    'sleep',
    'infinity',
  ];
}

/** Of a container in no network podman keeps out of that by itself, and refuses to be told. */
function ownResolver({ network }: MachineSpec): readonly string[] {
  return network === undefined ? [] : ['--dns=none'];
}

function limitArgs({ limits }: MachineSpec): readonly string[] {
  return [
    '--ulimit',
    `nofile=${limits.openFiles}:${limits.openFiles}`,
    '--ulimit',
    `nproc=${limits.processes}:${limits.processes}`,
  ];
}

function networkArgs(spec: MachineSpec): readonly string[] {
  return spec.network === undefined
    ? ['--network', 'none']
    : ['--network', spec.network, '--ip', spec.address];
}

/**
 * On cgroups v1 podman's help for systemd is to mount this computer's own systemd hierarchy into every container: the machines' inits
 * would share one tree, and stopping a service on one would reach into the others. Without it each has its own.
 */
function podmanSystemd(cgroups: CgroupVersion): string {
  return cgroups === 'v1' ? '--systemd=false' : '--systemd=always';
}

/** Arguments that make a machine's labelled volume; the engine fills it from the image at the first start. */
export function volumeCreateArgs(lab: string, machine: string): readonly string[] {
  return ['volume', 'create', ...labelArgs({ [LAB_LABEL]: lab }), volumeName(lab, machine)];
}

/** Arguments that list the names or ids of what carries the lab's label, one a line. */
export function listArgs(what: 'container' | 'volume' | 'network', lab: string): readonly string[] {
  const all = what === 'container' ? ['--all'] : [];
  return [what, 'ls', '--quiet', ...all, '--filter', `label=${LAB_LABEL}=${lab}`];
}

/** Arguments of `ip` that pull a machine's network cable or put it back: the bridge's end of its veth pair. */
export function cableArgs(bridgeEnd: string, up: boolean): readonly string[] {
  return ['link', 'set', 'dev', bridgeEnd, up ? 'up' : 'down'];
}

/** Arguments of `nsenter` that show a machine's link as JSON, from outside: it needs nothing of the machine. */
export function machineLinkArgs(pid: number): readonly string[] {
  return ['--target', String(pid), '--net', 'ip', '-j', 'link', 'show', 'dev', MACHINE_LINK];
}

function labelArgs(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
}
