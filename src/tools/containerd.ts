import { KMON_BIN } from '../config/names.js';
import { changes, reads, withOptions } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import type { StdinFile } from '../shell/command.js';
import { KMON_CONFIG } from './paths.js';

/**
 * kmon runs a containerd of its own (own unit, socket, configuration and folders) from the program that was sent or installed. The owner's containerd and Docker are neither reconfigured nor restarted, and what it made goes away with its folders.
 */
export const CONTAINERD = {
  unit: 'kmon-containerd.service',
  unitFile: '/etc/systemd/system/kmon-containerd.service',
  config: `${KMON_CONFIG}/containerd.toml`,
  /** What its environment has beside the machine's own, where that names a proxy. */
  environment: `${KMON_CONFIG}/containerd.env`,
  root: '/var/lib/kmon-containerd',
  state: '/run/kmon-containerd',
  socket: '/run/kmon-containerd/containerd.sock',
  /**
   * How registries are asked, a folder a registry, read anew at every pull: a link to the mirrors, or for a while to what else leads there. It
   * is one folder and no list of several, since of a list containerd 2.1 to 2.4 reads none: https://github.com/containerd/containerd/issues/12415
   */
  hosts: '/run/kmon-containerd/certs.d',
  /** Which mirrors are asked in place of registries. Not there: registries are asked themselves. */
  mirrors: `${KMON_CONFIG}/certs.d`,
  /** CNI configuration apart from /etc/cni/net.d, which podman and others share. */
  cniConf: `${KMON_CONFIG}/cni/net.d`,
} as const;

export interface ContainerdSettings {
  /** Major version of the program: 1 and 2 read different files. */
  readonly major: 1 | 2;
  readonly sandboxImage: string;
  readonly cgroup: 1 | 2;
  /** Where CNI plugins are looked for. */
  readonly cniBin: string;
  /** Without CAP_SYS_RESOURCE runc cannot lower oom_score_adj and dies ("can't get final child's PID from pipe: EOF"). */
  readonly mayRaiseLimits: boolean;
}

/**
 * The whole configuration, written in full: the dump of `containerd config default` differs by version and packager (2.3 disables cri).
 * The cgroup driver follows the kernel: systemd on cgroup v2, cgroupfs on v1, as the kubelet's does.
 */
export function containerdConfig(s: ContainerdSettings): string {
  const systemd = String(s.cgroup === 2);
  const runc = s.major === 1 ? '"io.containerd.grpc.v1.cri"' : '"io.containerd.cri.v1.runtime"';
  const cri =
    s.major === 1
      ? [
          `[plugins."io.containerd.grpc.v1.cri"]`,
          `  sandbox_image = "${s.sandboxImage}"`,
          `  restrict_oom_score_adj = ${String(!s.mayRaiseLimits)}`,
          `[plugins."io.containerd.grpc.v1.cri".registry]`,
          `  config_path = "${CONTAINERD.hosts}"`,
          `[plugins."io.containerd.grpc.v1.cri".cni]`,
          `  bin_dir = "${s.cniBin}"`,
          `  conf_dir = "${CONTAINERD.cniConf}"`,
        ]
      : [
          `[plugins."io.containerd.cri.v1.images".pinned_images]`,
          `  sandbox = "${s.sandboxImage}"`,
          `[plugins."io.containerd.cri.v1.images".registry]`,
          `  config_path = "${CONTAINERD.hosts}"`,
          `[plugins."io.containerd.cri.v1.runtime"]`,
          `  restrict_oom_score_adj = ${String(!s.mayRaiseLimits)}`,
          `[plugins."io.containerd.cri.v1.runtime".cni]`,
          `  bin_dirs = ["${s.cniBin}"]`,
          `  conf_dir = "${CONTAINERD.cniConf}"`,
          // On by default, with a socket under the same name for every containerd of the machine: it would take the owner's.
          `[plugins."io.containerd.nri.v1.nri"]`,
          `  disable = true`,
        ];
  return `${[
    '# Written by kmon: the configuration of its own containerd (kmon-containerd.service).',
    `version = ${s.major === 1 ? 2 : 3}`,
    `root = "${CONTAINERD.root}"`,
    `state = "${CONTAINERD.state}"`,
    'disabled_plugins = []',
    '[grpc]',
    `  address = "${CONTAINERD.socket}"`,
    ...cri,
    // An entry here replaces the default one, so runtime_type has to be named again.
    `[plugins.${runc}.containerd.runtimes.runc]`,
    `  runtime_type = "io.containerd.runc.v2"`,
    `[plugins.${runc}.containerd.runtimes.runc.options]`,
    `  SystemdCgroup = ${systemd}`,
  ].join('\n')}\n`;
}

