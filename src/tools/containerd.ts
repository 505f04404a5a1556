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
  root: '/var/lib/kmon-containerd',
  state: '/run/kmon-containerd',
  socket: '/run/kmon-containerd/containerd.sock',
  /** How registries are asked, for as long as a run lasts: a folder a registry. Nothing is there otherwise, and they are asked themselves. */
  hosts: '/run/kmon-containerd/certs.d',
  /** CNI configuration apart from /etc/cni/net.d, which podman and others share. */
  cniConf: `${KMON_CONFIG}/cni/net.d`,
} as const;

export interface ContainerdSettings {
  /** Major version of the program: 1 and 2 read different files. */
  readonly major: 1 | 2;
  readonly sandboxImage: string;
  readonly cgroup: 1 | 2;
  /** Where CNI plugins are looked for, in this order; containerd 1 knows one place only, the first. */
  readonly cniBins: readonly [string, ...(readonly string[])];
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
          `  bin_dir = "${s.cniBins[0]}"`,
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
          `  bin_dirs = [${s.cniBins.map((folder) => `"${folder}"`).join(', ')}]`,
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

/**
 * The unit. `ExecStartPost` leaves a time stamp by which a configuration newer than the running daemon is recognised.
 * KillMode=process: a restart of the daemon does not stop the containers. A daemon that was sent
 * finds the shim that was sent with it, whatever else is installed.
 *
 * @param folder Where the program lies.
 */
export function containerdUnit(folder: string): string {
  return `# Written by kmon; \`kmon teardown\` removes it.
[Unit]
Description=containerd of kmon
After=network.target local-fs.target

[Service]
Type=notify
Environment=PATH=${KMON_BIN}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
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

/** Prints `ready`, `stale` (runs with an older configuration) or `down`; at once where there is no socket yet, for which `ctr` would wait. */
export const containerdState: Command<'reads'> = reads`
if [ ! -S ${CONTAINERD.socket} ] || ! ${ctr} --connect-timeout 2s version >/dev/null 2>&1; then echo down
elif [ ${CONTAINERD.config} -nt ${`${CONTAINERD.state}/started`} ]; then echo stale
else echo ready; fi`;

/** Starts it, or starts it again when its configuration is newer. */
export const restartContainerd: Command<'changes'> = changes`systemctl restart ${CONTAINERD.unit}`;

/** References of the images that are there, one a line. Exit code 0 also when the daemon is down. */
export const listImages: Command<'reads'> = reads`${ctr} -n k8s.io images ls -q 2>/dev/null || true`;

/** Loads an archive of images that comes on stdin: a plain tar, since containerd 1.6 refuses a gzipped one. Up to ten minutes, for slow disks. */
export function importImages(archive: StdinFile): Command<'changes'> {
  return withOptions(changes`${ctr} -n k8s.io images import --all-platforms -`, {
    stdin: archive,
    timeoutMs: 600_000,
  });
}