const UNIT_PATH = `${KMON_BIN}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;

/** What is read after /etc/environment, and so has the last word: the room is reached without the proxy, and programs are found where ours are. */
export function containerdEnvironment(noProxy: readonly string[]): string {
  const list = noProxy.join(',');
  return `# Written by kmon: what its own containerd reaches without the proxy (kmon-containerd.service).
PATH=${UNIT_PATH}
NO_PROXY=${list}
no_proxy=${list}
`;
}

/**
 * The unit. Whatever led elsewhere before, registries are asked by the mirrors from its start on. `ExecStartPost` leaves a time stamp by which a configuration newer than the running daemon is recognised.
 * KillMode=process: a restart of the daemon does not stop the containers. A daemon that was sent
 * finds the shim that was sent with it, whatever else is installed.
 *
 * @param folder Where the program lies.
 * @param proxied The machine's programs are told to use a proxy: images are pulled through it, by the name and password that the owner has
 * written into /etc/environment (systemd's DefaultEnvironment counts for every unit). They are copied nowhere.
 */
export function containerdUnit(
  folder: string,
  { proxied = false }: { readonly proxied?: boolean } = {},
): string {
  const environment = proxied
    ? `EnvironmentFile=-/etc/environment
EnvironmentFile=${CONTAINERD.environment}`
    : `Environment=PATH=${UNIT_PATH}`;
  return `# Written by kmon; \`kmon teardown\` removes it.
[Unit]
Description=containerd of kmon
After=network.target local-fs.target

[Service]
Type=notify
${environment}
ExecStartPre=/bin/mkdir -p -m 0711 ${CONTAINERD.state}
ExecStartPre=/bin/ln -sfn ${CONTAINERD.mirrors} ${CONTAINERD.hosts}
ExecStart=${folder}/containerd --config ${CONTAINERD.config}
ExecStartPost=/bin/touch ${CONTAINERD.state}/started
KillMode=process
Delegate=yes
Restart=always
RestartSec=2
TasksMax=infinity

[Install]
WantedBy=multi-user.target
`;
}

/** The one that was sent, where one is: it is of the same version as the daemon. */
const ctr = reads`PATH=${KMON_BIN}:"$PATH" ctr --address ${CONTAINERD.socket}`;

/** What a running daemon has read once: its configuration, the machine's proxies, and the authorities that the machine trusts. */
const READ_ONCE = [
  CONTAINERD.config,
  CONTAINERD.environment,
  CONTAINERD.unitFile,
  '/etc/environment',
  '/etc/ssl/certs/ca-certificates.crt',
];

/**
 * Prints `ready`, `stale` (runs with an older configuration, or older settings of the machine) or `down`; at once where there is no socket yet,
 * for which `ctr` would wait.
 */
export const containerdState: Command<'reads'> = reads`
if [ ! -S ${CONTAINERD.socket} ] || ! ${ctr} --connect-timeout 2s version >/dev/null 2>&1; then echo down
else
  state=ready
  for f in ${READ_ONCE}; do if [ "$f" -nt ${`${CONTAINERD.state}/started`} ]; then state=stale; fi; done
  echo "$state"
fi`;

/** Starts it, or starts it again when its configuration is newer. */
export const restartContainerd: Command<'changes'> = changes`systemctl restart ${CONTAINERD.unit}`;

/** Kills the containers of a name, whose kubelet begins them anew at once; fine when there are none. */
export function killContainers(name: string): Command<'changes'> {
  return changes`for c in $(${ctr} -n k8s.io containers ls -q ${`labels."io.kubernetes.container.name"==${name}`} 2>/dev/null); do
  ${ctr} -n k8s.io tasks kill --signal SIGKILL "$c" >/dev/null 2>&1 || :
done`;
}

/** References of the images that are there, one a line. Exit code 0 also when the daemon is down. */
export const listImages: Command<'reads'> = reads`${ctr} -n k8s.io images ls -q 2>/dev/null || true`;

/** Loads an archive of images that comes on stdin: a plain tar, since containerd 1.6 refuses a gzipped one. Up to ten minutes, for slow disks. */
export function importImages(archive: StdinFile): Command<'changes'> {
  return withOptions(changes`${ctr} -n k8s.io images import --all-platforms -`, {
    stdin: archive,
    timeoutMs: 600_000,
  });
}

/** The `watch` of a command that has images pulled: bytes of those parts that are on their way now. */
export const PULLING_IMAGES = reads`b=0 t=0
for d in ${`${CONTAINERD.root}/io.containerd.content.v1.content/ingest`}/*/; do
  if [ -s "$d/data" ]; then
    n=$(cat "$d/total" 2>/dev/null || :)
    b=$((b + $(stat -c %s "$d/data"))) t=$((t + n))
  fi
done
if [ "$b" -gt 0 ]; then printf '%s %s images\n' "$b" "$t"; fi`;
